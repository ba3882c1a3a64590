"""Files that appear under their name only when they are whole."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from flagger.errors import ConfigError, writing

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class _ToldFile(io.FileIO):
    """A file whose name stands in the ConfigError that a failed write becomes."""

    def __init__(self, path: Path, name: Path) -> None:
        super().__init__(path, "w")
        self._shown = name

    def write(self, data: "ReadableBuffer", /) -> int:
        with writing(self._shown):
            return super().write(data)


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open a new file; until the body has ended without an error it is called ``NAME.partial``.

    Raises:
        ConfigError: If the file cannot be created, written or take its name.
    """
    if not path.name or path.is_dir():
        raise ConfigError(f"cannot write {path}: it is a folder")
    unfinished = path.with_name(path.name + ".partial")
    with writing(path):
        handle = io.BufferedWriter(_ToldFile(unfinished, path))
    try:
        with handle:
            yield handle
            with writing(path):
                handle.flush()
                os.fsync(handle.fileno())
        with writing(path):
            unfinished.replace(path)
    except BaseException:
        with suppress(OSError):
            unfinished.unlink()
        raise
