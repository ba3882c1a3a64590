import gzip
import os
import random
import socket
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagger.reading.opened import (
    MAX_REASON_CHARS,
    ArticleError,
    OpenedFile,
    ReadOptions,
    decompressed,
    open_path,
    shown_name,
    split_suffix,
)
from flagger.results import Status

NAMES = st.binary(min_size=1).filter(lambda raw: not {0, ord("/")} & set(raw) and raw not in (b".", b".."))


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"plain name.txt", "plain name.txt"),
        ("Łódź 日本.txt".encode(), "Łódź 日本.txt"),
        (b"two\nlines\x1b.txt", r"two\nlines\x1b.txt"),
        (b"caf\xe9.txt", r"caf\xe9.txt"),
        (b"a\\nb.txt", r"a\\nb.txt"),
        ("\x85\u2028.txt".encode(), r"\u0085\u2028.txt"),
        (b"folder/a.txt", "folder/a.txt"),
    ],
)
def test_shown_name(raw: bytes, shown: str) -> None:
    assert shown_name(Path(os.fsdecode(raw))) == shown


@given(NAMES, NAMES)
def test_shown_names_are_utf8_and_differ_for_different_files(one: bytes, other: bytes) -> None:
    shown, shown_other = (shown_name(Path(os.fsdecode(raw))) for raw in (one, other))
    shown.encode()
    assert shown.isprintable() or not {"\n", "\r", "\x1b", "\u2028"} & set(shown)
    assert (shown == shown_other) == (one == other)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.txt", (".txt", False)),
        ("a.b.TXT.GZ", (".txt", True)),
        ("a.gz", ("", True)),
        ("a", ("", False)),
        (".txt", ("", False)),
    ],
)
def test_split_suffix(name: str, expected: tuple[str, bool]) -> None:
    assert split_suffix(name) == expected


def test_a_reason_is_one_short_sentence() -> None:
    reason = ArticleError(Status.MALFORMED, "Found:\n two \ud800 lines..").reason
    assert reason == "Found: two \ufffd lines."
    assert len(ArticleError(Status.MALFORMED, "x" * 10_000).reason) == MAX_REASON_CHARS + 1


def test_read_whole_stops_one_byte_above_the_limit() -> None:
    stream = BytesIO(bytes(100))
    with pytest.raises(ArticleError, match="limit of 10 bytes") as caught:
        OpenedFile(stream, "a", ReadOptions(max_bytes=10)).read_whole(50)
    assert caught.value.status is Status.TOO_LARGE
    assert stream.tell() == 11


def test_gzip_is_unpacked_no_further_than_the_limit() -> None:
    bomb = BytesIO(gzip.compress(bytes(50_000_000)))
    with decompressed(bomb, is_gzip=True) as stream, pytest.raises(ArticleError, match="limit"):
        OpenedFile(stream, "a", ReadOptions(max_bytes=1000)).read_whole()
    assert bomb.tell() < len(bomb.getvalue())


def test_gzip_of_an_unlikely_ratio_is_refused_from_a_size_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flagger.reading.opened.FREE_BYTES", 5_000_000)
    data = gzip.compress(bytes(50_000_000))
    n_bytes = 0
    with pytest.raises(ArticleError, match="100 times") as caught, decompressed(BytesIO(data), is_gzip=True) as stream:
        while chunk := stream.read(100_000):
            n_bytes += len(chunk)
    assert caught.value.status is Status.TOO_LARGE
    assert n_bytes <= max(5_000_000, 100 * len(data))
    text = gzip.compress(random.Random(0).randbytes(20_000) * 300)
    with decompressed(BytesIO(text), is_gzip=True) as stream:
        assert len(stream.read()) == 6_000_000


@pytest.mark.parametrize(
    "data",
    [
        b"no gzip at all",
        gzip.compress(b"text " * 1000, mtime=0)[:-9],
        gzip.compress(random.Random(0).randbytes(1000), mtime=0)[:500] + bytes(100),
        gzip.compress(b"text", mtime=0) + b"trailing rubbish",
    ],
)
def test_broken_gzip_is_malformed(data: bytes) -> None:
    with pytest.raises(ArticleError, match="gzip") as caught, decompressed(BytesIO(data), is_gzip=True) as stream:
        stream.read()
    assert caught.value.status is Status.MALFORMED


def test_a_failing_disk_is_unreadable() -> None:
    with pytest.raises(ArticleError, match="Input/output error") as caught, decompressed(BytesIO(), is_gzip=False):
        raise OSError(5, "Input/output error")
    assert caught.value.status is Status.UNREADABLE


def make_missing(path: Path) -> None:
    """Leave the path empty."""


def make_loop(path: Path) -> None:
    path.symlink_to(path)


def make_dangling_link(path: Path) -> None:
    path.symlink_to("nowhere.txt")


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(path))


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (make_missing, "No such file"),
        (make_loop, "symbolic links"),
        (make_dangling_link, "No such file"),
        (Path.mkdir, "found a folder"),
        (make_pipe, "found a pipe"),
        (make_socket, "found a pipe, a device or a socket"),
    ],
)
def test_what_is_no_file_is_unreadable(make: Callable[[Path], object], reason: str, tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    make(path)
    with pytest.raises(ArticleError, match=reason) as caught, open_path(path):
        pass
    assert caught.value.status is Status.UNREADABLE


def test_a_zero_byte_in_the_path_is_unreadable() -> None:
    with pytest.raises(ArticleError, match="null byte"), open_path(Path("a\0b.txt")):
        pass


def test_permission_denied_is_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.txt"
    path.write_text("text")

    def refuse(*_: object, **__: object) -> None:  # chmod does not stop root
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ArticleError, match="Permission denied") as caught, open_path(path):
        pass
    assert caught.value.status is Status.UNREADABLE
