from dataclasses import replace
from pathlib import Path

import pytest

from flagger.errors import DatasetError
from flagger.training.dataset import Fault, LabelledArticle, LabelledSentence, Reading, scan, write_articles
from flagger.training.imported import gather, set_aside

PATH = Path("corpus.xml")
ONE, TWO, THREE = (LabelledSentence(text, Reading("a")) for text in ("One.", "Two.", "Three."))


def test_sentences_become_articles_in_the_order_of_their_first(tmp_path: Path) -> None:
    found = gather(PATH, [("x", ONE), None, ("y", TWO), ("x", THREE)], "test")
    assert [(article.id, article.sentences) for article in found.articles] == [("x", (ONE, THREE)), ("y", (TWO,))]
    assert {article.split for article in found.articles} == {"test"}
    assert found.n_passed_over == 1
    write_articles(tmp_path / "a.jsonl", found.articles)
    read = [item for item in scan(tmp_path / "a.jsonl", complete=True, labels=["a"]) if not isinstance(item, Fault)]
    assert [article for _, article in read] == found.articles


def test_faults_are_told_and_nothing_is_imported() -> None:
    faults = [Fault(f"corpus.xml:{line}", "it is wrong") for line in range(12)]
    with pytest.raises(DatasetError, match=r"12 faults in corpus.xml; nothing was imported:\n(.|\n)*and 2 more"):
        gather(PATH, [("x", ONE), *faults], "train")
    with pytest.raises(DatasetError, match=r"corpus\.xml: no sentence"):
        gather(PATH, [None], "train")


def test_the_same_articles_are_set_aside_whatever_their_order() -> None:
    articles = [LabelledArticle(f"a{i}", (ONE,), split="train") for i in range(50)]
    found = set_aside(articles, 0.2, 13)
    aside = {article.id for article in found if article.split == "validation"}
    assert [replace(article, split="train") for article in found] == articles
    assert len(aside) == 10
    assert {a.id for a in set_aside(articles[::-1], 0.2, 13) if a.split == "validation"} == aside
    assert {a.id for a in set_aside(articles, 0.2, 14) if a.split == "validation"} != aside
    assert [a.split for a in set_aside(articles[:2], 0.1, 13)].count("validation") == 1
