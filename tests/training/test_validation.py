from dataclasses import replace
from pathlib import Path

import pytest

from flagger.labels import Label
from flagger.training.dataset import LabelledSentence, Reading
from flagger.training.validation import check
from tests.conftest import HEDGES, hedged_articles, small_articles, write_articles

TEXT = "Officials in the northern port city said on Monday that the old bridge had been closed to lorries."


def test_a_clean_dataset_has_no_faults(tmp_path: Path) -> None:
    articles = small_articles()
    found, faults = check(write_articles(tmp_path / "a.jsonl", articles))
    assert (found, faults) == (articles, [])


def test_a_repeated_id_is_named(tmp_path: Path) -> None:
    path = write_articles(tmp_path / "a.jsonl", [small_articles()[0]] * 2)
    _, faults = check(path)
    assert [str(fault) for fault in faults] == [f"{path}:2: article train-1: the id is taken by {path}:1"]


def test_a_cue_that_breaks_a_convention_is_named_in_either_reading(tmp_path: Path) -> None:
    article = small_articles()[0]
    text = "Prices may have risen."
    reading = Reading(Label.ESTIMATED, ((7, 15),), None)
    sentence = replace(article.sentences[0], text=text, final=replace(reading, cues=((7, 10),)), second=reading)
    path = write_articles(tmp_path / "a.jsonl", [replace(article, sentences=(sentence,))])
    _, faults = check(path)
    assert [fault.message for fault in faults] == ["by convention the cues ['may have'] are ['may']"]


def test_other_labels_have_no_conventions(tmp_path: Path) -> None:
    article = hedged_articles()[0]
    sentence = replace(article.sentences[0], text="It may have been.", final=Reading("uncertain", ((3, 11),)))
    path = write_articles(tmp_path / "a.jsonl", [replace(article, sentences=(sentence,))])
    assert check(path, HEDGES)[1] == []
    assert "expected one of confirmed" in check(path)[1][0].message


def _with(text: str, index: int) -> LabelledSentence:
    return replace(small_articles()[index].sentences[0], text=text)


def test_near_duplicates_across_splits_are_named(tmp_path: Path) -> None:
    train, test = small_articles()[0], small_articles()[-1]
    other = TEXT.replace("Monday", "Friday")
    articles = [
        replace(train, sentences=(_with(TEXT, 0), _with(other, 0))),  # within a split they may stand
        replace(test, sentences=(_with("Is it?", 0), _with(other, 0))),
    ]
    path = write_articles(tmp_path / "a.jsonl", articles)
    _, faults = check(path)
    assert [(f.article, f.sentence) for f in faults] == [("train-1", 0), ("train-1", 1)]
    assert "article test-2, sentence 1, of another split (train, test)" in faults[0].message


@pytest.mark.parametrize("folder", ["articles", *(["next"] if Path("datasets/next").is_dir() else [])])
def test_the_project_s_dataset_has_no_faults(folder: str) -> None:
    _, faults = check(Path("datasets", folder))
    assert faults == []
