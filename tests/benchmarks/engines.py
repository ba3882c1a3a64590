"""What --engine ray costs beside the local engine on this machine. Run by hand:

    python -m tests.benchmarks.engines [--files 300] [--runs 3] [--jobs 1 2] [--models baseline transformer]

Each measurement is a `flagger score` of its own over the same text files, made from datasets/articles; a second, over a
single file, gives what starting costs. The engines alternate; the table has medians. CPU seconds are those of all
processes of a run, which say the same on a busy machine; those an article are beyond the start.
"""

import argparse
import sys
import time
from contextlib import suppress
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import psutil

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
        print("| model | jobs | engine | one file, s | all, s | CPU s to start | CPU s an article | beside local |")  # noqa: T201
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
    measured: dict[str, list[tuple[float, ...]]] = {engine: [] for engine in ENGINES}
    for _ in range(n_runs):
        written = []
        for engine, runs in measured.items():
            start_s, start_cpu_s, _ = _measure(engine, model, jobs, one)
            all_s, all_cpu_s, output = _measure(engine, model, jobs, many)
            runs.append((start_s, all_s, start_cpu_s, (all_cpu_s - start_cpu_s) / (len(list(many.iterdir())) - 1)))
            written.append(output)
        assert written[0] == written[1]
    for engine, runs in measured.items():
        start_s, all_s, start_cpu_s, cpu_s = map(median, zip(*runs, strict=True))
        ratio = median(run[-1] / local[-1] for run, local in zip(runs, measured["local"], strict=True))
        row = f"| {model} | {jobs} | {engine} | {start_s:.1f} | {all_s:.1f} | {start_cpu_s:.1f} | {cpu_s:.4f} |"
        print(f"{row} {ratio:.2f} |")  # noqa: T201


def _measure(engine: str, model: str, jobs: int, folder: Path) -> tuple[float, float, bytes]:
    """Return seconds, CPU seconds and what was written; a process's last 0.1 s may be missed."""
    output = folder.parent / "flags.jsonl"
    command = [sys.executable, "-m", "flagger", "score", str(folder), "-o", str(output), "--model", model]
    began = time.perf_counter()
    used: dict[int, float] = {}
    with psutil.Popen([*command, "--engine", engine, "--jobs", str(jobs), "--overwrite"]) as run:
        while run.poll() is None:
            with suppress(psutil.Error):
                for process in (run, *run.children(recursive=True)):
                    with suppress(psutil.Error):
                        times = process.cpu_times()
                        used[process.pid] = times.user + times.system
            time.sleep(0.1)
        assert run.returncode == 0
    return time.perf_counter() - began, sum(used.values()), output.read_bytes()


if __name__ == "__main__":
    main()
