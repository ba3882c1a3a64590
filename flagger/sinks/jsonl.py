"""Records as JSON Lines: UTF-8, one object a line."""

import json
from typing import BinaryIO, Self

from flagger.sinks.records import Column, Record


class JsonlSink:
    """One JSON object a line; the values come in column order."""

    def __init__(self, handle: BinaryIO, columns: tuple[Column, ...]) -> None:
        self._handle = handle
        self._names = [column.name for column in columns]

    def write(self, record: Record) -> None:
        """Write one record."""
        line = json.dumps({name: record[name] for name in self._names}, ensure_ascii=False, allow_nan=False)
        self._handle.write(line.encode() + b"\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._handle.flush()
