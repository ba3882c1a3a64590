"""Runs that are cut off: killed at random moments, interrupted, out of disk, without their folder or their input."""

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest
from filelock import FileLock

from flagger import __version__
from flagger.artifacts import read_info
from flagger.batch import journal, local
from flagger.cli import main
from flagger.reading import find_inputs
from tests.cli.conftest import Outcome

Run = Callable[..., Outcome]
N_KILLS = 20


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    for i in range(120):
        (folder / f"{i:03}.txt").write_text(
            f"Police said bridge {i} was closed. It could reopen.\n\nA man reportedly fled."
        )
    (folder / "050.txt").write_bytes(b"")
    (folder / "table.jsonl").write_text("".join(json.dumps({"text": f"It fell {i}."}) + "\n" for i in range(60)))
    return folder


def _forked(arguments: list[str], *, stderr: Path, prepare: Callable[[], None] = lambda: None) -> int:
    """Start the command line in a child that shares this process's imports; return its number."""
    child = os.fork()
    if child:
        return child
    prepare()
    sys.stderr = stderr.open("w", buffering=1)
    sys.argv = ["flagger", *arguments]
    code = 70
    try:
        main()
    except SystemExit as ended:
        code = int(ended.code or 0)
    finally:
        os._exit(code)


def _score(articles: Path, model: Path, output: Path, *options: str) -> list[str]:
    summary = output.with_name("summary.csv")
    return ["score", *map(str, (articles, "-o", output, "--summary", summary, "--model", model)), *options]


def test_killed_twenty_times_the_output_is_that_of_one_run(
    run: Run, articles: Path, small_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "_CHECKPOINT_S", 0.0)  # so that kills meet every step of a checkpoint
    monkeypatch.setattr(local, "_FIRST_BATCH", 32)  # and there are several
    whole = tmp_path / "whole" / "f.csv"
    whole.parent.mkdir()
    started = time.monotonic()
    assert run(*_score(articles, small_model, whole)).code == 1
    seconds = time.monotonic() - started
    rng = random.Random(7)
    n_kills = 0
    for n_runs in count():
        if n_kills >= N_KILLS:
            break
        output = tmp_path / f"cut-{n_runs}" / "f.csv"
        output.parent.mkdir()
        while True:
            child = _forked(_score(articles, small_model, output, "--resume"), stderr=tmp_path / "err")
            time.sleep(rng.uniform(0, seconds))
            os.kill(child, signal.SIGKILL)
            status = os.waitpid(child, 0)[1]
            if not os.WIFSIGNALED(status):
                told = (tmp_path / "err").read_text()
                # 1, because an article is empty, unless the kill before came between the last file and the exit.
                assert os.WEXITSTATUS(status) == (0 if "nothing to resume" in told else 1), told
                break
            n_kills += 1
        for name in ("f.csv", "summary.csv"):
            assert (output.parent / name).read_bytes() == (whole.parent / name).read_bytes()
        assert {path.name for path in output.parent.iterdir()} == {"f.csv", "summary.csv"}


def test_an_interruption_is_told_and_can_be_resumed(articles: Path, small_model: Path, tmp_path: Path) -> None:
    # A process of its own, because an interruption goes to the main thread; standard input never ends.
    output = tmp_path / "f.jsonl"
    command = [sys.executable, "-m", "flagger", "score", "-", "--model", str(small_model), "-o", str(output)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while not (journal.unfinished(output) / "journal.jsonl").exists():
            time.sleep(0.05)
        for _ in range(6):  # Python may drop one: in a destructor, say, or while a library loads
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)
                break
        else:
            process.kill()
        assert process.stderr
        told = process.stderr.read().decode()
        # Where the signal met a string that a library executes, Python dies of it in the end: to a shell, 130 too.
        assert process.wait() in (130, -signal.SIGINT)
    assert told == "flagger: interrupted\n"  # and no word of --resume, which standard input does not allow


def test_a_full_disk_is_told_and_nothing_is_lost(run: Run, articles: Path, small_model: Path, tmp_path: Path) -> None:
    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))  # what a full disk does, as far as writing goes

    output = tmp_path / "f.csv"
    child = _forked(_score(articles, small_model, output), stderr=tmp_path / "err", prepare=limited)
    assert os.WEXITSTATUS(os.waitpid(child, 0)[1]) == 2
    assert "cannot write" in (tmp_path / "err").read_text()
    assert not output.exists()
    assert run(*_score(articles, small_model, output, "--resume")).code == 1
    (tmp_path / "fresh").mkdir()
    fresh = tmp_path / "fresh" / "f.csv"
    run(*_score(articles, small_model, fresh))
    assert output.read_bytes() == fresh.read_bytes()


def test_input_that_vanishes_or_changes_after_listing_is_a_row(
    run: Run, articles: Path, small_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flagger import reading

    listed = reading.find_inputs

    def listed_then_changed(paths: list[Path], leave_out: Callable[[Path | str], bool]) -> object:
        inputs = listed(paths, leave_out)
        (articles / "003.txt").unlink()
        (articles / "004.txt").write_bytes(b"")
        (articles / "005.txt").unlink()
        (articles / "005.txt").mkdir()
        return inputs

    monkeypatch.setattr(reading, "find_inputs", listed_then_changed)
    outcome = run(*_score(articles, small_model, tmp_path / "f.jsonl", "--overwrite"))
    assert outcome.code == 1
    assert "4 articles could not be scored" in outcome.err
    for name, status in (("003", "unreadable"), ("004", "empty"), ("005", "unreadable")):
        assert f"{name}.txt: {status}" in outcome.err
    scored = {json.loads(line)["path"] for line in (tmp_path / "f.jsonl").read_text().splitlines()}
    assert len(scored) == 120 - 4 + 1


def test_what_is_there_is_not_overwritten_unasked(run: Run, articles: Path, small_model: Path, tmp_path: Path) -> None:
    output = tmp_path / "f.csv"
    output.write_text("mine")
    outcome = run(*_score(articles, small_model, output))
    assert outcome.code == 2
    assert "is there already; --overwrite replaces it" in outcome.err
    assert output.read_text() == "mine"
    assert run(*_score(articles, small_model, output, "--overwrite")).code == 1
    assert output.read_text() != "mine"
    assert "nothing to resume" in run(*_score(articles, small_model, output, "--resume")).err
    outcome = run(*_score(articles, small_model, output, "--resume", "--fail-on", "any unverified"))
    assert (outcome.code, "--fail-on is tested while scoring" in outcome.err) == (2, True)


def test_an_unfinished_run_asks_for_a_decision(run: Run, articles: Path, small_model: Path, tmp_path: Path) -> None:
    output = tmp_path / "f.csv"
    _cut_off(output, articles, small_model)
    outcome = run(*_score(articles, small_model, output))
    assert outcome.code == 2
    assert "--resume goes on with it if its input can be read again, --overwrite begins again" in outcome.err


@pytest.mark.parametrize("options", [[], ["--resume"], ["--overwrite"]])
def test_a_second_run_leaves_the_first_alone(
    run: Run, articles: Path, small_model: Path, tmp_path: Path, options: list[str]
) -> None:
    output = tmp_path / "f.csv"
    _cut_off(output, articles, small_model)
    before = {path.name: path.read_bytes() for path in journal.unfinished(output).iterdir()}
    with FileLock(journal.unfinished(output) / "lock"):
        outcome = run(*_score(articles, small_model, output, *options))
    assert (outcome.code, outcome.err) == (2, f"flagger: {output}: another process is writing it\n")
    assert {path.name: path.read_bytes() for path in journal.unfinished(output).iterdir()} == before


def test_a_run_does_not_read_what_flagger_writes(run: Run, articles: Path, small_model: Path) -> None:
    """The outputs lie among the articles: the run can be resumed, and a second one finds the same articles."""
    output, (n_files, *_) = articles / "f.jsonl", [len(list(articles.iterdir()))]
    (articles / "other.csv.unfinished").mkdir()
    (articles / "other.csv.unfinished" / "flags.jsonl").write_text('{"text": "It fell."}\n')
    given = ["score", articles, "-o", output, "--summary", articles / "s.csv", "--model", small_model]
    assert run(*given).code == 1
    first = output.read_bytes()
    told = run(*given, "--overwrite", "--log-json").err
    started = json.loads(told.splitlines()[0])
    assert (started["files"], started["passed_over"]["outputs"]) == (n_files, 3)
    assert output.read_bytes() == first
    outcome = run("score", articles / "001.txt", output, *given[2:], "--overwrite")
    assert (outcome.code, "f.jsonl is to be read and to be written" in outcome.err) == (2, True)
    assert output.read_bytes() == first


@pytest.mark.parametrize("option", ["--summary", "--report"])
def test_no_output_is_overwritten_unasked(run: Run, articles: Path, tmp_path: Path, option: str) -> None:
    there = tmp_path / ("s.csv" if option == "--summary" else "s.html")
    there.write_text("mine")
    given = ["score", articles / "001.txt", "--model", "baseline", option, there]
    for options in ([], ["-o", tmp_path / "f.jsonl"], ["-o", tmp_path / "f.jsonl", "--resume"]):
        outcome = run(*given, *options)
        assert (outcome.code, outcome.err) == (2, f"flagger: {there} is there already; --overwrite replaces it\n")
    assert there.read_text() == "mine"
    assert run(*given, "--overwrite").code == 0
    assert there.read_text() != "mine"


def _cut_off(output: Path, articles: Path, model: Path) -> None:
    """Leave the unfinished run of _score behind, before its first article."""
    asked = {
        "flagger": __version__,
        "model": read_info(model).version,
        "three-way": False,
        "text-column": "text",
        "id-column": None,
    }
    with journal.Journal(output, asked, find_inputs([articles]).paths):
        pass


def test_standard_input_cannot_be_resumed(run: Run, small_model: Path, tmp_path: Path) -> None:
    outcome = run("score", "-", "-o", tmp_path / "f.csv", "--model", small_model, "--resume")
    assert outcome.code == 2
    assert "standard input cannot be read a second time" in outcome.err
