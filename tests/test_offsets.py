"""``article.text[flag.start:flag.end] == flag.text``, for every format and any text."""

import csv
import gzip
import html
import io
import json
from collections.abc import Callable, Sequence

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flagger.classifiers import Prediction
from flagger.reading import read_stream
from flagger.results import Article
from tests.conftest import StubClassifier, stub_flagger

pieces = st.sampled_from(
    [
        "It fell.",
        " X said so. ",
        "\n\n",
        "\r\n",
        "“Why?” ",
        "🎉",
        "e\u0301",
        "قال",
        "- a\n",
        "U.S. ",
        "\u00a0",
        "# H\n",
        "&amp; <b>x</b> ",
    ]
)
texts = st.one_of(st.lists(pieces, max_size=12).map("".join), st.text(st.characters(exclude_categories=["Cs"])))


def _csv(text: str) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([["text"], [text]])
    return out.getvalue().encode()


def _parquet(text: str) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"text": [text]}), out)
    return out.getvalue()


FORMATS: dict[str, Callable[[str], bytes]] = {
    ".txt": str.encode,
    ".txt.gz": lambda text: gzip.compress(text.encode()),
    ".md": str.encode,
    ".html": lambda text: f"<html><body><p>{html.escape(text)}</p><p>{text}</p></body></html>".encode(),
    ".jsonl": lambda text: json.dumps({"text": text}).encode(),
    ".csv": _csv,
    ".parquet": _parquet,
}


class FirstWord(StubClassifier):
    """Calls the first word of every sentence its cue and source."""

    def __init__(self) -> None:
        super().__init__({})

    def predict(self, documents: Sequence[Sequence[str]]) -> list[Prediction]:
        self.logits = {s: [0, 5.0, 0, 0] for d in documents for s in d}
        self.cues = {s: [(0, len(s.split()[0]))] for d in documents for s in d if s.split()}
        return super().predict(documents)


@pytest.mark.parametrize("suffix", FORMATS)
@settings(max_examples=60, deadline=None)
@given(text=texts)
def test_offsets_index_the_article(suffix: str, text: str) -> None:
    flagger = stub_flagger({})
    flagger._classifier = FirstWord()
    for article in read_stream(io.BytesIO(FORMATS[suffix](text)), suffix):
        if isinstance(article, Article):
            for flag in flagger.flag(article):
                assert flag.cues
                assert article.text[flag.start : flag.end] == flag.text
                for span in [*flag.cues, *([flag.source] if flag.source else [])]:
                    assert article.text[span.start : span.end] == span.text
                    assert flag.start <= span.start < span.end <= flag.end
