import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from flagger.batch.journal import Journal, Position, unfinished
from flagger.errors import ConfigError

ASKED = {"model": "m@1", "only": ["confirmed"]}
PATHS = [Path("a.txt"), Path("b.txt")]


def _write(journal: Journal, n: int) -> None:
    journal.write(Position(0, n), [{"sentence": i, "text": "ä\n"} for i in range(n)], {"id": n})


@pytest.fixture
def cut_off(tmp_path: Path) -> Path:
    """An output whose run was cut off after two articles, of which the second came after the last checkpoint."""
    output = tmp_path / "f.csv"
    with Journal(output, ASKED, PATHS) as journal:
        _write(journal, 1)
        journal.checkpoint()
        _write(journal, 2)
        shutil.copytree(journal.folder, tmp_path / "then")
        journal.remove()
    (tmp_path / "then").rename(unfinished(output))
    return output


def test_a_run_goes_on_behind_its_last_checkpoint(cut_off: Path) -> None:
    with Journal(cut_off, ASKED, PATHS) as journal:
        assert journal.position == Position(0, 1)
        _write(journal, 3)
    with Journal(cut_off, ASKED, PATHS) as journal:
        assert journal.position == Position(0, 3)
        assert [record["id"] for record in journal.records("summary")] == [1, 3]
        assert [record["sentence"] for record in journal.records("flags")] == [0, 0, 1, 2]
        journal.remove()
    assert not unfinished(cut_off).exists()


@pytest.mark.parametrize("rest", [b"", b'{"posi', b'{"position": [0, 2], "lengths": {"flags"'])
def test_half_a_line_of_the_journal_does_not_count(cut_off: Path, rest: bytes) -> None:
    with (unfinished(cut_off) / "journal.jsonl").open("ab") as handle:
        handle.write(rest)
    with Journal(cut_off, ASKED, PATHS) as journal:
        assert journal.position == Position(0, 1)


def test_half_an_article_does_not_count(tmp_path: Path) -> None:
    def broken() -> object:
        yield {"sentence": 0}
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), Journal(tmp_path / "f", ASKED, PATHS) as journal:
        _write(journal, 1)
        journal.write(Position(0, 2), broken(), {"id": 2})  # type: ignore[arg-type]
    with Journal(tmp_path / "f", ASKED, PATHS) as journal:
        assert journal.position == Position(0, 1)
        assert len(list(journal.records("flags"))) == 1


@pytest.mark.parametrize(
    ("asked", "paths", "told"),
    [
        (ASKED | {"model": "m@2"}, PATHS, "had model 'm@1', this one has 'm@2'"),
        (ASKED, PATHS[:1], r"file 2 to read was b\.txt, now it is nothing"),
        (ASKED, [*PATHS, Path("c")], "file 3 to read was nothing, now it is c"),
        (ASKED, PATHS[::-1], r"file 1 to read was a\.txt, now it is b\.txt"),
    ],
)
def test_another_run_does_not_go_on(cut_off: Path, asked: dict[str, object], paths: list[Path], told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        Journal(cut_off, asked, paths)
    with Journal(cut_off, ASKED, PATHS) as journal:  # and leaves what there is as it is
        assert journal.position == Position(0, 1)


def _emptied(folder: Path) -> None:
    (folder / "flags.jsonl").write_bytes(b"")


def _not_json(folder: Path) -> None:
    (folder / "run.json").write_text("{")


def _without_a_log(folder: Path) -> None:
    (folder / "summary.jsonl").unlink()


@pytest.mark.parametrize("damage", [_emptied, _not_json, _without_a_log])
def test_a_damaged_run_is_told(cut_off: Path, damage: Callable[[Path], None]) -> None:
    damage(unfinished(cut_off))
    with pytest.raises(ConfigError, match="--overwrite"):
        Journal(cut_off, ASKED, PATHS)


def test_a_run_that_never_began_begins(tmp_path: Path) -> None:
    unfinished(tmp_path / "f").mkdir()
    (unfinished(tmp_path / "f") / "run.json").write_text("{")  # killed here
    with Journal(tmp_path / "f", ASKED, PATHS) as journal:
        assert journal.position == Position()


def test_two_runs_do_not_write_the_same_output(tmp_path: Path) -> None:
    with Journal(tmp_path / "f", ASKED, PATHS), pytest.raises(ConfigError, match="another process is writing it"):
        Journal(tmp_path / "f", ASKED, PATHS)


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot write"), Journal(tmp_path / "f", ASKED, PATHS) as journal:
        _write(journal, 1)
        shutil.rmtree(journal.folder)
        journal.checkpoint()
