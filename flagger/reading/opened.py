"""A file on disk or a stream -> an open file that a reader can turn into articles, and the bounds on reading it.

Every reader is a function from an OpenedFile to its articles. A reader raises ArticleError for what it cannot
read; `flagger.reading` alone catches it and makes it a FailedArticle.
"""

import gzip
import os
import shutil
import stat
import tempfile
import unicodedata
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from flagger.errors import ReadError
from flagger.results import Article, FailedArticle, Status
from flagger.surrogates import replace_surrogates
from flagger.urls import find_filesystem

MAX_REASON_CHARS = 500

MAX_RATIO = 100
"""Unpacked bytes for each packed one: text has up to about ten, what was made to fill a disk up to a thousand."""

FREE_BYTES = 16_000_000
"""Unpacked, whatever the ratio."""

_MEMORY_BYTES = 16 * 1024 * 1024  # a larger copy of what a URL names lies on the disk
_COPY_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read. ``id_column`` None means the column ``id`` where there is one, else the row's number."""

    text_column: str = "text"
    id_column: str | None = None
    max_chars: int = 10_000_000
    """Characters of one article; one line of a table may have twice as many."""
    max_bytes: int = 40_000_000
    """Bytes of one document, unpacked; Markdown and HTML allow less."""


class ArticleError(ReadError):
    """One article cannot be read. Never leaves flagger.reading: it becomes a FailedArticle."""

    def __init__(self, status: Status, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        # One plain line, whatever a library's message or a column's name brings along.
        line = "".join(map(_escape_control, replace_surrogates(" ".join(reason[:MAX_REASON_CHARS].split()))))
        self.reason = line.rstrip(".") + "."


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """What a reader reads: decompressed bytes and the name under which their articles are known."""

    stream: BinaryIO
    name: str
    options: ReadOptions = field(default_factory=ReadOptions)

    def read_whole(self, max_bytes: int | None = None) -> bytes:
        """Read all bytes of one document.

        Raises:
            ArticleError: If there are more than options.max_bytes or ``max_bytes``; one byte above is ever read.
        """
        limit = min(self.options.max_bytes, max_bytes or self.options.max_bytes)
        data = self.stream.read(limit + 1)
        if len(data) > limit:
            raise ArticleError(Status.TOO_LARGE, f"The document is larger than the limit of {limit:,} bytes.")
        return data

    def article(
        self,
        text: str,
        *,
        row: str | None = None,
        title: str | None = None,
        date: str | None = None,
        author: str | None = None,
    ) -> Article:
        """Make the article of this file, or of one row of it.

        Raises:
            ArticleError: If the text is blank or has more than options.max_chars characters.
        """
        if not text or text.isspace():
            raise ArticleError(Status.EMPTY, "There is no text: nothing, or white space only.")
        if len(text) > self.options.max_chars:
            limit = self.options.max_chars
            raise ArticleError(Status.TOO_LARGE, f"The article is longer than the limit of {limit:,} characters.")
        return Article(
            text=replace_surrogates(text),
            id=self.name if row is None else f"{self.name}#{row}",
            path=self.name,
            title=_one_line(title),
            date=_one_line(date),
            author=_one_line(author),
        )

    def failed(self, error: ArticleError, row: str) -> FailedArticle:
        """Make the record of a row that could not be read."""
        return FailedArticle(f"{self.name}#{row}", self.name, error.status, error.reason)


def _one_line(text: str | None) -> str | None:
    return replace_surrogates(" ".join(text.split())) or None if text else None


def shown_name(path: Path | str) -> str:
    r"""Give a path or URL as one line of UTF-8, no two alike: ``caf\xe9.txt``, ``two\nlines.txt``, ``a\\b.txt``."""
    raw = os.fsencode(path if isinstance(path, str) else path.as_posix()).replace(b"\\", rb"\\")
    return "".join(map(_escape_control, raw.decode("utf-8", "backslashreplace")))


def _escape_control(character: str) -> str:
    if unicodedata.category(character) not in {"Cc", "Zl", "Zp"}:
        return character
    if character.isascii():
        return character.encode("unicode_escape").decode("ascii")
    return f"\\u{ord(character):04x}"  # never \x85, which stands for a raw byte


def split_suffix(name: str) -> tuple[str, bool]:
    """Split off what decides the reader: ``news.TXT.gz`` -> (``.txt``, True), True for gzip."""
    path = Path(name.lower())
    return (Path(path.stem).suffix, True) if path.suffix == ".gz" else (path.suffix, False)


@contextmanager
def open_path(path: Path) -> Iterator[BinaryIO]:
    """Open a regular file for reading; a pipe or a device would block and is refused.

    Raises:
        ArticleError: If it is no regular file, or cannot be opened.
    """
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            found = "a folder" if stat.S_ISDIR(mode) else "a pipe, a device or a socket"
            raise ArticleError(Status.UNREADABLE, f"Expected a file, found {found}.")
        stream = path.open("rb")
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise ArticleError(Status.UNREADABLE, f"The file cannot be opened: {_cause(error)}.") from error
    with stream:
        yield stream


@contextmanager
def open_url(url: str) -> Iterator[BinaryIO]:
    """Open a copy of what a URL names: no connection is held while its articles are scored, which may take hours.

    Raises:
        ArticleError: If it cannot be read to its end.
        ConfigError: If this kind of URL cannot be opened here.
    """
    filesystem, path = find_filesystem(url)
    with tempfile.SpooledTemporaryFile(_MEMORY_BYTES) as copy:
        try:
            with filesystem.open(path, "rb") as remote:
                shutil.copyfileobj(remote, copy, _COPY_BYTES)
        except Exception as error:  # each kind of filesystem raises what its client does
            reason = f"The URL cannot be read: {type(error).__name__}: {error}."
            raise ArticleError(Status.UNREADABLE, reason) from error
        copy.seek(0)
        yield copy  # type: ignore[misc]  # typeshed does not call it a BinaryIO


@contextmanager
def decompressed(stream: BinaryIO, is_gzip: bool) -> Iterator[BinaryIO]:
    """Unpack gzip while it is read, and translate what reading raises.

    Raises:
        ArticleError: From the body, if the gzip data is broken or a bomb, or the disk fails.
    """
    try:
        if is_gzip:
            with _Unpacked(stream) as unpacked:
                yield unpacked  # type: ignore[misc]  # typeshed does not call it a BinaryIO
        else:
            yield stream
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ArticleError(Status.MALFORMED, f"Expected gzip data, found it broken: {error}.") from error
    except OSError as error:
        raise ArticleError(Status.UNREADABLE, f"Reading the file failed: {_cause(error)}.") from error


class _Counted:
    """A stream that knows how many bytes were read from it; a pipe does not."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.n_bytes = 0

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.n_bytes += len(data)
        return data


class _Unpacked(gzip.GzipFile):
    """Gzip data that may not unpack to more than its size makes likely."""

    def __init__(self, stream: BinaryIO) -> None:
        self._packed = _Counted(stream)
        self._n_bytes = 0
        super().__init__(fileobj=self._packed, mode="rb")  # type: ignore[call-overload]  # all it does is read

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        self._n_bytes += len(data)
        if self._n_bytes > max(FREE_BYTES, MAX_RATIO * self._packed.n_bytes):
            reason = f"The gzip data unpacks to more than {MAX_RATIO} times its size; the rest was not read."
            raise ArticleError(Status.TOO_LARGE, reason)
        return data


def _cause(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
