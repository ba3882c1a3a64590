"""Bytes -> what a URL names, by the rule for local files: under its name only when everything was written."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from flagger.errors import ConfigError
from flagger.urls import find_filesystem


@contextmanager
def create_url(url: str) -> Iterator[BinaryIO]:
    """Open a URL for writing; until the body has ended well, what was written is called ``URL.partial``.

    Raises:
        ConfigError: If it cannot be created, or cannot be completed at the end.
    """
    filesystem, path = find_filesystem(url)
    partial = f"{path}.partial"
    with _writing(url):
        handle = filesystem.open(partial, "wb")
    with handle:
        yield handle
    with _writing(url):
        filesystem.mv(partial, path)


@contextmanager
def _writing(url: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # each kind of filesystem raises what its client does
        raise ConfigError(f"cannot write {url}: {type(error).__name__}: {error}") from error
