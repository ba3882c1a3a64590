"""Files that appear under their name only when they are whole."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from flagger.errors import writing


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open a new file; until the body has ended without an error it is called ``NAME.partial``.

    Raises:
        ConfigError: If the file cannot be created or take its name.
    """
    unfinished = path.with_name(path.name + ".partial")
    with writing(path):
        handle = unfinished.open("wb")
    with handle:
        yield handle
        with writing(path):
            handle.flush()
            os.fsync(handle.fileno())
    with writing(path):
        unfinished.replace(path)
