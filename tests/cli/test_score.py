import csv
import gzip
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from tests.cli.conftest import Outcome
from tests.conftest import needs_ray

Run = Callable[..., Outcome]
GOOD = "Police said the bridge was closed.\n\nIt could reopen by June.\n\nA third man reportedly fled.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    articles = tmp_path / "articles"
    (articles / "sub").mkdir(parents=True)
    (articles / "b.txt").write_text(GOOD)
    (articles / "sub" / "a.md").write_text("# Fire\n\nTwo men were arrested.\n")
    (articles / "table.jsonl").write_text('{"id": "x", "text": "Two men fled."}\n{"id": "y"}\n')
    (articles / "photo.jpg").write_bytes(b"\xff\xd8")
    return articles


def _rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_folder_is_scored_in_order_and_nothing_is_lost(run: Run, folder: Path, tmp_path: Path) -> None:
    flags, summary = tmp_path / "flags.jsonl", tmp_path / "summary.jsonl"
    outcome = run("score", folder, "--output", flags, "--summary", summary)
    assert outcome.code == 1  # the row without a text
    assert outcome.out == ""
    assert "1 article could not be scored" in outcome.err
    assert "1 file of another format" in outcome.err
    rows = _rows(summary.read_text())
    assert [(Path(row["article_id"]).name, row["status"]) for row in rows] == [
        ("b.txt", "ok"),
        ("a.md", "ok"),
        ("table.jsonl#x", "ok"),
        ("table.jsonl#y", "malformed"),
    ]
    scored = _rows(flags.read_text())
    assert len(scored) == sum(row["n_sentences"] for row in rows) == 3 + 2 + 1
    text = (folder / "b.txt").read_text()
    assert [row["text"] for row in scored[:3]] == [text[row["start"] : row["end"]] for row in scored[:3]]


def test_formats_hold_the_same_rows(run: Run, folder: Path, tmp_path: Path) -> None:
    for suffix in ("jsonl", "csv", "parquet"):
        assert run("score", folder / "b.txt", "-o", tmp_path / f"f.{suffix}").code == 0
    rows = _rows((tmp_path / "f.jsonl").read_text())
    assert pq.read_table(tmp_path / "f.parquet").to_pylist() == rows
    with (tmp_path / "f.csv").open(newline="") as handle:
        assert [row["text"] for row in csv.DictReader(handle)] == [row["text"] for row in rows]


def test_jobs_do_not_change_the_output(run: Run, folder: Path, tmp_path: Path) -> None:
    (folder / "many.jsonl").write_text("".join(json.dumps({"text": f"It could fall {i}."}) + "\n" for i in range(300)))
    run("score", folder, "-o", tmp_path / "one.jsonl")
    run("score", folder, "-o", tmp_path / "two.jsonl", "--jobs", 2)
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()


def test_in_a_pipe_records_go_to_standard_output(run: Run, folder: Path) -> None:
    outcome = run("score", folder / "b.txt", "--only", "estimated, unverified")
    assert (outcome.code, outcome.err) == (0, "")  # no progress bar either
    assert {row["label"] for row in _rows(outcome.out)} <= {"estimated", "unverified"}


def test_the_listing_marks_the_cues(run: Run, folder: Path) -> None:
    outcome = run("score", folder / "b.txt", "--format", "listing")
    assert "? unverified" in outcome.out
    assert "A third man" in outcome.out


def test_three_way_leaves_no_claim_out(run: Run, folder: Path) -> None:
    rows = _rows(run("score", folder / "sub", "--three-way").out)
    assert {row["p_no_claim"] for row in rows} == {0.0}
    assert "no_claim" not in {row["label"] for row in rows}


def test_standard_input_is_read(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(GOOD.encode())))
    assert [row["article_id"] for row in _rows(run("score", "-").out)] == ["-"] * 3


def test_columns_can_be_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(b"key,body\n7,It fell.\n"))
    outcome = run("score", tmp_path / "t.csv.gz", "--text-column", "body", "--id-column", "key")
    assert [row["article_id"].rpartition("#")[2] for row in _rows(outcome.out)] == ["7"]


def test_a_condition_that_holds_has_its_exit_code(run: Run, folder: Path, tmp_path: Path) -> None:
    good, bad = folder / "b.txt", folder / "table.jsonl"  # bad: a row without a text, and nothing unverified
    assert run("score", good, "--fail-on", "any unverified").code == 3
    assert run("score", good, "--fail-on", "unverified>0.5").code == 0
    assert run("score", good, bad, "--fail-on", "estimated>0.5", "--fail-on", "any unverified").code == 3
    assert run("score", bad, "--fail-on", "any unverified").code == 1
    assert run("score", good, "-o", tmp_path / "f.csv", "--fail-on", "any unverified").code == 3
    assert (tmp_path / "f.csv").exists()


def test_an_article_without_text_may_be_allowed(run: Run, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.md").touch()
    assert run("score", tmp_path / "empty.md").code == 1
    outcome = run("score", tmp_path / "empty.md", "--allow-empty")
    assert (outcome.code, "empty.md: empty" in outcome.err, "could not be" in outcome.err) == (0, True, False)
    assert run("score", tmp_path / "empty.md", folder / "table.jsonl", "--allow-empty").code == 1


def test_the_summary_names_the_first_unverified_sentence(run: Run, folder: Path, tmp_path: Path) -> None:
    run("score", folder, "-o", tmp_path / "f.jsonl", "--summary", tmp_path / "s.jsonl")
    firsts = [row["first_unverified"] for row in _rows((tmp_path / "s.jsonl").read_text())]
    assert firsts == ["A third man reportedly fled.", None, None, None]


def test_outputs_that_cannot_be_are_told_before_anything_is_scored(run: Run, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "f.jsonl").mkdir()
    for options, told in (
        (["-o", tmp_path / "f.jsonl", "--overwrite"], "it is a folder"),
        (["-o", tmp_path / "x.csv", "--summary", f"{tmp_path}/../{tmp_path.name}/x.csv"], "must be different files"),
    ):
        outcome = run("score", folder, *options)
        assert (outcome.code, told in outcome.err) == (2, True), outcome.err
    assert [path.name for path in tmp_path.iterdir() if path != folder] == ["f.jsonl"]


@pytest.mark.parametrize("command", [["score", "a.txt", "--format", "jsonl"], ["flag", "It fell."]])
def test_a_full_disk_behind_standard_output_is_told(tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "a.txt").write_text("It fell.")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "flagger", *command, "--model", "baseline"],
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
        )
    told = b"flagger: cannot write standard output: No space left on device\n"
    assert (done.returncode, done.stderr) == (2, told)


def test_an_id_cannot_drive_the_terminal(run: Run, tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text('{"id": "x\\u001b[31m\\nflagger: all scored", "text": ""}\n')
    outcome = run("score", tmp_path / "t.jsonl", "--model", "baseline")
    assert outcome.err.count("\n") == 2
    assert "\x1b" not in outcome.err


def test_machines_are_told_in_json_lines(run: Run, folder: Path, tmp_path: Path) -> None:
    outcome = run("score", folder, "-o", tmp_path / "f.jsonl", "--log-json")
    events = list(map(json.loads, outcome.err.splitlines()))
    events = [event for event in events if event["event"] != "progress"]  # one a second
    assert [event["event"] for event in events] == ["started", "failed", "finished"]
    assert events[0]["files"] == 3
    assert (events[1]["status"], events[1]["id"].rpartition("#")[2]) == ("malformed", "y")
    assert (events[2]["articles"], events[2]["failed"], events[2]["sentences"]) == (4, 1, 6)
    assert events[2]["seconds_left"] == 0.0


def test_csv_is_guarded_against_spreadsheets_unless_raw(run: Run, tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text('{"text": "=HYPERLINK(1) fell."}\n')
    for options, text in ([], "'=HYPERLINK(1) fell."), (["--raw-csv"], "=HYPERLINK(1) fell."):
        (row,) = csv.DictReader(io.StringIO(run("score", tmp_path / "t.jsonl", "--format", "csv", *options).out))
        assert row["text"] == text


def test_urls_are_read_and_written(run: Run, folder: Path) -> None:
    MemoryFileSystem().pipe_file("/articles/b.txt", GOOD.encode())
    outcome = run("score", "memory://articles", "memory://articles/*.txt", "-o", "memory://out/flags.jsonl")
    assert (outcome.code, outcome.err) == (0, "")
    rows = _rows(MemoryFileSystem().cat_file("/out/flags.jsonl").decode())
    assert {row["article_id"] for row in rows} == {"memory://articles/b.txt"}
    assert [row["label"] for row in rows] == [row["label"] for row in _rows(run("score", folder / "b.txt").out)]


@needs_ray
def test_ray_writes_what_local_writes(folder: Path) -> None:
    command = [sys.executable, "-m", "flagger", "score", folder, "--model", "baseline", "--only", "unverified"]
    local = subprocess.run(command, capture_output=True, text=True)
    on_ray = subprocess.run([*command, "--engine", "ray", "--jobs", "4"], capture_output=True, text=True)
    assert (on_ray.returncode, on_ray.stdout, on_ray.stderr) == (local.returncode, local.stdout, local.stderr)
    assert on_ray.stdout


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["nowhere.txt"], "nowhere.txt cannot be found"),
        (["{empty}"], "no file to read"),
        (["{good}", "--only", "maybe"], "--only: 'maybe' is none of confirmed"),
        (["{good}", "--format", "xml"], "--format: 'xml' is none of"),
        (["{good}", "-o", "f.xml"], "no output format has the suffix '.xml'"),
        (["{good}", "-o", "f.csv", "--format", "listing"], "listing is for the terminal"),
        (["{good}", "-o", "{empty}/no/f.csv"], "cannot write"),
        (["{good}", "--model", "nothing"], "no model at 'nothing'"),
        (["{good}", "--jobs", "0"], "--jobs"),
        (["{good}", "--resume"], "--resume needs an --output"),
        (["{good}", "--overwrite"], "--overwrite needs an --output"),
        (["{good}", "--fail-on", "any doubt"], "--fail-on: expected"),
        (["{good}", "--engine", "spark"], "--engine: 'spark' is none of local, ray"),
        (["{good}", "--ray-address", "auto"], "--ray-address is for --engine ray"),
        (["memory://nowhere.txt"], "memory://nowhere.txt cannot be found"),
        (["{good}", "-o", "nonsense://f.csv"], "this kind of URL cannot be opened"),
        ([], "PATH"),
    ],
)
def test_wrong_usage_is_told_before_any_work(
    run: Run, folder: Path, tmp_path: Path, args: list[str], told: str
) -> None:
    (tmp_path / "empty").mkdir()
    places = {"empty": tmp_path / "empty", "good": folder / "b.txt"}
    outcome = run("score", *(arg.format(**places) for arg in args))
    assert outcome.code == 2
    assert told in outcome.err
    assert outcome.out == ""
    assert not list(tmp_path.glob("f.*"))
