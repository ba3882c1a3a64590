import json
from collections.abc import Callable
from pathlib import Path

import pytest

from flagger.exports import EXPORTS
from tests.cli.conftest import Outcome
from tests.exports.articles import SENTENCES, TEXT
from tests.flag_files import flagged, write_flags

Run = Callable[..., Outcome]


@pytest.mark.parametrize("name", EXPORTS)
def test_flags_are_exported(run: Run, tmp_path: Path, name: str) -> None:
    flags = write_flags(tmp_path / "flags.csv", flagged(TEXT, SENTENCES))
    outcome = run("export", flags, "--to", name, "--output", tmp_path / "out")
    assert (outcome.code, outcome.out) == (0, "")
    assert f"1 article written to {tmp_path / 'out'}" in outcome.err


def test_wrong_usage_is_told(run: Run, tmp_path: Path) -> None:
    flags = write_flags(tmp_path / "flags.jsonl", flagged(TEXT, SENTENCES))
    outcome = run("export", flags, "--to", "xml", "-o", tmp_path / "out")
    assert (outcome.code, "no export to 'xml'" in outcome.err) == (2, True)
    outcome = run("export", tmp_path / "none.jsonl", "--to", "conll", "-o", tmp_path / "out")
    assert (outcome.code, "cannot read" in outcome.err) == (2, True)
    flags.write_text("{}\n")
    outcome = run("export", flags, "--to", "conll", "-o", tmp_path / "out")
    assert (outcome.code, "line 1: the columns" in outcome.err) == (2, True)
    assert not (tmp_path / "out").exists()


def test_what_is_read_is_not_written_over(run: Run, tmp_path: Path) -> None:
    flags = write_flags(tmp_path / "flags.jsonl", flagged(TEXT, SENTENCES))
    before = flags.read_bytes()
    for command in (
        ("export", flags, "--to", "label-studio"),
        ("data", "import", "csv", flags),
        ("data", "import", "label-studio", flags),
        ("data", "import", "szeged", flags),
        ("data", "import", "conll2010", flags),
    ):
        outcome = run(*command, "-o", tmp_path / "x" / ".." / "flags.jsonl")
        assert (outcome.code, "is to be read and to be written" in outcome.err) == (2, True)
    assert flags.read_bytes() == before


def test_corrected_tasks_become_labelled_articles(run: Run, tmp_path: Path) -> None:
    flags = write_flags(tmp_path / "flags.jsonl", flagged(TEXT, SENTENCES))
    assert run("export", flags, "--to", "label-studio", "-o", tmp_path / "tasks.json").code == 0
    (task,) = json.loads((tmp_path / "tasks.json").read_text("utf-8"))
    task |= {"id": 7, "annotations": task["predictions"]}
    (tmp_path / "done.json").write_text(json.dumps([task, {"id": 8, "annotations": []}]))
    outcome = run(
        "data", "import", "label-studio", tmp_path / "done.json", "-o", tmp_path / "a.jsonl", "--topic", "fire"
    )
    assert (outcome.code, outcome.out) == (0, "")
    assert "1 tasks without an annotation passed over" in outcome.err
    (row,) = map(json.loads, (tmp_path / "a.jsonl").read_text("utf-8").splitlines())
    assert (row["id"], row["topic"], len(row["sentences"])) == ("news.txt", "fire", 4)
    assert run("data", "check", tmp_path / "a.jsonl").code == 0
