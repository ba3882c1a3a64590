import os
from pathlib import Path

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from flagger.errors import ConfigError, ReadError
from flagger.reading import STDIN, Inputs, find_inputs


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder: articles/{b.txt,a.MD,c.csv.gz,d.pdf,sub/e.html,sub/f}."""
    monkeypatch.chdir(tmp_path)
    for name in ("b.txt", "a.MD", "c.csv.gz", "d.pdf", "sub/e.html", "sub/f"):
        path = tmp_path / "articles" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    return Path("articles")


ALL = ["a.MD", "b.txt", "c.csv.gz", "sub/e.html"]


def names(inputs: Inputs) -> list[str]:
    return [str(path).removeprefix("articles/") for path in inputs.paths]


@pytest.mark.parametrize(
    ("given", "expected", "n_other_suffix"),
    [
        (["articles"], ALL, 2),
        (["articles/"], ALL, 2),
        (["articles/*"], ALL, 2),
        (["articles/**/*.html"], ["sub/e.html"], 0),
        (["art*/?.txt", "articles"], ["b.txt", "a.MD", "c.csv.gz", "sub/e.html"], 2),
        (["articles/sub/e.html", "articles/b.txt", "./articles/b.txt"], ["sub/e.html", "b.txt"], 0),
        (["articles/d.pdf"], ["d.pdf"], 0),
        (["-", "articles/b.txt", "-"], ["-", "b.txt"], 0),
        ([], [], 0),
    ],
)
def test_expansion_order_and_counts(folder: Path, given: list[str], expected: list[str], n_other_suffix: int) -> None:
    inputs = find_inputs(given)
    assert names(inputs) == expected
    assert inputs.n_other_suffix == n_other_suffix


def test_absolute_pattern_and_path_name_the_same_file_once(folder: Path) -> None:
    inputs = find_inputs([folder / "b.txt", folder.absolute() / "b.txt", f"{folder.absolute()}/*.txt"])
    assert list(inputs.paths) == [folder / "b.txt"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("missing.txt", "missing.txt cannot be found: No such file"),
        ("articles/*.docx", "has no file to read"),
        ("empty", "has no file to read: 0 files"),
        ("others", "has no file to read: 1 files have another suffix than .csv"),
        ("**.txt/a", "not a pattern"),
        ("a\0b", "cannot be found"),
        ("x" * 5000, "too long"),
    ],
)
def test_nothing_to_read_is_an_error_before_any_work(folder: Path, given: str, message: str) -> None:
    Path("empty").mkdir()
    Path("others").mkdir()
    Path("others/a.pdf").touch()
    with pytest.raises(ReadError, match=message):
        find_inputs([folder, given])


def test_a_file_named_like_a_pattern_is_taken_by_name(folder: Path) -> None:
    (folder / "a[1].txt").touch()
    assert names(find_inputs(["articles/a[1].txt"])) == ["a[1].txt"]


def test_links_in_folders(folder: Path) -> None:
    Path("outside.txt").touch()
    (folder / "z_out.txt").symlink_to(Path("outside.txt").absolute())
    (folder / "z_in.txt").symlink_to("b.txt")
    (folder / "z_up").symlink_to("..")
    (folder / "sub/again").symlink_to("../sub")
    (folder / "z_loop.txt").symlink_to("z_loop.txt")
    (folder / "z_nowhere.txt").symlink_to("nowhere.txt")
    inputs = find_inputs([folder])
    assert names(inputs) == [*ALL, "z_loop.txt", "z_nowhere.txt"]
    assert (inputs.n_other_suffix, inputs.n_links) == (2, 4)
    assert names(find_inputs(["articles/**/e.html"])) == ["sub/e.html"]


def test_links_that_are_named_are_followed(folder: Path) -> None:
    Path("link").symlink_to(folder)
    Path("loop.txt").symlink_to("loop.txt")
    assert len(find_inputs(["link"]).paths) == len(ALL)
    assert list(find_inputs(["loop.txt"]).paths) == [Path("loop.txt")]


def test_a_folder_that_cannot_be_listed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real_scandir = os.scandir
    locked = str(folder / "sub")

    def scandir(path: str) -> object:  # chmod does not stop root
        if str(path) == locked:
            raise PermissionError(13, "Permission denied", locked)
        return real_scandir(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert names(find_inputs([folder])) == ["a.MD", "b.txt", "c.csv.gz", "sub"]
    with pytest.raises(ReadError, match="sub cannot be listed: Permission denied"):
        find_inputs([locked])


def test_a_link_into_a_locked_folder_is_left_to_the_reader(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = folder / "b.txt"
    link.unlink()
    link.symlink_to("elsewhere")
    real_stat = Path.stat

    def refuse(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:  # chmod does not stop root
        if path == link and follow_symlinks:
            raise PermissionError(13, "Permission denied")
        return real_stat(path, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(Path, "stat", refuse)
    assert names(find_inputs([folder])) == ALL
    assert names(find_inputs([link])) == ["b.txt"]


def test_odd_names(folder: Path) -> None:
    odd = [os.fsdecode(raw) for raw in (b"two\nlines.txt", b"caf\xe9.txt", b"with space.txt")]
    for name in odd:
        (folder / name).touch()
    assert {path.name for path in find_inputs([folder]).paths} >= set(odd)


def test_standard_input() -> None:
    assert find_inputs(["-"]) == Inputs([STDIN])


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> None:
    """articles/{b.txt,a.MD,d.pdf,sub/e.html} in memory."""
    monkeypatch.setattr(MemoryFileSystem, "store", {})
    monkeypatch.setattr(MemoryFileSystem, "pseudo_dirs", [""])
    for name in ("b.txt", "a.MD", "d.pdf", "sub/e.html"):
        MemoryFileSystem().pipe_file(f"/articles/{name}", b"It fell.")


@pytest.mark.parametrize(
    ("given", "expected", "n_other_suffix"),
    [
        ("memory://articles", ["a.MD", "b.txt", "sub/e.html"], 1),
        ("memory://articles/", ["a.MD", "b.txt", "sub/e.html"], 1),
        ("memory://articles/*.txt", ["b.txt"], 0),
        ("memory://art*/s*", ["sub/e.html"], 0),
        ("memory://articles/**", ["a.MD", "b.txt", "sub/e.html"], 1),
        ("memory://articles/d.pdf", ["d.pdf"], 0),
        ("memory://", ["articles/a.MD", "articles/b.txt", "articles/sub/e.html"], 1),
    ],
)
def test_urls_are_searched_as_paths_are(store: None, given: str, expected: list[str], n_other_suffix: int) -> None:
    prefix = "memory://" if given == "memory://" else "memory://articles/"
    inputs = find_inputs([given, given])
    assert list(inputs.paths) == [prefix + name for name in expected]
    assert inputs.n_other_suffix == 2 * n_other_suffix


def test_a_file_url_finds_what_its_path_finds(folder: Path) -> None:
    (folder / "link.txt").symlink_to("b.txt")
    (folder / "circle").symlink_to(".")
    inputs = find_inputs([f"file://{folder.absolute()}"])
    assert [str(path).rpartition("/articles/")[2] for path in inputs.paths] == ALL
    assert (inputs.n_other_suffix, inputs.n_links) == (2, 2)


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ("memory://gone.txt", ReadError, "memory://gone.txt cannot be found"),
        ("memory://articles/*.docx", ReadError, "has no file to read: 0 files"),
        ("nonsense://a.txt", ConfigError, "cannot be opened"),
    ],
)
def test_a_url_that_names_nothing_is_told(store: None, given: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message.replace("*", r"\*")):
        find_inputs([given])


def test_a_store_that_fails_is_told(store: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("no credentials")

    monkeypatch.setattr(MemoryFileSystem, "info", refuse)
    with pytest.raises(ReadError, match="memory://a cannot be listed: RuntimeError: no credentials"):
        find_inputs(["memory://a"])
