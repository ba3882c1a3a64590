"""What flagger raises. A bad article is not an error but a result with a status (see results.Status).

FlaggerError
├── ConfigError    a configuration file, an override or an option is wrong
├── DatasetError   labelled data is missing or malformed
├── ModelError     a model folder is missing, damaged, untrusted or does not fit
└── ReadError      input that cannot be read at all: a missing path, an unknown format
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class FlaggerError(Exception):
    """Base of everything that flagger raises on purpose. Its message is meant for the user."""


class ConfigError(FlaggerError):
    """A configuration file, an override or an option is wrong."""


class DatasetError(FlaggerError):
    """Labelled data is missing or malformed."""


class ModelError(FlaggerError):
    """A model folder is missing, damaged, untrusted or does not fit its use."""


class ReadError(FlaggerError):
    """Input that cannot be read at all."""


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Tell of a file or folder that cannot be written as a ConfigError."""
    try:
        yield
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {error.strerror}") from error
