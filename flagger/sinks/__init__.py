"""ArticleResult -> files. One module a format; a new format is a module and a row in FORMATS."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO

from flagger.errors import ConfigError
from flagger.files import whole_file
from flagger.sinks import csv, jsonl, parquet
from flagger.sinks.html import HtmlSink
from flagger.sinks.records import FLAG_COLUMNS, SUMMARY_COLUMNS, Column, Sink, flag_records, summary_record
from flagger.sinks.urls import create_url
from flagger.urls import is_url

__all__ = [
    "FLAG_COLUMNS",
    "FORMATS",
    "SUMMARY_COLUMNS",
    "Sink",
    "check_report",
    "flag_records",
    "format_of",
    "open_report",
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
def open_sink(
    path: Path | str | None, format_name: str, columns: tuple[Column, ...], *, raw_csv: bool = False
) -> Iterator[Sink]:
    """Open a sink on a file or URL, or on standard output when ``path`` is None.

    ``raw_csv`` leaves the cells of CSV as they are, also where a spreadsheet would run them as a formula.
    The file appears under its name only when everything was written: until then it is called ``NAME.partial``.

    Raises:
        ConfigError: If the file cannot be created, or standard output is closed.
    """
    open_format = partial(csv.CsvSink, raw=True) if raw_csv and format_name == "csv" else FORMATS[format_name]
    if path is None:
        if sys.stdout is None:
            raise ConfigError("cannot write standard output: it is closed")
        with open_format(sys.stdout.buffer, columns) as sink:
            yield sink
        sys.stdout.buffer.flush()
        return
    with _whole(path) as handle, open_format(handle, columns) as sink:
        yield sink


def check_report(path: Path | str) -> None:
    """Raise a ConfigError if a report's suffix is not .html."""
    if Path(path).suffix.lower() not in (".html", ".htm"):
        raise ConfigError(f"{path}: a report is a page; give it the suffix .html")


@contextmanager
def open_report(path: Path | str) -> Iterator[HtmlSink]:
    """Open a report, which is for people: no format that is read back. The file appears as open_sink's does.

    Raises:
        ConfigError: If the file cannot be created, or its suffix is not .html.
    """
    check_report(path)
    with _whole(path) as handle, HtmlSink(handle) as sink:
        yield sink


def _whole(path: Path | str) -> AbstractContextManager[BinaryIO]:
    return create_url(str(path)) if is_url(path) else whole_file(Path(path))
