"""Articles -> JSON Lines of spaCy documents, in the layout of ``Doc.to_json``.

    for line in open("flags.spacy.jsonl", encoding="utf-8"):
        doc = Doc(nlp.vocab).from_json(json.loads(line))

``doc.spans`` has the groups ``sentences`` (a span's label is the sentence's), ``cues`` and ``sources``; these are span
groups and not ``ents``, which may not overlap as a cue and a source do. ``doc.sents`` are flagger's sentences, and what
lies between them belongs to the one before. ``article_id`` and ``path`` are keys of our own, which spaCy passes over.
JSON Lines and not spaCy's binary DocBin, because writing these needs no spaCy.
The tokens are those of tokens.py; as spaCy wants it, white space but the one blank after a token is a token too.
Source: https://spacy.io/api/doc#to_json.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from flagger.exports.tokens import span_edges, tokenize
from flagger.recorded import article_text
from flagger.results import Offsets
from flagger.sinks.records import Record


def spacy_documents(articles: Iterable[list[Record]]) -> Iterator[str]:
    """Yield a line a document."""
    for records in articles:
        yield json.dumps(_document(records), ensure_ascii=False) + "\n"


def _document(records: list[Record]) -> dict[str, Any]:
    text = article_text(records)
    groups = {
        "sentences": [_span(text, record, record["label"]) for record in records],
        "cues": [_span(text, cue, "cue") for record in records for cue in record["cues"]],
        "sources": [_span(text, record["source"], "source") for record in records if record["source"]],
    }
    # A span of nothing but white space, which flagger never makes of a file, would have no token of its own.
    spans = {name: [span for span in group if span["start"] < span["end"]] for name, group in groups.items()}
    edges = span_edges([(span["start"], span["end"]) for group in spans.values() for span in group])
    tokens = _with_white_space(text, tokenize(text, edges))
    return {
        "text": text,
        "tokens": [{"id": index, "start": start, "end": end} for index, (start, end) in enumerate(tokens)],
        "sents": list(_sentences(tokens, {span["start"] for span in spans["sentences"][1:]})),
        "spans": spans,
        "article_id": records[0]["article_id"],
        "path": records[0]["path"],
    }


def _span(text: str, span: Record, label: str) -> dict[str, Any]:
    """Return a span without white space at its edges, where spaCy's tokens do not end."""
    start, end = span["start"], span["end"]
    stripped = text[start:end].lstrip()
    start = end - len(stripped)
    return {"start": start, "end": start + len(stripped.rstrip()), "label": label, "kb_id": ""}


def _with_white_space(text: str, tokens: list[Offsets]) -> list[Offsets]:
    """Add a token for each stretch between tokens, less the one blank that may follow a token."""
    whole: list[Offsets] = []
    end = 0
    for token in [*tokens, (len(text), len(text))]:
        start = end + bool(whole and text.startswith(" ", end, token[0]))
        whole += [span for span in ((start, token[0]), token) if span[0] < span[1]]
        end = token[1]
    return whole


def _sentences(tokens: list[Offsets], starts: set[int]) -> Iterator[dict[str, int]]:
    """Yield spaCy's sentences: the first begins with the text, each ends with the last token before the next."""
    begin = 0
    for (_, end), (start, _) in pairwise(tokens):
        if start in starts:
            yield {"start": begin, "end": end}
            begin = start
    if tokens:
        yield {"start": begin, "end": tokens[-1][1]}
