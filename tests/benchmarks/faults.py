"""Thousands of files, many of them broken, scored in one run: none stops it, none costs another its records. By hand:

    python -m tests.benchmarks.faults [--files 10000] [--seed 1] [--model baseline] [--jobs 1] [--keep FOLDER]

Files of every format, plain and gzip-compressed, are made from a seed and scored by one ``flagger score`` process. Then
each file is read and scored by itself, and what the run wrote of it must be exactly that: its records and its rows in
the summary. The table counts by fault; exit code 1: something was lost.
"""

import argparse
import csv
import gzip
import io
import json
import random
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from flagger import Flagger
from flagger.reading import READERS, read
from flagger.results import Status
from flagger.sinks import flag_records, summary_record
from flagger.summary import summarize
from flagger.training.dataset import read_articles

Record = dict[str, object]
Maker = Callable[[random.Random, list[str]], bytes]


def make_text(_: random.Random, texts: list[str]) -> bytes:
    return "\n\n".join(texts).encode()


def make_markdown(_: random.Random, texts: list[str]) -> bytes:
    return ("# Report\n\n" + "\n\n".join(f"- *{text}*" if "*" not in text else text for text in texts)).encode()


def make_html(_: random.Random, texts: list[str]) -> bytes:
    body = "".join(f"<p>{text}</p>" for text in texts)
    return f"<html><head><title>Report</title></head><body><article>{body}</article></body></html>".encode()


def make_jsonl(_: random.Random, texts: list[str]) -> bytes:
    return "".join(json.dumps({"id": f"a{i}", "text": text}) + "\n" for i, text in enumerate(texts)).encode()


def make_csv(_: random.Random, texts: list[str]) -> bytes:
    table = io.StringIO()
    csv.writer(table).writerows([("id", "text"), *enumerate(texts)])
    return table.getvalue().encode()


def make_parquet(generator: random.Random, texts: list[str]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({"text": texts}), sink, compression=generator.choice(["snappy", "zstd", "none"]))
    return sink.getvalue()


MAKERS: dict[str, Maker] = {
    ".txt": make_text,
    ".md": make_markdown,
    ".html": make_html,
    ".htm": make_html,
    ".jsonl": make_jsonl,
    ".csv": make_csv,
    ".parquet": make_parquet,
}
assert MAKERS.keys() == READERS.keys()


def leave(_: random.Random, data: bytes) -> bytes:
    return data


def encode_oddly(generator: random.Random, data: bytes) -> bytes:
    encoding = generator.choice(["utf-8-sig", "utf-16", "utf-16-be", "utf-32", "cp1252", "cp1251", "shift_jis"])
    try:
        return data.decode().encode(encoding, "replace")
    except UnicodeDecodeError:  # Parquet is no text
        return data + b"\0"


def truncate(generator: random.Random, data: bytes) -> bytes:
    return data[: generator.randrange(1, len(data))]


def flip_bits(generator: random.Random, data: bytes) -> bytes:
    damaged = bytearray(data)
    for _ in range(generator.choice([1, 3, 30])):
        damaged[generator.randrange(len(damaged))] ^= 1 << generator.randrange(8)
    return bytes(damaged)


def overwrite(generator: random.Random, data: bytes) -> bytes:
    start = generator.randrange(len(data))
    return data[:start] + generator.randbytes(min(200, len(data) - start)) + data[start + 200 :]


def empty(generator: random.Random, _: bytes) -> bytes:
    return generator.choice([b"", b"\n", b" \r\n\t", b"\xef\xbb\xbf"])


def binary(generator: random.Random, _: bytes) -> bytes:
    return generator.choice([b"", b"\x7fELF", b"%PDF-1.7\n", b"PK\x03\x04", b"\x89PNG", b"PAR1"]) + generator.randbytes(
        3000
    )


FAULTS: dict[str, Callable[[random.Random, bytes], bytes]] = {
    "none": leave,
    "odd encoding": encode_oddly,
    "truncated": truncate,
    "bits flipped": flip_bits,
    "overwritten": overwrite,
    "empty": empty,
    "binary": binary,
    "wrong suffix": leave,
    "gzip truncated": truncate,
    "gzip bits flipped": flip_bits,
}


def make_files(folder: Path, n_files: int, seed: int) -> dict[str, str]:
    """Write the files; return the fault of each by its path."""
    generator = random.Random(seed)
    sentences = [text for article in read_articles(Path("datasets/articles"), "validation") for text in article.texts]
    faults: dict[str, str] = {}
    for number in range(n_files):
        fault = list(FAULTS)[number % len(FAULTS)]
        suffix = list(MAKERS)[number // len(FAULTS) % len(MAKERS)]
        is_gzip = fault.startswith("gzip") or generator.random() < 0.4
        data = MAKERS[suffix](generator, generator.sample(sentences, generator.randint(1, 8)))
        if not fault.startswith("gzip"):
            data = FAULTS[fault](generator, data)
        if is_gzip:
            data = gzip.compress(data, mtime=0)
        if fault.startswith("gzip"):
            data = FAULTS[fault](generator, data)
        shown = generator.choice([other for other in MAKERS if other != suffix]) if fault == "wrong suffix" else suffix
        path = folder / str(number % 20) / f"{number:05}{shown}{'.gz' * is_gzip}"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        faults[path.as_posix()] = fault
    return faults


def score(folder: Path, model: str, jobs: int) -> tuple[dict[str, list[Record]], dict[str, list[Record]]]:
    """Score a folder as the command line does; return the records and the rows of the summary by path.

    Raises:
        RuntimeError: If the run did not end as runs with bad articles end.
    """
    flags, summary = folder.with_suffix(".flags.jsonl"), folder.with_suffix(".summary.jsonl")
    program = [sys.executable, "-c", "from flagger.cli import main; main()", "score", folder, "--model", model]
    command = [*program, "-o", flags, "--summary", summary, "--jobs", str(jobs)]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 1 or "Traceback" in result.stderr:
        raise RuntimeError(f"flagger score ended with {result.returncode}:\n{result.stderr[-5000:]}")
    return _by_path(_lines(flags)), _by_path(_lines(summary))


def _lines(path: Path) -> Iterator[Record]:
    with path.open(encoding="utf-8") as handle:
        for line in handle:  # unlike splitlines, at line feeds alone
            yield json.loads(line)


def _by_path(records: Iterator[Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        found[str(record["path"])].append(record)
    return found


def check(n_files: int, seed: int, model: str, jobs: int, folder: Path) -> tuple[str, int]:
    """Return the table and how many records and rows were lost or differ."""
    faults = make_files(folder, n_files, seed)
    flags, rows = score(folder, model, jobs)
    flagger = Flagger.load(model)
    n: dict[str, Counter[str]] = {fault: Counter() for fault in FAULTS}
    for name, fault in faults.items():
        alone = list(flagger.flag_many(read(Path(name))))
        expected = [record for result in alone for record in flag_records(result)]
        expected_rows = [summary_record(summarize(result)) for result in alone]
        assert expected_rows, name
        n[fault]["files"] += 1
        n[fault]["scored"] += all(result.status is Status.OK for result in alone)
        n[fault]["records"] += len(expected)
        n[fault]["lost"] += abs(len(expected) - len(flags[name])) + sum(
            one != other for one, other in zip(expected, flags[name], strict=False)
        )
        n[fault]["rows lost"] += len(expected_rows) if rows[name] != expected_rows else 0
    n["total"] = sum(n.values(), Counter())
    columns = ("files", "scored", "records", "lost", "rows lost")
    header = "| fault | files | scored whole | records | records lost | rows lost |\n|---|---|---|---|---|---|\n"
    lines = [
        f"| {fault} | " + " | ".join(f"{counts[name]:,}" for name in columns) + " |" for fault, counts in n.items()
    ]
    not_scored = n["none"]["files"] - n["none"]["scored"]
    return header + "\n".join(lines), n["total"]["lost"] + n["total"]["rows lost"] + not_scored


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--model", default="baseline")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="Make the files in this new folder and leave them there.")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary, "files")
        folder.mkdir(parents=True)
        table, n_lost = check(arguments.files, arguments.seed, arguments.model, arguments.jobs, folder)
    print(table)  # noqa: T201
    return 1 if n_lost else 0


if __name__ == "__main__":
    sys.exit(main())
