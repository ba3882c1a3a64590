import json
from typing import Any

from hypothesis import given, settings
from spacy.tokens import Doc
from spacy.vocab import Vocab

from flagger.exports.spacy import spacy_documents
from flagger.results import ArticleResult
from tests.exports.articles import OTHER, RECORDS
from tests.flag_files import records_of, results

VOCABULARY = Vocab()


def test_a_document_has_tokens_sentences_and_groups_of_spans() -> None:
    document, other = map(json.loads, spacy_documents([RECORDS, OTHER]))
    text = document["text"]
    groups = {
        name: [(text[span["start"] : span["end"]], span["label"]) for span in spans]
        for name, spans in document["spans"].items()
    }
    assert groups["sentences"] == [(record["text"], record["label"]) for record in RECORDS]
    assert [words for words, _ in groups["cues"]] == ["reportedly\r\nfled", "could", "👩🏽\u200d🚒 till"]
    assert groups["sources"] == [("\u05d4\u05de\u05e9\u05d8\u05e8\u05d4", "source")]
    assert [text[s["start"] : s["end"]].rstrip() for s in document["sents"]] == [r["text"] for r in RECORDS]
    assert document["article_id"] == document["path"] == "in/łódź fire.txt"
    assert other["tokens"] == [
        {"id": 0, "start": 0, "end": 2},
        {"id": 1, "start": 3, "end": 7},
        {"id": 2, "start": 7, "end": 8},
    ]


def _check(document: dict[str, Any]) -> None:
    """spaCy itself takes it, with the text and the spans that stand in it."""
    doc = Doc(VOCABULARY).from_json(document)
    assert doc.text == document["text"]
    assert [sentence.start_char for sentence in doc.sents] == [sentence["start"] for sentence in document["sents"]]
    for name, spans in document["spans"].items():
        found = [(span.start_char, span.end_char, span.label_) for span in doc.spans[name]]
        assert found == [(span["start"], span["end"], span["label"]) for span in spans]


@settings(max_examples=50, deadline=None)
@given(results(min_sentences=1))
def test_spans_are_made_of_whole_tokens(article: ArticleResult) -> None:
    (line,) = spacy_documents([records_of(article)])
    _check(json.loads(line))
