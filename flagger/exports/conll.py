"""Articles -> a token a line, as in CoNLL-U Plus: columns apart by tabs, a blank line after each sentence.

The columns are the token's number in the sentence, the token, its start and end in the article, and the BIO tags
``B-CUE``, ``I-CUE``, ``O`` and ``B-SOURCE``, ``I-SOURCE``, ``O``, in a column each because a cue and a source may
overlap. Comments before a sentence give its label and text (on one line, its line ends as blanks); ``# newdoc id``
begins an article. tokens.py says what a token is.
Source: https://universaldependencies.org/ext-format.html.
"""

from collections.abc import Iterable, Iterator

from flagger.exports.tokens import span_edges, tokenize
from flagger.results import Offsets
from flagger.sinks.records import Record

_HEADER = "# global.columns = ID FORM START END CUE SOURCE\n"


def conll_lines(articles: Iterable[list[Record]]) -> Iterator[str]:
    """Yield the header, then a piece a sentence."""
    yield _HEADER
    for records in articles:
        yield f"# newdoc id = {_one_line(records[0]['article_id'])}\n"
        for record in records:
            yield "\n".join([*_comments(record), *_tokens(record), "", ""])


def _comments(record: Record) -> Iterator[str]:
    yield f"# sent_id = {record['sentence']}"
    yield f"# label = {record['label']}"
    yield f"# confidence = {record['confidence']}"
    yield f"# needs_review = {str(record['needs_review']).lower()}"
    yield f"# text = {_one_line(record['text'])}"


def _tokens(record: Record) -> Iterator[str]:
    start = record["start"]
    cues = [(cue["start"] - start, cue["end"] - start) for cue in record["cues"]]
    source = record["source"]
    sources = [(source["start"] - start, source["end"] - start)] if source else []
    tokens = tokenize(record["text"], span_edges(cues + sources))
    for number, token in enumerate(tokens, start=1):
        form = record["text"][slice(*token)]
        tags = _tag(token, cues, "CUE"), _tag(token, sources, "SOURCE")
        yield "\t".join([str(number), form, str(start + token[0]), str(start + token[1]), *tags])


def _tag(token: Offsets, spans: list[Offsets], name: str) -> str:
    for start, end in spans:
        if start <= token[0] and token[1] <= end:
            return f"{'B' if token[0] == start else 'I'}-{name}"
    return "O"


def _one_line(text: str) -> str:
    return "".join(" " if character.isspace() else character for character in text)
