"""The command line that all workers have: `train` leaves a model, `score` writes probabilities. Standard library alone.

    python WORKER.py train DATA MODEL [--variant V]     DATA: a folder with train.jsonl and validation.jsonl
    python WORKER.py score MODEL SENTENCES ROWS [--once]

ROWS becomes a JSON file: `rows`, four probabilities a sentence in the order of LABELS; `sentences_per_s`, after a
warm-up and over passes of two seconds together at least; `peak_mb`, the process's memory at its height in 10^6 bytes.
With --once there is no warm-up and one pass.
"""

import argparse
import json
import re
import resource
import time
from collections.abc import Callable, Sequence
from pathlib import Path

LABELS = ("confirmed", "estimated", "unverified", "no_claim")
SEED = 13
MIN_S = 2.0
_TOKEN = re.compile(r"\w+(?:'\w+)*|[^\w\s]")
FOLDED = str.maketrans("‘’“”0123456789", "''\"\"" + "0" * 10)

Sentence = dict[str, object]
Predict = Callable[[list[str]], Sequence[Sequence[float]]]
Train = Callable[[list[Sentence], list[Sentence], Path, str], None]


def read(file: Path) -> list[Sentence]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line]


def tokens_of(text: str) -> list[str]:
    """Return words and punctuation, lower-cased, digits and quotes folded."""
    return _TOKEN.findall(text.translate(FOLDED).lower())


def macro_f1(said: Sequence[int], wanted: Sequence[int]) -> float:
    """Return the mean F1 of the labels, given as columns."""
    total = 0.0
    for column in range(len(LABELS)):
        right = sum(a == b == column for a, b in zip(said, wanted, strict=True))
        n = sum(a == column for a in said) + sum(b == column for b in wanted)
        total += 2 * right / n if n else 0.0
    return total / len(LABELS)


def run(load: Callable[[Path], Predict], train: Train | None = None) -> None:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    training, scoring = commands.add_parser("train"), commands.add_parser("score")
    for name in ("data", "model"):
        training.add_argument(name, type=Path)
    training.add_argument("--variant", default="")
    for name in ("model", "sentences", "rows"):
        scoring.add_argument(name, type=Path)
    scoring.add_argument("--once", action="store_true")
    arguments = parser.parse_args()
    if arguments.command == "score":
        _score(load, arguments)
    elif train:
        arguments.model.mkdir(parents=True, exist_ok=True)
        data = (read(arguments.data / f"{split}.jsonl") for split in ("train", "validation"))
        train(*data, arguments.model, arguments.variant)


def _score(load: Callable[[Path], Predict], arguments: argparse.Namespace) -> None:
    texts = [str(sentence["text"]) for sentence in read(arguments.sentences)]
    predict = load(arguments.model)
    if not arguments.once:
        predict(texts[:64])
    start, n, seconds = time.perf_counter(), 0, 0.0
    while not n or (seconds < MIN_S and not arguments.once):
        rows = predict(texts)
        n += len(texts)
        seconds = time.perf_counter() - start
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    scored = {
        "rows": [list(map(float, row)) for row in rows],
        "sentences_per_s": n / seconds,
        "peak_mb": peak_mb,
    }
    arguments.rows.write_text(json.dumps(scored), encoding="utf-8")
