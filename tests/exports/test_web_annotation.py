import json
from typing import Any

import pytest
from hypothesis import given, settings

from flagger.exports.web_annotation import web_annotations
from flagger.recorded import article_text
from flagger.results import ArticleResult
from tests.exports.articles import OTHER, RECORDS
from tests.flag_files import records_of, results


def _annotations(*articles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    annotations: list[dict[str, Any]] = json.loads("".join(web_annotations(articles)))
    return annotations


def test_an_annotation_is_what_the_standard_asks_for() -> None:
    annotations = _annotations(RECORDS, OTHER)
    assert len(annotations) == 4 + 3 + 1 + 1
    assert len({annotation["id"] for annotation in annotations}) == len(annotations)
    for annotation in annotations:
        assert annotation["@context"] == "http://www.w3.org/ns/anno.jsonld"
        assert annotation["type"] == "Annotation"
    cue = next(a for a in annotations if a["target"]["selector"][1]["exact"] == "could")
    assert cue["motivation"] == "tagging"
    assert cue["body"] == [{"type": "TextualBody", "purpose": "tagging", "value": "cue", "format": "text/plain"}]
    assert cue["target"]["source"] == "in/%C5%82%C3%B3d%C5%BA%20fire.txt"
    assert cue["target"]["selector"][1]["prefix"] == "\u05d4\u05de\u05e9\u05d8\u05e8\u05d4 said it "
    assert cue["target"]["selector"][1]["suffix"] == " burn 👩🏽\u200d🚒 till June."
    assert annotations[0]["body"][1]["value"] == "confidence 0.88"


@settings(max_examples=50, deadline=None)
@given(results(min_sentences=1))
def test_both_selectors_give_the_same_words(article: ArticleResult) -> None:
    records = records_of(article)
    text = article_text(records)
    for annotation in _annotations(records):
        position, quotation = annotation["target"]["selector"]
        assert text[position["start"] : position["end"]] == quotation["exact"]
        assert text[: position["start"]].endswith(quotation.get("prefix", ""))
        assert text[position["end"] :].startswith(quotation.get("suffix", ""))


@pytest.mark.parametrize(
    ("path", "article_id", "source"),
    [
        ("a b.jsonl", "a b.jsonl#7 #x", "a%20b.jsonl#7%20%23x"),
        ("t.csv", "t.csv#https://news.example/a?b=1#c", "https://news.example/a?b=1#c"),
        ("c:d.txt", "c:d.txt", "c%3Ad.txt"),
        ("s3://bucket/a b.txt", "s3://bucket/a b.txt", "s3://bucket/a%20b.txt"),
        (None, "", "text"),
    ],
)
def test_the_source_is_an_iri_reference(path: str | None, article_id: str, source: str) -> None:
    (annotation,) = _annotations([OTHER[0] | {"path": path, "article_id": article_id}])
    assert annotation["target"]["source"] == source


def test_nothing_is_an_empty_list() -> None:
    assert _annotations() == []
