import json
from pathlib import Path

import pytest

from flagger.errors import DatasetError
from flagger.training.manifest import build_manifest
from tests.conftest import small_articles, write_articles


def test_counts_and_hashes(tmp_path: Path) -> None:
    path = write_articles(tmp_path / "train.jsonl", small_articles()[:2])
    before = build_manifest(tmp_path)["files"]["train.jsonl"]
    assert (before["articles"], before["sentences"], before["read_twice"]) == (2, 10, 0)
    assert before["labels"] == {"confirmed": 3, "estimated": 2, "unverified": 3, "no_claim": 2}
    path.write_text(path.read_text().replace("1931", "1932"))
    assert build_manifest(tmp_path)["files"]["train.jsonl"]["sha256"] != before["sha256"]


@pytest.mark.parametrize("name", ["nowhere", "train.jsonl"])
def test_no_folder_of_articles_is_told(tmp_path: Path, name: str) -> None:
    write_articles(tmp_path / "train.jsonl", small_articles()[:2])
    with pytest.raises(DatasetError, match=r"expected a folder with \.jsonl files"):
        build_manifest(tmp_path / name)


def test_the_project_s_manifest_is_true() -> None:
    """After a change: flagger data manifest > datasets/manifest.json."""
    assert json.loads(Path("datasets/manifest.json").read_text()) == build_manifest(Path("datasets/articles"))
