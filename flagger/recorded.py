"""A flags file as ``flagger score`` writes it (.jsonl, .csv, .parquet) -> its records, article by article.

``.jsonl`` and ``.csv`` may also be gzip-compressed (``.gz``). CSV is read alike whether its cells are guarded against
spreadsheets (sinks/csv.py) or raw: a sentence's length says which. Ids and paths have no length to go by; of a raw file
they lose their first apostrophe where they begin with two, or with one and a formula's sign.

A file that people or programs changed since is refused
where its records no longer hold together: nothing downstream needs to doubt an offset. Other columns are passed over.
"""

import csv
import gzip
import json
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from flagger.errors import ReadError
from flagger.labels import LABELS
from flagger.reading.opened import split_suffix
from flagger.reading.tables import csv_field_limit
from flagger.sinks.csv import unguard
from flagger.sinks.records import FLAG_COLUMNS, SCHEMA_VERSION, Column, Record

_MAX_LINE = 100_000_000
"""Bytes of a line, characters of a CSV cell."""

_MAX_OFFSET = 100_000_000
"""Ten times what flagger reads of one article; else one record could ask article_text for any amount of blanks."""

_BATCH_ROWS = 256
_SHOWN_CHARS = 80
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_INT = re.compile(r"-?[0-9]{1,18}")
_EXPECTED = {
    "int": "a whole number",
    "float": "a number from 0 to 1",
    "bool": "true or false",
    "text": "a text",
    "span": "{start, end, text} or null",
    "spans": "a list of {start, end, text}",
}

Row = dict[str, Any]


def read_flags(path: Path) -> Iterator[list[Record]]:
    """Yield the records of one article at a time, in the file's order; memory holds one article.

    An article is a run of records with the same ``article_id`` and ``path``. A record has the keys of FLAG_COLUMNS;
    ``cues`` is a list of {start, end, text}, ``source`` one such dict or None, whatever the format.

    Raises:
        ReadError: If the file is none of these formats; while iterating, if it cannot be read or a record is not one
            that flagger writes. The message names the file, the line or row and what was expected.
    """
    suffix, is_gzip = split_suffix(path.name)
    if suffix not in _READERS or (is_gzip and suffix == ".parquet"):
        raise ReadError(f"{path}: expected flags as .jsonl, .csv (each also .gz) or .parquet, by the file's suffix")
    return _articles(path, _READERS[suffix](path, is_gzip))


def article_text(records: Sequence[Record]) -> str:
    """Rebuild an article's text so that every offset of its records holds.

    The text ends with the last sentence. The true white space between sentences is not in a flags file: a gap of one
    character becomes a space, a longer one line feeds. Sentences that are not in the file, as ``--only`` leaves them
    out, become as many spaces.

    Args:
        records: All records of one article, as read_flags yields them.
    """
    parts = []
    end, sentence = 0, -1
    for record in records:
        n_missing = record["start"] - end
        is_plain_gap = record["sentence"] == sentence + 1 and n_missing > 1
        parts += [("\n" if is_plain_gap else " ") * n_missing, record["text"]]
        end, sentence = record["end"], record["sentence"]
    return "".join(parts)


def _articles(path: Path, rows: Iterator[tuple[str, Row]]) -> Iterator[list[Record]]:
    article: list[Record] = []
    for place, row in rows:
        try:
            record = _record(row)
            if article and any(article[-1][key] != record[key] for key in ("article_id", "path")):
                yield article
                article = []
            if article:
                _check_order(article[-1], record)
        except ValueError as error:
            raise ReadError(f"{path}: {place}: {error}") from error
        article.append(record)
    if article:
        yield article


# Rows -> records. Here a ValueError says what was expected and found; _articles adds where.


def _record(row: Row) -> Record:
    _check_columns(list(row))
    if type(row["schema_version"]) is not int or row["schema_version"] != SCHEMA_VERSION:
        found = _shown(row["schema_version"])
        raise ValueError(f"expected schema_version {SCHEMA_VERSION}, found {found}; another flagger wrote this file")
    record = {column.name: row[column.name] for column in FLAG_COLUMNS}
    for column in FLAG_COLUMNS:
        value = record[column.name]
        if not _fits(column, value) and not (value is None and column.name == "path"):
            raise ValueError(f"expected {_EXPECTED[column.type]} in {column.name!r}, found {_shown(value)}")
        if column.type == "float":
            record[column.name] = float(value)
    if record["label"] not in tuple(LABELS):
        raise ValueError(f"expected one of {', '.join(LABELS)} in 'label', found {_shown(record['label'])}")
    if record["sentence"] < 0:
        raise ValueError(f"expected a count from 0 in 'sentence', found {record['sentence']}")
    _check_spans(record)
    return record


def _check_columns(names: Sequence[str]) -> None:
    if missing := [column.name for column in FLAG_COLUMNS if column.name not in names]:
        raise ValueError(
            f"the columns {', '.join(missing)} are missing; expected the flags of 'flagger score --output', "
            f"found the columns {_shown(', '.join(map(str, names)))}"
        )


def _fits(column: Column, value: object) -> bool:
    match column.type:
        case "int":
            return type(value) is int  # True is an int to isinstance
        case "float":
            return type(value) in (int, float) and 0 <= value <= 1  # type: ignore[operator]  # NaN is not
        case "bool":
            return isinstance(value, bool)
        case "text":
            return _is_text(value)
        case "span":
            return value is None or _is_span(value)
        case "spans":
            return isinstance(value, list) and all(map(_is_span, value))


def _is_text(value: object) -> bool:
    try:
        return isinstance(value, str) and (value.isascii() or bool(value.encode()))
    except UnicodeEncodeError:  # a lone surrogate, which no file could hold
        return False


def _is_span(value: object) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"start", "end", "text"}
        and type(value["start"]) is int
        and type(value["end"]) is int
        and _is_text(value["text"])
    )


def _check_spans(record: Record) -> None:
    start, end, text = record["start"], record["end"], record["text"]
    if not 0 <= start <= end <= _MAX_OFFSET:
        raise ValueError(f"expected 0 <= start <= end <= {_MAX_OFFSET:,}, found start {start}, end {end}")
    if len(text) != end - start:
        raise ValueError(f"expected a text of end - start = {end - start} characters, found {len(text)}")
    named = [("cues", span) for span in record["cues"]] + [("source", span) for span in [record["source"]] if span]
    for name, span in named:
        if not start <= span["start"] <= span["end"] <= end:
            raise ValueError(
                f"expected spans within the sentence's {start} to {end} in {name!r}, "
                f"found {span['start']} to {span['end']}"
            )
        expected = text[span["start"] - start : span["end"] - start]
        if span["text"] != expected:
            raise ValueError(f"expected the span's text {_shown(expected)} in {name!r}, found {_shown(span['text'])}")


def _check_order(before: Record, after: Record) -> None:
    if after["sentence"] <= before["sentence"] or after["start"] < before["end"]:
        raise ValueError(
            f"expected the sentences of article {_shown(after['article_id'])} in order, each after the other, found "
            f"sentence {after['sentence']} at {after['start']} after sentence {before['sentence']} "
            f"that ends at {before['end']}; two articles need two ids"
        )


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN_CHARS else text[:_SHOWN_CHARS] + "..."


# Files -> rows, each with its place in words


def _read_jsonl(path: Path, is_gzip: bool) -> Iterator[tuple[str, Row]]:
    with _opened(path, is_gzip) as stream:
        for number, line in enumerate(_lines(path, stream), start=1):
            if line.isspace():
                continue
            try:
                row = json.loads(line, parse_constant=_refuse_constant)
            except (ValueError, RecursionError) as error:  # RecursionError: brackets nested by the thousand
                raise ReadError(f"{path}: line {number}: expected a JSON object, found {error}") from error
            if not isinstance(row, dict):
                raise ReadError(f"{path}: line {number}: expected a JSON object, found {_shown(row)}")
            yield f"line {number}", row


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name}, which is no JSON")


def _read_csv(path: Path, is_gzip: bool) -> Iterator[tuple[str, Row]]:
    with _opened(path, is_gzip) as stream:
        table = csv.reader(_lines(path, stream), strict=True)

        def next_cells() -> list[str] | None:
            try:
                with csv_field_limit(_MAX_LINE):
                    return next(table, None)
            except csv.Error as error:
                raise ValueError(f"expected CSV, found it broken: {error}") from error

        try:
            header = next_cells() or []
            _check_columns(header)
            while (cells := next_cells()) is not None:
                if len(cells) != len(header):
                    raise ValueError(f"expected {len(header)} cells, found {len(cells)}")
                row = dict(zip(header, cells, strict=True))
                yield f"row ending in line {table.line_num}", _parse_row(row)
        except ValueError as error:
            raise ReadError(f"{path}: row ending in line {table.line_num}: {error}") from error


def _parse_row(row: dict[str, str]) -> Row:
    values = {column.name: _parse_cell(column, row[column.name]) for column in FLAG_COLUMNS}
    # Only the length tells a guarded cell from one of --raw-csv that begins with an apostrophe of its own.
    start, end = values["start"], values["end"]
    if isinstance(start, int) and isinstance(end, int) and len(row["text"]) == end - start:
        values["text"] = row["text"]
    return values


def _parse_cell(column: Column, cell: str) -> object:
    """Return what a cell says; what is not of its type stays a string, which _record refuses."""
    match column.type:
        case "int" if _INT.fullmatch(cell):
            return int(cell)
        case "float":
            try:
                return float(cell)
            except ValueError:
                return cell
        case "bool":
            return {"true": True, "false": False}.get(cell.lower(), cell)  # spreadsheets write TRUE
        case "span" | "spans":
            try:
                return json.loads(cell, parse_constant=_refuse_constant) if cell else None
            except (ValueError, RecursionError):
                return cell
    return None if column.name == "path" and not cell else unguard(cell)


def _read_parquet(path: Path, _is_gzip: bool) -> Iterator[tuple[str, Row]]:
    # Imported here for cost: only this format needs pyarrow.
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    with _opened(path, is_gzip=False) as stream:
        try:
            table = pq.ParquetFile(stream)
            _check_columns(table.schema_arrow.names)
            names = [column.name for column in FLAG_COLUMNS]
            for batch in table.iter_batches(_BATCH_ROWS, columns=names, use_threads=False):
                for row in batch.to_pylist():
                    number += 1
                    yield f"row {number}", row
        except (pa.ArrowException, ValueError) as error:  # ValueError: columns, bytes that are no UTF-8
            raise ReadError(f"{path}: after row {number}: expected a Parquet table of flags: {error}") from error


@contextmanager
def _opened(path: Path, is_gzip: bool) -> Iterator[BinaryIO]:
    try:
        with path.open("rb") as stream:
            yield gzip.GzipFile(fileobj=stream) if is_gzip else stream  # type: ignore[misc]  # no BinaryIO to typeshed
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ReadError(f"{path}: expected gzip data, found it broken: {error}") from error
    except OSError as error:
        raise ReadError(f"cannot read {path}: {error.strerror or error}") from error


def _lines(path: Path, stream: BinaryIO) -> Iterator[str]:
    for number, line in enumerate(iter(lambda: stream.readline(_MAX_LINE + 1), b""), start=1):
        if len(line) > _MAX_LINE:
            raise ReadError(f"{path}: line {number}: expected at most {_MAX_LINE:,} bytes")
        try:
            yield (line.removeprefix(_BYTE_ORDER_MARK) if number == 1 else line).decode()
        except UnicodeDecodeError as error:
            raise ReadError(f"{path}: line {number}: expected UTF-8, found {error}") from error


_READERS: dict[str, Callable[[Path, bool], Iterator[tuple[str, Row]]]] = {
    ".jsonl": _read_jsonl,
    ".csv": _read_csv,
    ".parquet": _read_parquet,
}
