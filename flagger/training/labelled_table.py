"""Tables with a text and its label in each row (CSV, TSV, JSON Lines, Parquet) -> labelled articles.

A row is an article of one sentence, unless a column names the document that it belongs to: its rows, in order, are then
one article. Every format may also come gzip-compressed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flagger.errors import DatasetError
from flagger.reading.opened import (
    ArticleError,
    OpenedFile,
    ReadOptions,
    decompressed,
    open_path,
    split_suffix,
)
from flagger.reading.tables import ROWS, Row, read_rows
from flagger.surrogates import replace_surrogates
from flagger.training.dataset import Fault, LabelledSentence, Reading
from flagger.training.imported import Imported, Item, gather


@dataclass(frozen=True, slots=True)
class Columns:
    """The names of the columns that are read."""

    text: str = "text"
    label: str = "label"
    document: str | None = None

    @property
    def names(self) -> list[str]:
        """Those that must be there."""
        return [self.text, self.label, *([self.document] if self.document else [])]


def import_table(path: Path, split: str, columns: Columns, renamed: Mapping[str, str]) -> Imported:
    """Read a table; rows whose text is blank are passed over.

    Args:
        path: The file.
        split: The articles' split.
        columns: Where texts, labels and documents stand.
        renamed: The label to write for each label that is found; empty to take them as they are.

    Raises:
        DatasetError: If the table or a column is not there, or a row is faulty.
    """
    return gather(path, _items(path, columns, renamed), split)


def read_column(path: Path, column: str) -> set[str]:
    """Return the values of a column.

    Raises:
        DatasetError: If the table or the column is not there, or a row is faulty.
    """
    return {_value(row, column) for _, row in _rows(path, [column])}


def _items(path: Path, columns: Columns, renamed: Mapping[str, str]) -> Iterator[Item]:
    for number, (place, row) in enumerate(_rows(path, columns.names), start=1):
        try:
            text = _value(row, columns.text)
            if not text:
                yield None
                continue
            label = _value(row, columns.label)
            if label not in (renamed or {label}) or not label:
                expected = f"one of {', '.join(renamed)}" if renamed else "a label"
                raise ValueError(f"expected {expected} in column {columns.label!r}, found {label!r}")
            document = _value(row, columns.document) if columns.document else f"{path.stem}#{number}"
            if not document:
                raise ValueError(f"expected a document's name in column {columns.document!r}, found none")
            yield document, LabelledSentence(text, Reading(renamed.get(label, label)))
        except ValueError as error:
            yield Fault(f"{path}: {place}", str(error))


def _value(row: Mapping[str, object], column: str) -> str:
    value = row[column]
    if value is None or value != value:  # NaN is how tables of numbers leave a cell empty
        return ""
    if isinstance(value, float) and value.is_integer():  # and a column with such a cell makes floats of all others
        value = int(value)
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return replace_surrogates(str(value)).strip()
    raise ValueError(f"expected a text or a number in column {column!r}, found a value of type {type(value).__name__}")


def _rows(path: Path, columns: Sequence[str]) -> Iterator[Row]:
    suffix, is_gzip = split_suffix(path.name)
    if suffix not in ROWS:
        raise DatasetError(f"{path}: expected one of {', '.join(ROWS)}, found the suffix {suffix!r}")
    try:
        with open_path(path) as stream, decompressed(stream, is_gzip) as unpacked:
            yield from read_rows(OpenedFile(unpacked, str(path), ReadOptions(text_column=columns[0])), suffix, columns)
    except ArticleError as error:
        raise DatasetError(f"{path}: {error.reason}") from error
