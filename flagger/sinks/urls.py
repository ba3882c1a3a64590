"""Bytes -> what a URL names, by the rule for local files: under its name only when everything was written."""

import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO

from flagger.errors import ConfigError
from flagger.urls import find_filesystem

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class _ToldFile(io.RawIOBase):
    """What a URL names, of which a failed write becomes a ConfigError."""

    def __init__(self, handle: BinaryIO, url: str) -> None:
        self._handle = handle
        self._url = url

    def writable(self) -> bool:
        return True

    def write(self, data: "ReadableBuffer", /) -> int:
        with _writing(self._url):
            return self._handle.write(data)


@contextmanager
def create_url(url: str) -> Iterator[BinaryIO]:
    """Open a URL for writing; until the body has ended well, what was written is called ``URL.partial``.

    Raises:
        ConfigError: If it cannot be created, written, or completed at the end.
    """
    filesystem, path = find_filesystem(url)
    partial = f"{path}.partial"
    with _writing(url):
        handle = filesystem.open(partial, "wb")
    try:
        with io.BufferedWriter(_ToldFile(handle, url)) as told:
            yield told
        with _writing(url):
            handle.close()
            filesystem.mv(partial, path)
    except BaseException:
        with suppress(Exception):  # what is told is why it failed
            handle.close()
            filesystem.rm(partial)
        raise


@contextmanager
def _writing(url: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # each kind of filesystem raises what its client does
        raise ConfigError(f"cannot write {url}: {type(error).__name__}: {error}") from error
