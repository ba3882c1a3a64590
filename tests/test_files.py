from pathlib import Path

import pytest

from flagger.errors import ConfigError
from flagger.files import whole_file


def test_a_file_has_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(RuntimeError), whole_file(path) as handle:
        handle.write(b"ne")
        raise RuntimeError
    assert path.read_text() == "old"
    with whole_file(path) as handle:
        handle.write(b"new")
    assert path.read_text() == "new"
    assert [file.name for file in tmp_path.iterdir()] == ["a.txt"]


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    (tmp_path / "a.txt.partial").symlink_to("/dev/full")
    with pytest.raises(ConfigError, match=r"cannot write .*a\.txt: No space left"), whole_file(path) as handle:
        handle.write(b"x" * 100_000)
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "no" / "a.txt", tmp_path / "folder"):
        with pytest.raises(ConfigError, match="cannot write"), whole_file(path):
            pass
