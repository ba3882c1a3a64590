"""Records as CSV: UTF-8, a header line, spans as JSON in their cell.

Texts are another's words and may open in a spreadsheet, which runs a cell that begins like a formula. Such a cell gets
an apostrophe before it, and so does one that begins with an apostrophe, so that the way back is plain.
Source: https://owasp.org/www-community/attacks/CSV_Injection.
"""

import csv
import io
import json
from typing import BinaryIO, Self

from flagger.sinks.records import Column, Record

_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
_GUARD = "'"


class CsvSink:
    """Comma-separated values as RFC 4180 has them; ``raw`` leaves the cells as they are."""

    def __init__(self, handle: BinaryIO, columns: tuple[Column, ...], *, raw: bool = False) -> None:
        self._text = io.TextIOWrapper(handle, encoding="utf-8", newline="")
        self._columns = columns
        self._raw = raw
        self._writer = csv.writer(self._text)
        self._writer.writerow(column.name for column in columns)

    def write(self, record: Record) -> None:
        """Write one record."""
        self._writer.writerow(self._cell(column, record[column.name]) for column in self._columns)

    def _cell(self, column: Column, value: object) -> object:
        if column.type in ("span", "spans"):
            return "" if value is None else json.dumps(value, ensure_ascii=False)
        if isinstance(value, str):
            return value if self._raw else guard(value)
        return str(value).lower() if column.type == "bool" else value

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._text.flush()
        self._text.detach()  # the handle belongs to the caller


def guard(text: str) -> str:
    """Return a text as a cell that no spreadsheet takes for a formula."""
    return _GUARD + text if text.startswith((*_FORMULA_STARTS, _GUARD)) else text


def unguard(cell: str) -> str:
    """Return the text of a guarded cell: the inverse of guard."""
    return cell[1:] if cell.startswith(_GUARD) and cell[1:].startswith((*_FORMULA_STARTS, _GUARD)) else cell
