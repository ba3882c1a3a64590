"""ArticleResult -> files. One module a format; a new format is a module and a row in FORMATS."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from flagger.errors import ConfigError, writing
from flagger.sinks import csv, jsonl, parquet
from flagger.sinks.records import FLAG_COLUMNS, SUMMARY_COLUMNS, Column, Sink, flag_records, summary_record
from flagger.sinks.urls import create_url
from flagger.urls import is_url

__all__ = [
    "FLAG_COLUMNS",
    "FORMATS",
    "SUMMARY_COLUMNS",
    "Sink",
    "flag_records",
    "format_of",
    "open_sink",
    "summary_record",
]

FORMATS: dict[str, Callable[[BinaryIO, tuple[Column, ...]], Sink]] = {
    "jsonl": jsonl.JsonlSink,
    "csv": csv.CsvSink,
    "parquet": parquet.ParquetSink,
}


def format_of(path: Path | str) -> str:
    """Return the format that the suffix of a file or URL asks for.

    Raises:
        ConfigError: If no format has this suffix.
    """
    suffix = Path(path).suffix
    name = suffix.lower().removeprefix(".")
    if name not in FORMATS:
        raise ConfigError(f"{path}: no output format has the suffix {suffix!r}; use one of {', '.join(FORMATS)}")
    return name


@contextmanager
def open_sink(path: Path | str | None, format_name: str, columns: tuple[Column, ...]) -> Iterator[Sink]:
    """Open a sink on a file or URL, or on standard output when ``path`` is None.

    The file appears under its name only when everything was written: until then it is called ``NAME.partial``.

    Raises:
        ConfigError: If the file cannot be created.
    """
    if path is None:
        with FORMATS[format_name](sys.stdout.buffer, columns) as sink:
            yield sink
        sys.stdout.buffer.flush()
        return
    if is_url(path):
        with create_url(str(path)) as handle, FORMATS[format_name](handle, columns) as sink:
            yield sink
        return
    path = Path(path)
    partial = path.with_name(path.name + ".partial")
    with writing(path):
        handle = partial.open("wb")
    with handle, FORMATS[format_name](handle, columns) as sink:
        yield sink
    partial.replace(path)
