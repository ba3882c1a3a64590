"""What the user names (files, folders, patterns, URLs, ``-``) -> the files to read, in an order that never varies."""

import os
import re
import stat
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from flagger.errors import ReadError
from flagger.reading.opened import shown_name, split_suffix
from flagger.reading.paths import Paths
from flagger.urls import find_filesystem, is_url

STDIN = Path("-")
_MAGIC = "*?["


@dataclass(frozen=True, slots=True)
class Inputs:
    """The files to read, and how many files of folders and patterns were passed over.

    ``paths`` keeps the order in which they were named, sorted within a folder or pattern, each file once; a str in it
    is a URL. ``n_other_suffix`` counts files without a reader, ``n_links`` symbolic links, which are followed only
    where they are named: neither in folders nor by patterns; ``n_left_out`` counts what was to be left out.
    """

    paths: Sequence[Path | str]
    n_other_suffix: int = 0
    n_links: int = 0
    n_left_out: int = 0


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What counts among the files of folders and patterns."""

    suffixes: Collection[str]
    leave_out: Callable[[Path | str], bool]

    def has_reader(self, name: str) -> bool:
        return split_suffix(name)[0] in self.suffixes


def expand(paths: Sequence[str | Path], suffixes: Collection[str], leave_out: Callable[[Path | str], bool]) -> Inputs:
    """Find the files to read.

    Args:
        paths: Files (of any suffix), folders (searched to the bottom), glob patterns, URLs of these, ``-`` for standard
            input.
        suffixes: What has a reader, ``.gz`` aside.
        leave_out: Whether to leave out a file or a whole folder, where it is not named itself.

    Raises:
        ReadError: If a path does not exist, or a folder or pattern has nothing to read.
    """
    wanted = _Wanted(suffixes, leave_out)
    parts = [_expand_one(path, wanted) for path in paths]
    return parts[0] if len(parts) == 1 else _merge(parts)


def _merge(parts: Iterable[Inputs]) -> Inputs:
    """Put inputs one behind the other, each file once."""
    paths = Paths()
    seen: set[Path | str] = set()
    n_other_suffix = n_links = n_left_out = 0
    for part in parts:
        n_other_suffix += part.n_other_suffix
        n_links += part.n_links
        n_left_out += part.n_left_out
        for file in part.paths:
            name = file if isinstance(file, str) or file == STDIN else file.absolute()
            if name not in seen:
                seen.add(name)
                paths.append(file)
    return Inputs(paths, n_other_suffix, n_links, n_left_out)


def _expand_one(given: str | Path, wanted: _Wanted) -> Inputs:
    path = Path(given)
    if path == STDIN:
        return Inputs([STDIN])
    if is_url(given):
        return _checked(str(given), _list_url(str(given), wanted), wanted)
    try:
        path.lstat()  # not exists(): a link that leads nowhere is an unreadable article, not a missing path
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        if not set(_MAGIC) & set(str(given)):
            raise ReadError(
                f"{shown_name(path)} cannot be found: {getattr(error, 'strerror', None) or error}."
            ) from error
        n_named = next(i for i, part in enumerate(path.parts) if set(_MAGIC) & set(part))
        inputs = _merge(_search(match, n_named, wanted) for match in _glob(path))
    else:
        if not _is_folder(path):
            return Inputs([path])
        inputs = _walk(path, wanted)
    return _checked(path, inputs, wanted)


def _checked(given: Path | str, inputs: Inputs, wanted: _Wanted) -> Inputs:
    if not inputs.paths:
        raise ReadError(
            f"{shown_name(given)} has no file to read: {inputs.n_other_suffix} files have another suffix than "
            f"{', '.join(sorted(wanted.suffixes))} and {inputs.n_links} symbolic links were not followed."
        )
    return inputs


def _glob(pattern: Path) -> list[Path]:
    # Path.glob and not the glob module, whose ** follows links in circles.
    try:
        return sorted(Path(pattern.anchor).glob(str(pattern.relative_to(pattern.anchor))), key=_sort_key)
    except (ValueError, OSError) as error:
        raise ReadError(f"{shown_name(pattern)} is not a pattern that can be searched: {error}.") from error


def _search(match: Path, n_named: int, wanted: _Wanted) -> Inputs:
    """Find the files of one match of a pattern, whose first ``n_named`` parts hold no wildcard."""
    steps = [Path(*match.parts[: n + 1]) for n in range(n_named, len(match.parts))]
    if any(step.is_symlink() for step in steps) and _mode(match):
        return Inputs([], n_links=1)
    if any(map(wanted.leave_out, steps)):
        return Inputs([], n_left_out=1)
    if _is_folder(match):
        return _walk(match, wanted)
    return Inputs([match]) if wanted.has_reader(match.name) else Inputs([], n_other_suffix=1)


def _walk(root: Path, wanted: _Wanted) -> Inputs:
    """Find the files under a folder.

    Links are left alone: the target is found under its own name, or lies outside. A link that leads nowhere and a
    folder that cannot be listed are kept, so that reading them says why.

    Raises:
        ReadError: If the folder itself cannot be listed.
    """
    found = Paths()
    n_other_suffix = n_links = n_left_out = 0
    waiting = [iter([(root, True)])]  # not os.walk alone, whose order is not that of the whole paths
    while waiting:
        path, is_folder = next(waiting[-1], (None, False))
        if path is None:
            waiting.pop()
        elif path != root and wanted.leave_out(path):
            n_left_out += 1
        elif is_folder and path.is_symlink() and path != root:
            n_links += 1
        elif is_folder:
            unlisted: list[OSError] = []
            _, subfolders, names = next(os.walk(path, onerror=unlisted.append), ("", [], []))
            if unlisted and path == root:
                raise ReadError(f"{shown_name(root)} cannot be listed: {unlisted[0].strerror}.")
            if unlisted:
                found.append(path)
            waiting.append(_sorted(path, subfolders, names))
        elif not wanted.has_reader(path.name):
            n_other_suffix += 1
        elif path.is_symlink() and _mode(path):
            n_links += 1
        else:
            found.append(path)
    return Inputs(found, n_other_suffix, n_links, n_left_out)


def _sorted(folder: Path, subfolders: list[str], names: list[str]) -> Iterator[tuple[Path, bool]]:
    folders = set(subfolders)
    for name in sorted(subfolders + names):
        yield folder / name, name in folders


def _list_url(url: str, wanted: _Wanted) -> Inputs:
    """Find the files of a URL by the rules of local paths: a file or folder before a pattern, links left alone."""
    filesystem, root = find_filesystem(url)
    folder = url if url.endswith("/") else f"{url}/"
    try:
        try:
            if filesystem.info(root)["type"] == "file":
                return Inputs([url])
            found = filesystem.find(root, detail=True)
        except FileNotFoundError:
            if not set(_MAGIC) & set(url):
                raise
            folder = re.split(f"[{re.escape(_MAGIC)}]", url)[0].rpartition("/")[0] + "/"
            found = {}
            for name, info in filesystem.glob(root, detail=True).items():
                found |= filesystem.find(name, detail=True) if info["type"] == "directory" else {name: info}
            root = find_filesystem(folder)[1]
    except FileNotFoundError as error:
        raise ReadError(f"{shown_name(url)} cannot be found.") from error
    except Exception as error:  # each kind of filesystem raises what its client does
        raise ReadError(f"{shown_name(url)} cannot be listed: {type(error).__name__}: {error}.") from error
    # The URL as given and not fsspec's own spelling, which drops hosts and accounts.
    files = {folder + name.removeprefix(root).lstrip("/"): info for name, info in found.items()}
    left_out = {url for url in files if wanted.leave_out(url)}
    links = {url for url, info in files.items() if info.get("islink")} - left_out
    read = [url for url in files.keys() - links - left_out if wanted.has_reader(url)]
    n_other_suffix = len(files) - len(links) - len(left_out) - len(read)
    return Inputs(sorted(read, key=_sort_key), n_other_suffix, len(links), len(left_out))


def _is_folder(path: Path) -> bool:
    return stat.S_ISDIR(_mode(path))


def _mode(path: Path) -> int:
    """Give what lies behind a path, links followed; 0 where it cannot be reached, for which is_dir may raise."""
    try:
        return path.stat().st_mode
    except OSError:
        return 0


def _sort_key(path: Path | str) -> tuple[str, ...]:
    return tuple(path.split("/")) if isinstance(path, str) else path.parts
