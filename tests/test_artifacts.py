import json
import shutil
from pathlib import Path

import pytest

from flagger.artifacts import INFO_FILE, find_model, read_info, shipped_models
from flagger.classifiers.baseline import WEIGHTS_FILE
from flagger.errors import ModelError
from flagger.pipeline import Flagger
from tests.conftest import HEDGES


@pytest.fixture
def copy(small_model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(small_model, tmp_path / "copy"))


def _edit(folder: Path, **changes: object) -> None:
    path = folder / INFO_FILE
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_model_is_found_by_name_or_path(small_model: Path) -> None:
    assert find_model(small_model) == small_model
    assert find_model("baseline").name == "baseline"


def test_a_missing_model_names_the_shipped_ones() -> None:
    with pytest.raises(ModelError, match=r"no model at 'nowhere'.*baseline"):
        find_model("nowhere")


def test_every_shipped_model_is_whole() -> None:
    folders = shipped_models()
    assert {folder.name for folder in folders} == {"baseline", "transformer"}
    for folder in folders:
        info = read_info(folder)
        assert info.name == folder.name
        files = {p.name for p in folder.iterdir() if p.is_file()}
        assert files == {*info.files, INFO_FILE, "README.md"}
        assert sum(p.stat().st_size for p in folder.rglob("*")) < 35 * 1000**2


def test_the_version_changes_with_the_content(copy: Path) -> None:
    before = read_info(copy).version
    assert before.startswith("small@")
    _edit(copy, temperature=2.5)
    assert read_info(copy).version != before


def test_a_changed_file_is_refused(copy: Path) -> None:
    with (copy / WEIGHTS_FILE).open("ab") as handle:
        handle.write(b"x")
    with pytest.raises(ModelError, match="SHA-256 differs"):
        read_info(copy)


def test_a_missing_file_is_told(copy: Path) -> None:
    (copy / WEIGHTS_FILE).unlink()
    with pytest.raises(ModelError, match="missing"):
        read_info(copy)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"temperature": 0}, "temperature"),
        ({"labels": ["a", "b"]}, "this model labels sentences a, b, scoring needs confirmed, .* flagger evaluate"),
        ({"labels": ["a"]}, "labels: .* at least 2"),
        ({"labels": ["a", "a"]}, "labels: .*different labels"),
        ({"labels": ["a", "cues"]}, "labels: .*none of them called accuracy"),
        ({"labels": ["a", ""]}, r"labels\.1: .* at least 1"),
        ({"format_version": 99}, "format_version"),
        ({"surprise": 1}, "surprise"),
        ({"files": {"../outside": "0"}}, "outside"),
    ],
)
def test_a_faulty_description_is_refused(copy: Path, changes: dict[str, object], told: str) -> None:
    _edit(copy, **changes)
    with pytest.raises(ModelError, match=told):
        read_info(copy)


def test_a_model_of_other_labels_is_read_where_any_will_do(hedged_model: Path) -> None:
    assert read_info(hedged_model, any_labels=True).labels == HEDGES
    with pytest.raises(ModelError, match="this model labels sentences certain, uncertain, scoring needs confirmed"):
        Flagger.load(hedged_model)


def test_a_folder_without_description_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=INFO_FILE):
        read_info(tmp_path)
