"""What --engine ray costs beside the local engine on this machine. Run by hand:

    python -m tests.benchmarks.engines [--files 300] [--runs 3] [--jobs 1 2] [--models baseline transformer]

Each measurement is a `flagger score` of its own over the same text files, made from datasets/articles; a second, over a
single file, gives the time to start and end. The engines alternate; the table has medians. CPU time, the last column,
is the local engine's, whose processes are this one's children; what starting takes is taken off.
"""

import argparse
import os
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from flagger.training.dataset import read_articles

ARTICLES = Path("datasets/articles")
ENGINES = ("local", "ray")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--models", nargs="+", default=["baseline", "transformer"])
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder:
        many, one = Path(folder, "many"), Path(folder, "one")
        n_words = _write_files(many, arguments.files)
        _write_files(one, 1)
        print(f"{arguments.files} files, {n_words / arguments.files:.0f} words each, {arguments.runs} runs\n")  # noqa: T201
        print("| model | jobs | engine | one file, s | all, s | beside local | after start | CPU s/article |")  # noqa: T201
        print("|---|---|---|---|---|---|---|---|")  # noqa: T201
        for model in arguments.models:
            for jobs in arguments.jobs:
                _compare(model, jobs, arguments.runs, many, one)


def _write_files(folder: Path, n_files: int) -> int:
    folder.mkdir()
    n_words = 0
    articles = read_articles(ARTICLES)
    for i in range(n_files):
        text = "\n\n".join(articles[i % len(articles)].texts)
        n_words += len(text.split())
        (folder / f"{i:06}.txt").write_text(text, encoding="utf-8")
    return n_words


def _compare(model: str, jobs: int, n_runs: int, many: Path, one: Path) -> None:
    start: dict[str, list[float]] = defaultdict(list)
    whole: dict[str, list[float]] = defaultdict(list)
    cpu: list[float] = []
    for _ in range(n_runs):
        written = []
        for engine in ENGINES:
            seconds, cpu_one, _ = _measure(engine, model, jobs, one)
            start[engine].append(seconds)
            seconds, cpu_many, output = _measure(engine, model, jobs, many)
            whole[engine].append(seconds)
            written.append(output)
            if engine == "local":
                cpu.append(cpu_many - cpu_one)
        assert written[0] == written[1]
    n = len(list(many.iterdir())) - 1
    scoring = {engine: median(whole[engine]) - median(start[engine]) for engine in ENGINES}
    for engine in ENGINES:
        ratio = median(a / b for a, b in zip(whole[engine], whole["local"], strict=True))
        row = (
            f"| {model} | {jobs} | {engine} | {median(start[engine]):.1f} | {median(whole[engine]):.1f} | {ratio:.2f} |"
        )
        work = f"{median(cpu) / n:.4f}" if engine == "local" else ""
        print(f"{row} {scoring[engine] / scoring['local']:.2f} | {work} |")  # noqa: T201


def _measure(engine: str, model: str, jobs: int, folder: Path) -> tuple[float, float, bytes]:
    """Return the seconds, the CPU seconds of waited-for processes, and what was written."""
    output = folder.parent / "flags.jsonl"
    command = [sys.executable, "-m", "flagger", "score", str(folder), "-o", str(output), "--model", model]
    before, began = os.times(), time.perf_counter()
    subprocess.run([*command, "--engine", engine, "--jobs", str(jobs), "--overwrite"], check=True)
    seconds, after = time.perf_counter() - began, os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return seconds, used, output.read_bytes()


if __name__ == "__main__":
    main()
