"""Plain text -> its article: the decoded text as it stands, so that offsets fit the file."""

from collections.abc import Iterator

from flagger.reading.encoding import decode
from flagger.reading.opened import OpenedFile
from flagger.results import Article


def read_text(file: OpenedFile) -> Iterator[Article]:
    """Read a text file; only its byte order mark is left out."""
    yield file.article(decode(file.read_whole(), file.options.max_chars))
