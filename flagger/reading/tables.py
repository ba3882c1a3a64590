"""Tables -> one article a row: JSON Lines, CSV and Parquet, read as a stream.

The text column's name is an option; title, date and author are taken from columns of these names. A bad row is one
failed article and the others go on; a table without the text column fails as a whole. Who wants a table's rows as they
are, and nothing of a bad one, calls read_rows.
"""

import csv
import gzip
import json
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from itertools import chain, count
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

from flagger.reading.encoding import text_stream
from flagger.reading.opened import ArticleError, OpenedFile, ReadOptions
from flagger.results import Article, FailedArticle, Status
from flagger.surrogates import replace_surrogates

if TYPE_CHECKING:
    import pyarrow

MAX_SPOOLED_BYTES = 2_000_000_000
"""Parquet is read from its end; from gzip or a pipe it is first copied to a temporary file of at most this size."""

PARQUET_BATCH_ROWS = 256

PARQUET_BATCH_BYTES = 64_000_000
"""About what a batch of rows may take; fewer rows are read at once where they are long."""

BYTES_PER_CHAR = 4
"""The most that UTF-8 has."""

LINE_FACTOR = 2
"""Characters of a line for each that an article may have: room for quoting and the other columns."""

_SKIP_CHARS = 1024 * 1024
_COPY_BYTES = 1024 * 1024
_DELIMITERS = (",", ";", "\t")
_METADATA = ("title", "date", "author")
_CSV_LIMIT_LOCK = threading.Lock()


class _Rows:
    """Makes articles of the rows of one table and keeps their ids apart."""

    def __init__(self, file: OpenedFile) -> None:
        self._file = file
        self._text_column = file.options.text_column
        self._id_column = file.options.id_column
        self._seen: set[int] = set()  # hashes, not ids: some 70 bytes a row is all that grows with the table

    def columns(self, names: Sequence[str]) -> list[str]:
        """Give the columns to read.

        Raises:
            ArticleError: If the text column, or an id column asked for by name, is not there.
        """
        for wanted in (self._text_column, self._id_column):
            if wanted is not None and wanted not in names:
                found = ", ".join(map(repr, names)) or "none"
                raise ArticleError(Status.MALFORMED, f"Expected a column {wanted!r}, found the columns: {found}.")
        used = {self._text_column, self._id_column or "id", *_METADATA}
        return [name for name in names if name in used]

    def article(self, row: Mapping[str, object], number: int, place: str) -> Article | FailedArticle:
        """Make the article of one row.

        Args:
            row: The row's values by column.
            number: Counts from 1; the row's id where it has none of its own.
            place: Where the row stands, for the user.
        """
        row_id = self._unique_id(row, number)
        try:
            self.columns(list(row))
            text = row[self._text_column]
            if not isinstance(text, str):
                raise ArticleError(
                    Status.MALFORMED,
                    f"Expected a string in column {self._text_column!r}, found {_type_name(text)} ({place}).",
                )
            metadata = {name: _metadata(row.get(name)) for name in _METADATA}
            return self._file.article(text, row=row_id, **metadata)
        except ArticleError as error:
            return self._file.failed(error, row_id)

    def failed(self, error: ArticleError, number: int) -> FailedArticle:
        """Make the record of a row that could not be taken apart."""
        return self._file.failed(error, self._unique_id({}, number))

    def _unique_id(self, row: Mapping[str, object], number: int) -> str:
        value = row.get(self._id_column or "id")
        row_id = str(number) if value is None or value == "" else replace_surrogates(str(value))
        while hash(row_id) in self._seen:
            row_id = f"{row_id}~{number}"
        self._seen.add(hash(row_id))
        return row_id


def _type_name(value: object) -> str:
    return "nothing" if value is None else f"a value of type {type(value).__name__}"


def _metadata(value: object) -> str | None:
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str) else None


def read_jsonl(file: OpenedFile) -> Iterator[Article | FailedArticle]:
    """Read JSON Lines, one object a line; a row without an id is known by its line number."""
    rows = _Rows(file)
    limit = LINE_FACTOR * file.options.max_chars
    with text_stream(file.stream) as lines:
        for number, line in enumerate(_bounded_lines(lines, limit), start=1):
            try:
                if len(line) > limit:
                    raise ArticleError(Status.TOO_LARGE, f"Line {number} is longer than {limit:,} characters.")
                if line.isspace():
                    continue
                row = _parse_object(line, number)
            except ArticleError as error:
                yield rows.failed(error, number)
            else:
                yield rows.article(row, number, f"line {number}")


def _bounded_lines(lines: TextIO, limit: int) -> Iterator[str]:
    """Give each line, cut off one character above the limit; the rest of a cut line is passed over."""
    while line := lines.readline(limit + 1):
        yield line
        while line and not line.endswith(("\n", "\r")):
            line = lines.readline(_SKIP_CHARS)


def _parse_object(line: str, number: int) -> dict[str, object]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:  # RecursionError: brackets nested by the thousand
        what = getattr(error, "msg", error)  # without the decoder's own "line 1"
        raise ArticleError(Status.MALFORMED, f"Line {number} is not valid JSON: {what}.") from error
    if not isinstance(row, dict):
        raise ArticleError(Status.MALFORMED, f"Expected a JSON object in line {number}, found {_type_name(row)}.")
    return row


def read_csv(file: OpenedFile) -> Iterator[Article | FailedArticle]:
    """Read CSV with a header line, separated by commas, semicolons or tabs; quoted as in RFC 4180.

    By the csv module and not by pyarrow's, which gives up the whole file at a row larger than its block.
    """
    rows = _Rows(file)
    with text_stream(file.stream) as stream:
        table = _CsvTable(stream, file.options)
        if not table.header:
            return
        rows.columns(table.header)
        for number in count(1):
            try:
                row = table.next_row()
            except ArticleError as error:
                yield rows.failed(error, number)
                if error.status is Status.TOO_LARGE:  # where the next row begins is no longer known
                    return
            else:
                if row is None:
                    return
                yield rows.article(row, number, table.place)


class _CsvTable:
    """The rows of a CSV file by column name."""

    def __init__(self, stream: TextIO, options: ReadOptions) -> None:
        self._options = options
        lines = self._lines(stream)
        self._n_blank, first = next(((n, line) for n, line in enumerate(lines) if line.strip()), (0, ""))
        cells = ([cell.strip('"\r\n') for cell in first.split(separator)] for separator in _DELIMITERS)
        separators = (d for d, names in zip(_DELIMITERS, cells, strict=True) if options.text_column in names)
        delimiter = next(separators, ",")
        self._reader = csv.reader(chain([first], lines), delimiter=delimiter, strict=True)
        self.header = self._next_cells() or []

    @property
    def place(self) -> str:
        return f"row ending in line {self._n_blank + self._reader.line_num}"

    def next_row(self) -> dict[str, str] | None:
        """Give the next row that is not blank, None after the last one.

        Raises:
            ArticleError: If the row is malformed; if it is too large, the rest of the file is lost too.
        """
        while (cells := self._next_cells()) is not None:
            if len(cells) == len(self.header):
                return dict(zip(self.header, cells, strict=True))
            if cells:
                found = f"found {len(cells)} cells ({self.place}); a text with the separator in it needs quotes"
                raise ArticleError(Status.MALFORMED, f"Expected {len(self.header)} cells, {found}")
        return None

    def _next_cells(self) -> list[str] | None:
        first = self._n_blank + self._reader.line_num + 1
        with csv_field_limit(self._options.max_chars):
            try:
                return next(self._reader, None)
            except csv.Error as error:
                if "field limit" in str(error):
                    raise _csv_too_large("a cell", self._options.max_chars) from error
                found = str(error).replace("\t", "\\t")
                raise ArticleError(
                    Status.MALFORMED, f"Broken CSV, {self.place}, from line {first} on: {found}."
                ) from error

    def _lines(self, stream: TextIO) -> Iterator[str]:
        limit = LINE_FACTOR * self._options.max_chars
        for line in _bounded_lines(stream, limit):
            if len(line) > limit:
                raise _csv_too_large("a line", limit)
            yield line


@contextmanager
def csv_field_limit(max_chars: int) -> Iterator[None]:
    """Let the csv module read a cell of this many characters.

    The limit belongs to the whole process, and its default is less than a long article has: hold it for one row at a
    time; one thread has it at a time, and it is put back.
    """
    with _CSV_LIMIT_LOCK:
        previous = csv.field_size_limit(max_chars)
        try:
            yield
        finally:
            csv.field_size_limit(previous)


def _csv_too_large(what: str, limit: int) -> ArticleError:
    return ArticleError(Status.TOO_LARGE, f"Found {what} longer than {limit:,} characters; the rest was not read.")


def read_parquet(file: OpenedFile) -> Iterator[Article | FailedArticle]:
    """Read Parquet in batches of rows and only the columns that are used."""
    rows = _Rows(file)
    with _seekable(file.stream) as stream:
        number = 0
        for columns in _parquet_batches(stream, rows.columns, file.options):
            for cells in zip(*columns.values(), strict=True):
                number += 1
                row = {name: _parquet_value(cell) for name, cell in zip(columns, cells, strict=True)}
                yield rows.article(row, number, f"row {number}")


@contextmanager
def _seekable(stream: BinaryIO) -> Iterator[BinaryIO]:
    if stream.seekable() and not isinstance(stream, gzip.GzipFile):  # gzip seeks by unpacking again
        yield stream
        return
    with tempfile.TemporaryFile() as copy:
        while chunk := stream.read(_COPY_BYTES):
            copy.write(chunk)
            if copy.tell() > MAX_SPOOLED_BYTES:
                reason = f"The unpacked table is larger than the limit of {MAX_SPOOLED_BYTES:,} bytes."
                raise ArticleError(Status.TOO_LARGE, reason)
        yield copy


def _parquet_batches(
    stream: BinaryIO, columns: Callable[[Sequence[str]], list[str]], options: ReadOptions
) -> "Iterator[dict[str, pyarrow.Array]]":
    # Imported here for cost: pyarrow is large and only Parquet needs it.
    import pyarrow
    import pyarrow.parquet

    try:
        metadata = pyarrow.parquet.ParquetFile(stream).metadata
        names = columns(metadata.schema.to_arrow_schema().names)
        # As a dictionary a text that the file holds once is held once, however many rows have it.
        table = pyarrow.parquet.ParquetFile(stream, metadata=metadata, read_dictionary=[options.text_column])
        for i in range(metadata.num_row_groups):
            group = metadata.row_group(i)
            n_rows = _rows_at_once(group.total_byte_size, group.num_rows, options.max_chars)
            # No threads: articles are scored by several processes already.
            for batch in table.iter_batches(n_rows, row_groups=[i], columns=names, use_threads=False):
                yield {name: batch.column(name) for name in names}
    except ArticleError:
        raise
    except Exception as error:  # of a damaged file pyarrow tells by its own errors and by any of Python's
        raise ArticleError(Status.MALFORMED, f"Expected a Parquet table, found it broken: {error}.") from error


def _rows_at_once(n_bytes: int, n_rows: int, max_chars: int) -> int:
    """Tell how many rows of a row group to read at once, by what the file says of all its columns together.

    By the group and not by its columns: of a damaged file, asking pyarrow for one ends the process.

    Raises:
        ArticleError: If some row must be larger than an article may be; pyarrow would read it whole.
    """
    mean, limit = n_bytes // max(n_rows, 1), BYTES_PER_CHAR * LINE_FACTOR * max_chars
    if mean > limit:
        reason = f"Found {n_bytes:,} bytes in {n_rows:,} rows, more than {limit:,} a row; the rest was not read."
        raise ArticleError(Status.TOO_LARGE, reason)
    return max(1, min(PARQUET_BATCH_ROWS, PARQUET_BATCH_BYTES // max(mean, 1)))


def _parquet_value(cell: Any) -> object:  # noqa: ANN401  # pyarrow has no types
    """Give a cell as Python has it, as a string where Python cannot, and nothing where that fails too."""
    try:
        if hasattr(cell, "dictionary"):
            cell = cell.value  # of a damaged file, it may point past its dictionary
        return cell.as_py()
    except UnicodeDecodeError:
        return cell.as_buffer().to_pybytes().decode("utf-8", "replace") if hasattr(cell, "as_buffer") else None
    except Exception:  # a point in time that Python cannot hold, a time zone that it does not know
        return _as_string(cell)


def _as_string(cell: Any) -> object:  # noqa: ANN401  # pyarrow has no types
    try:
        return cell.cast("string").as_py()
    except Exception:  # whatever a type that is neither text nor time makes of it
        return None


Row = tuple[str, Mapping[str, object]]
"""Where a row stands, for the user, and its values by column."""


def read_rows(file: OpenedFile, suffix: str, columns: Sequence[str]) -> Iterator[Row]:
    """Read the rows of a table, of these columns at least.

    Args:
        file: The table; its text column is one of ``columns``.
        suffix: Decides the format, one of ROWS.
        columns: Those that must be there.

    Raises:
        ArticleError: If one is not there, or a row is malformed.
    """
    return ROWS[suffix](file, columns)


def _expect(columns: Sequence[str], found: Sequence[str], place: str) -> list[str]:
    if missing := [name for name in columns if name not in found]:
        names = ", ".join(map(repr, found)) or "none"
        reason = f"Expected a column {missing[0]!r}, found the columns: {names} ({place})."
        raise ArticleError(Status.MALFORMED, reason)
    return list(columns)


def _jsonl_rows(file: OpenedFile, columns: Sequence[str]) -> Iterator[Row]:
    with text_stream(file.stream) as lines:
        for number, line in enumerate(lines, start=1):
            if not line.isspace():
                row, place = _parse_object(line, number), f"line {number}"
                _expect(columns, list(row), place)
                yield place, row


def _csv_rows(file: OpenedFile, columns: Sequence[str]) -> Iterator[Row]:
    with text_stream(file.stream) as stream:
        table = _CsvTable(stream, file.options)
        _expect(columns, table.header, "line 1")
        while (row := table.next_row()) is not None:
            yield table.place, row


def _parquet_rows(file: OpenedFile, columns: Sequence[str]) -> Iterator[Row]:
    with _seekable(file.stream) as stream:
        number = 0
        for batch in _parquet_batches(stream, partial(_expect, columns, place="schema"), file.options):
            for cells in zip(*batch.values(), strict=True):
                number += 1
                yield f"row {number}", dict(zip(batch, map(_parquet_value, cells), strict=True))


ROWS: dict[str, Callable[[OpenedFile, Sequence[str]], Iterator[Row]]] = {
    ".jsonl": _jsonl_rows,
    ".csv": _csv_rows,
    ".tsv": _csv_rows,
    ".parquet": _parquet_rows,
}
