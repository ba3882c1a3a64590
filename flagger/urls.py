"""Places that are not local paths: ``s3://bucket/key`` and whatever else fsspec knows. Keys come from the environment.

A text that contains ``://`` is a URL; no pathlib.Path does, since it keeps one of two slashes. fsspec is imported when
the first URL is met.
"""

from pathlib import Path
from typing import Any

from flagger.errors import ConfigError


def is_url(place: str | Path) -> bool:
    """Tell a URL from a local path."""
    return "://" in str(place)


def url_exists(url: str) -> bool:
    """Tell whether there is something at a URL.

    Raises:
        ConfigError: If that cannot be found out.
    """
    filesystem, path = find_filesystem(url)
    try:
        return bool(filesystem.exists(path))
    except Exception as error:  # each kind of filesystem raises what its client does
        raise ConfigError(f"cannot look for {url}: {type(error).__name__}: {error}") from error


def find_filesystem(url: str) -> tuple[Any, str]:
    """Return fsspec's filesystem of a URL, and the path of the URL in it.

    Raises:
        ConfigError: If fsspec or what it needs for this kind of URL is not installed, or there is no such kind.
    """
    try:
        from fsspec.core import url_to_fs  # imported here: an optional extra
    except ImportError as error:
        raise ConfigError(f"{url}: reading and writing URLs needs fsspec: pip install 'flagger[ray]'") from error
    if "::" in url:
        raise ConfigError(f"{url}: chained URLs are not supported; give the URL of a file or a folder")
    try:
        filesystem, path = url_to_fs(url)
    except Exception as error:  # each kind of filesystem has its own ways to refuse
        raise ConfigError(f"{url}: this kind of URL cannot be opened: {error}") from error
    return filesystem, path
