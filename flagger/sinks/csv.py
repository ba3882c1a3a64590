"""Records as CSV: UTF-8, a header line, spans as JSON in their cell."""

import csv
import io
import json
from typing import BinaryIO, Self

from flagger.sinks.records import Column, Record


class CsvSink:
    """Comma-separated values as RFC 4180 has them."""

    def __init__(self, handle: BinaryIO, columns: tuple[Column, ...]) -> None:
        self._text = io.TextIOWrapper(handle, encoding="utf-8", newline="")
        self._columns = columns
        self._writer = csv.writer(self._text)
        self._writer.writerow(column.name for column in columns)

    def write(self, record: Record) -> None:
        """Write one record."""
        self._writer.writerow(_cell(column, record[column.name]) for column in self._columns)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._text.flush()
        self._text.detach()  # the handle belongs to the caller


def _cell(column: Column, value: object) -> object:
    if column.type in ("span", "spans"):
        return "" if value is None else json.dumps(value, ensure_ascii=False)
    return str(value).lower() if column.type == "bool" else value
