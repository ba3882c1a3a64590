import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from flagger.artifacts import INFO_FILE, sha256_of
from flagger.batch.local import score_articles
from flagger.classifiers.baseline import WEIGHTS_FILE
from flagger.errors import ModelError
from flagger.results import Article, FailedArticle, Status


def _articles(taken: list[int], n: int = 400) -> Iterator[Article | FailedArticle]:
    for i in range(n):
        taken.append(i)
        if i % 50 == 7:
            yield FailedArticle(str(i), None, Status.MALFORMED, "broken")
        else:
            yield Article(f"A third man reportedly fled {i}. It could reopen.", id=str(i))


def test_processes_give_the_same_results_in_the_same_order(small_model: Path) -> None:
    one = list(score_articles(_articles([]), model=small_model))
    two = list(score_articles(_articles([]), model=small_model, jobs=2))
    assert one == two
    assert [result.id for result in one] == [str(i) for i in range(400)]
    assert one[7].status is Status.MALFORMED


@pytest.mark.parametrize("jobs", [1, 2])
def test_articles_are_taken_as_results_are(small_model: Path, jobs: int) -> None:
    taken: list[int] = []
    results = score_articles(_articles(taken, 3000), model=small_model, jobs=jobs)
    next(results)
    assert len(taken) < 3000
    results.close()  # type: ignore[attr-defined]


def test_a_model_that_a_process_cannot_load_is_told(small_model: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(small_model, tmp_path / "broken")
    (folder / WEIGHTS_FILE).write_bytes(b"broken")
    info = json.loads((folder / INFO_FILE).read_text())
    info["files"][WEIGHTS_FILE] = sha256_of(folder / WEIGHTS_FILE)
    (folder / INFO_FILE).write_text(json.dumps(info))
    with pytest.raises(ModelError):
        list(score_articles([Article("It fell.")], model=folder, jobs=2))


def test_a_missing_model_is_told_before_any_work(tmp_path: Path) -> None:
    taken: list[int] = []
    with pytest.raises(ModelError):
        score_articles(_articles(taken), model=tmp_path, jobs=2)
    assert taken == []
