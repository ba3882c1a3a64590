"""Files and streams -> articles, one module a format.

To add a format, write a module with a function from an OpenedFile to its articles and add its suffixes to READERS.
Every format may also come gzip-compressed (``.gz`` after its suffix).
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from flagger.errors import FlaggerError
from flagger.reading.html import read_html
from flagger.reading.inputs import STDIN, Inputs, expand
from flagger.reading.markdown import read_markdown
from flagger.reading.opened import (
    ArticleError,
    OpenedFile,
    ReadOptions,
    decompressed,
    open_path,
    open_url,
    shown_name,
    split_suffix,
)
from flagger.reading.tables import read_csv, read_jsonl, read_parquet
from flagger.reading.text import read_text
from flagger.results import Article, FailedArticle, Status
from flagger.urls import is_url

__all__ = ["READERS", "STDIN", "Inputs", "ReadOptions", "find_inputs", "read", "read_stream", "shown_name"]

Reader = Callable[[OpenedFile], Iterator[Article | FailedArticle]]

READERS: dict[str, Reader] = {
    ".txt": read_text,
    ".md": read_markdown,
    ".html": read_html,
    ".htm": read_html,
    ".jsonl": read_jsonl,
    ".csv": read_csv,
    ".parquet": read_parquet,
}

_DEFAULTS = ReadOptions()


def find_inputs(paths: Sequence[str | Path], leave_out: Callable[[Path | str], bool] = lambda path: False) -> Inputs:
    """Find the files to read among files, folders, glob patterns, URLs of these, and ``-`` (standard input).

    In folders and by patterns nothing is found of which ``leave_out`` says so.

    Raises:
        ReadError: If a path does not exist, or a folder or pattern has nothing to read.
        ConfigError: If a URL is of a kind that cannot be opened here.
    """
    return expand(paths, READERS, leave_out)


def read(path: Path | str, options: ReadOptions = _DEFAULTS) -> Iterator[Article | FailedArticle]:
    """Read the articles of one file, lazily; STDIN is read as plain text, a str is a URL.

    What cannot be read comes out as a FailedArticle; nothing is raised for it. A table gives an article a row, and
    goes on after a bad one.
    """
    if path == STDIN:
        return read_stream(sys.stdin.buffer, options=options)
    name = shown_name(path)
    return _with_failures(_read_path(path, name, options), name)


def read_stream(
    stream: BinaryIO, suffix: str = ".txt", name: str = "-", options: ReadOptions = _DEFAULTS
) -> Iterator[Article | FailedArticle]:
    """Read the articles of an open binary stream, as read() does; it need not be seekable and is not closed.

    Args:
        stream: The bytes.
        suffix: Decides the format: ``.txt``, ``.jsonl.gz``.
        name: The path and the id (of a table: the start of the ids) of the articles.
        options: How to read.
    """
    return _with_failures(_read_open(stream, f"stream{suffix}", name, options), name)


def _read_path(path: Path | str, name: str, options: ReadOptions) -> Iterator[Article | FailedArticle]:
    file_name = Path(path).name
    _find_reader(file_name)  # before opening: the better reason of the two
    with open_url(str(path)) if is_url(path) else open_path(Path(path)) as stream:
        yield from _read_open(stream, file_name, name, options)


def _read_open(stream: BinaryIO, file_name: str, name: str, options: ReadOptions) -> Iterator[Article | FailedArticle]:
    reader, is_gzip = _find_reader(file_name)
    with decompressed(stream, is_gzip) as unpacked:
        yield from reader(OpenedFile(unpacked, name, options))


def _find_reader(file_name: str) -> tuple[Reader, bool]:
    suffix, is_gzip = split_suffix(file_name)
    if suffix not in READERS:
        found = f"the suffix {suffix!r}" if suffix else "no suffix"
        raise ArticleError(Status.UNSUPPORTED, f"Expected one of {', '.join(READERS)}, found {found}.")
    return READERS[suffix], is_gzip


def _with_failures(articles: Iterator[Article | FailedArticle], name: str) -> Iterator[Article | FailedArticle]:
    n_articles = 0
    try:
        for article in articles:
            yield article
            n_articles += 1
        if not n_articles:
            raise ArticleError(Status.EMPTY, "The table has no rows.")
    except ArticleError as error:
        yield FailedArticle(name, name, error.status, error.reason)
    except FlaggerError:
        raise
    except Exception as error:  # what no reader foresaw of a library's errors costs its file and not the run
        unforeseen = ArticleError(Status.MALFORMED, f"The file cannot be taken apart: {error!r}.")
        yield FailedArticle(name, name, unforeseen.status, unforeseen.reason)
