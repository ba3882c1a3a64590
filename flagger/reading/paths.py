"""A million paths in little memory."""

import os
from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path

from flagger.urls import is_url


class Paths(Sequence[Path | str]):
    """The files to read, in order; a str is a URL.

    Holds the bytes of each and where they end, together a tenth of what pathlib's objects take.
    """

    def __init__(self, paths: Iterable[Path | str] = ()) -> None:
        """Hold these; `append` adds others."""
        self._bytes = bytearray()
        self._ends = array("Q")
        for path in paths:
            self.append(path)

    def append(self, path: Path | str) -> None:
        """Add a path or a URL behind the others."""
        self._bytes += pack(path)
        self._ends.append(len(self._bytes))

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, index: int) -> Path | str:  # type: ignore[override]  # nobody slices them
        i = range(len(self))[index]
        return unpack(bytes(self._bytes[self._ends[i - 1] if i else 0 : self._ends[i]]))


def pack(path: Path | str) -> bytes:
    """Return a path or URL as bytes; a file's name need not be text."""
    return os.fsencode(path)


def unpack(path: bytes) -> Path | str:
    """Return what was packed."""
    name = os.fsdecode(path)
    return name if is_url(name) else Path(name)
