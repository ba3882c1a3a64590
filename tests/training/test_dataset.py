import json
from pathlib import Path
from typing import Any

import pytest

from flagger.errors import DatasetError
from flagger.labels import Label
from flagger.training.dataset import Fault, article_record, read_articles, scan
from tests.conftest import HEDGES, hedged_articles, small_articles, write_articles


def _row(**sentence: Any) -> dict[str, Any]:
    base = {"text": "It reportedly fell.", "label": "unverified", "cues": [[3, 13]], "source": None, "paragraph": 0}
    metadata = dict.fromkeys(("title", "topic", "register", "country"), "x") | {"stratum": "dense", "split": "train"}
    return {"id": "a1", **metadata, "sentences": [{**base, **sentence}]}


def _faults(path: Path, *rows: object) -> list[Fault]:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return [item for item in scan(path, complete=True) if isinstance(item, Fault)]


def test_writing_and_reading_are_inverse(tmp_path: Path) -> None:
    articles = small_articles()
    path = write_articles(tmp_path / "a.jsonl", articles)
    assert read_articles(path) == articles
    assert read_articles(tmp_path) == articles
    assert read_articles(path, "test") == [a for a in articles if a.split == "test"]
    assert _faults(path, *map(article_record, articles)) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"label": "maybe"}, "'label' is 'maybe', expected one of confirmed"),
        ({"cues": [[3, 99]]}, "does not lie in the sentence of 19 characters"),
        ({"cues": [[5, 5]]}, "does not lie"),
        ({"cues": [[2, 13]]}, "white space"),
        ({"cues": [[3, 13], [3, 8]]}, "overlap"),
        ({"cues": [["3", 13]]}, "must hold [start, end]"),
        ({"cues": 3}, "must be a list"),
        ({"source": [True, 2]}, "must hold [start, end]"),
        ({"label": "no_claim"}, "carries no spans"),
        ({"text": " "}, "something in it"),
        ({"text": None}, "something in it"),
        ({"text": "It \ud800 fell."}, "half of a surrogate pair"),
        ({"paragraph": -1}, "'paragraph'"),
        ({"surprise": 1}, "unknown fields ['surprise']"),
        ({"second_label": "confirmed"}, "nobody settled it"),
        ({"resolved": True}, "'resolved' goes with 'first_label'"),
    ],
)
def test_a_fault_names_file_article_and_sentence(tmp_path: Path, change: dict[str, Any], told: str) -> None:
    path = tmp_path / "a.jsonl"
    (fault,) = _faults(path, _row(**change))
    assert str(fault).startswith(f"{path}:1: article a1, sentence 0: ")
    assert told in fault.message


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"sentences": []}, "at least one sentence"),
        ({"title": 3}, "'title' must be a string"),
        ({"title": "\ud800"}, "'title' has half of a surrogate pair"),
        ({"topic": ""}, "'topic' is missing"),
        ({"split": "dev"}, "'split' is 'dev', expected one of train"),
        ({"stratum": "thick"}, "'stratum' is 'thick'"),
        ({"note": "x"}, "unknown fields ['note']"),
    ],
)
def test_faults_of_metadata(tmp_path: Path, change: dict[str, Any], told: str) -> None:
    assert told in _faults(tmp_path / "a.jsonl", _row() | change)[0].message


def test_a_line_that_is_no_article(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": \n[]\n\n{"id": ""}\n' + 100_000 * "[")
    faults = [str(item) for item in scan(path) if isinstance(item, Fault)]
    assert [fault.split(": ")[0] for fault in faults] == [f"{path}:{n}" for n in (1, 2, 4, 5)]


def test_what_is_not_sure_stays_so(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps(_row(sure=False)))
    (article,) = read_articles(tmp_path / "a.jsonl")
    assert not article.sentences[0].sure
    assert read_articles(write_articles(tmp_path / "b.jsonl", [article])) == [article]


def test_labels_are_flagger_s_own_unless_others_are_named(tmp_path: Path) -> None:
    path = write_articles(tmp_path / "a.jsonl", hedged_articles())
    assert read_articles(path, labels=HEDGES) == hedged_articles()
    with pytest.raises(DatasetError, match=r"'label' is '(un)?certain', expected one of confirmed"):
        read_articles(path)
    with pytest.raises(DatasetError, match="expected one of certain, other"):
        read_articles(path, labels=("certain", "other"))


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps({"id": f"a{i}"}) + "\n" for i in range(12)))
    with pytest.raises(DatasetError, match=r"12 faults(.|\n)*article a9(.|\n)*and 2 more"):
        read_articles(path)


@pytest.mark.parametrize("split", [None, "test"])
def test_nothing_to_read_is_told(tmp_path: Path, split: str | None) -> None:
    with pytest.raises(DatasetError, match=r"no \.jsonl files"):
        read_articles(tmp_path, split)
    with pytest.raises(DatasetError, match="cannot read"):
        read_articles(tmp_path / "none.jsonl", split)
    with pytest.raises(DatasetError, match="no articles"):
        read_articles(write_articles(tmp_path / "a.jsonl", []), split)


def test_a_second_reading_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        json.dumps(_row(second_label="estimated", second_cues=[[3, 13]], resolved=True, first_label="estimated")) + "\n"
    )
    (article,) = read_articles(path)
    (sentence,) = article.sentences
    assert sentence.second is not None
    assert (sentence.second.label, sentence.first_label, sentence.resolved) == (Label.ESTIMATED, Label.ESTIMATED, True)
