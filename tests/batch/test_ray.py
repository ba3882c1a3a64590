"""On a real Ray of this machine, started once for the module."""

import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

import flagger.batch.ray as engine
from flagger.batch.local import score_articles
from flagger.errors import ConfigError, FlaggerError, ModelError
from flagger.reading import STDIN, ReadOptions, find_inputs, read
from flagger.results import ArticleResult, Status
from tests.conftest import needs_ray

pytestmark = pytest.mark.filterwarnings(r"ignore::DeprecationWarning:ray\.")  # Ray's of its own ways
OPTIONS = ReadOptions()


@pytest.fixture(scope="module")
def ray_here() -> Iterator[None]:
    os.environ.update(engine._SETTINGS)
    with engine._cluster(2, None):
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Sixty files: good ones, a table, an empty one, and one whose name is not text."""
    folder = tmp_path / "articles"
    folder.mkdir()
    for i in range(57):
        (folder / f"{i:02}.txt").write_text(
            f"Police said {i} men were arrested. A man reportedly fled. It could reopen."
        )
    (folder / "table.jsonl").write_text('{"text": "Two men fled."}\n{"no": 1}\n' + '{"text": "It fell."}\n' * 200)
    (folder / "void.txt").write_text(" ")
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.txt")).write_text("It is said to have fallen.")
    return folder


@pytest.fixture
def model(small_model: Path, tmp_path: Path) -> Path:
    """A model beside whose folder the workers leave their notes."""
    return Path(shutil.copytree(small_model, tmp_path / "model"))


class _Noted(engine._Scorer):
    """Notes each load."""

    def __init__(self, *, model: str, **others: Any) -> None:
        super().__init__(model=model, **others)
        self.notes = Path(model).parent
        (self.notes / f"load-{os.getpid()}").touch()


class _Halting(_Noted):
    """The first worker to come so far leaves its process id after two results, and waits for its end."""

    def __call__(self, batch: Any) -> Iterator[Any]:
        for i, table in enumerate(super().__call__(batch)):
            yield table
            if i == 1 and not (self.notes / "halted").exists():
                with (self.notes / "halted").open("x") as file:
                    file.write(str(os.getpid()))
                time.sleep(600)


class _Fatal(engine._Scorer):
    def __call__(self, batch: Any) -> Iterator[Any]:
        os._exit(1)


def _scored(paths: list[Path | str], options: ReadOptions, **how: Any) -> Iterator[ArticleResult]:
    return (result for _, result in engine.score_files(paths, options, **how))


def _local(paths: list[Path | str], model: Path) -> list[ArticleResult]:
    return list(score_articles((article for path in paths for article in read(path)), model=model))


def _kill_when_halted(notes: Path) -> None:
    deadline = time.monotonic() + 300
    while not (notes / "halted").exists() or not (notes / "halted").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.kill(int((notes / "halted").read_text()), signal.SIGKILL)


@needs_ray
def test_two_workers_give_local_s_results_in_local_s_order(
    ray_here: None, folder: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_Scorer", _Noted)
    monkeypatch.chdir(folder.parent)  # relative paths keep their names
    paths = find_inputs(["articles", f"file://{folder}/00.txt"]).paths
    found = list(_scored(paths, OPTIONS, model=model, jobs=2))
    assert found == _local(paths, model)
    assert [r.id for r in found[:2]] == ["articles/00.txt", "articles/01.txt"]
    assert {r.status for r in found} == {Status.OK, Status.EMPTY, Status.MALFORMED}
    assert len(list(model.parent.glob("load-*"))) <= 2  # for eight tasks


@needs_ray
def test_a_killed_worker_loses_nothing_doubles_nothing_and_prints_nothing(
    ray_here: None, folder: Path, model: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(engine, "_Scorer", _Halting)
    monkeypatch.setattr(engine, "_BLOCK_BYTES", 1)  # results leave the worker one by one, some before it dies
    paths = find_inputs([folder]).paths
    killer = Thread(target=_kill_when_halted, args=[model.parent])
    killer.start()
    found = list(_scored(paths, OPTIONS, model=model, jobs=2))
    killer.join()
    assert found == _local(paths, model)
    assert len(list(model.parent.glob("load-*"))) in (2, 3)  # the other one may have come too late
    time.sleep(1)  # Ray tells of it from a thread
    assert capfd.readouterr() == ("", "")


@needs_ray
def test_files_that_kill_every_worker_end_the_run(
    ray_here: None, folder: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_Scorer", _Fatal)
    monkeypatch.setattr(engine, "_STALLED_S", 10)
    with pytest.raises(FlaggerError, match=r"scoring on Ray failed: .* made no progress"):
        list(_scored([folder / "00.txt"], OPTIONS, model=model))


@needs_ray
def test_another_model_on_a_node_is_told(
    ray_here: None, folder: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = engine.read_info(model)
    monkeypatch.setattr(engine, "read_info", lambda _: info.model_copy(update={"name": "other"}))
    with pytest.raises(ModelError, match=r"a node has the model small@.*, not other@"):
        list(_scored([folder / "00.txt"], OPTIONS, model=model))


@needs_ray
def test_results_come_before_their_worker_is_done_and_a_consumer_may_leave(
    ray_here: None, folder: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_Scorer", _Halting)
    monkeypatch.setattr(engine, "_BLOCK_BYTES", 1)
    results = _scored([folder / "table.jsonl"], OPTIONS, model=model)
    assert next(results).status is Status.OK
    results.close()  # type: ignore[attr-defined]


@needs_ray
def test_standard_input_and_a_missing_model_are_told_before_ray_starts(folder: Path, model: Path) -> None:
    assert list(_scored([], OPTIONS, model=model)) == []
    with pytest.raises(ConfigError, match="standard input"):
        _scored([STDIN], OPTIONS, model=model)
    with pytest.raises(ModelError, match="no model at"):
        _scored([folder / "00.txt"], OPTIONS, model=folder)


@needs_ray
def test_an_address_where_nobody_answers_is_told(folder: Path, model: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # and not listening
        address = f"127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(ConfigError, match=f"there is no Ray at {address}: .*refused"), engine._cluster(1, address):
            pass


def test_a_node_without_the_driver_s_folder_says_so(model: Path, tmp_path: Path) -> None:
    scorer = engine._Scorer(
        model=str(model), version="", folder=str(tmp_path / "gone"), options=OPTIONS, three_way=False
    )
    (error,) = scorer._score([Path("a.txt")])
    assert isinstance(error, ConfigError)
    assert "a node has no folder" in str(error)


def test_without_ray_the_extra_is_named(folder: Path, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ConfigError, match=r"pip install 'flagger\[ray\]'"):
        _scored([folder / "00.txt"], OPTIONS, model=model)
