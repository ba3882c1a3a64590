"""Articles -> brat standoff: a .txt with the text and an .ann with its annotations an article, and annotation.conf.

A sentence is a text-bound annotation of its label's name, cues are ``cue`` and sources ``source``. Sentences that need
review have the attribute ``needs_review``; a note on a sentence gives its confidence. As brat wants it, an annotation
over several lines is one of several fragments, one a line. Offsets count code points.
Source: https://brat.nlplab.org/standoff.html.
"""

import re
from collections.abc import Iterable, Iterator

from flagger.labels import LABELS
from flagger.recorded import article_text
from flagger.sinks.records import Record

_CONFIGURATION = "\n".join(
    ["[entities]", *LABELS, "cue", "source", "[relations]", "[events]", "[attributes]", "needs_review Arg:<ENTITY>", ""]
)
_LINE = re.compile("[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
"""What stands between two line ends of any kind; one of them in an .ann file would begin a new annotation."""

_NAME_CHARS = 60


def brat_files(articles: Iterable[list[Record]]) -> Iterator[tuple[str, str]]:
    """Yield name and content of each file. Names are numbered: articles' ids are paths and may repeat."""
    yield "annotation.conf", _CONFIGURATION
    for number, records in enumerate(articles, start=1):
        slug = re.sub(r"[^\w.-]+", "-", records[0]["article_id"])[-_NAME_CHARS:].strip("-.")
        name = f"{number:06d}-{slug}" if slug else f"{number:06d}"
        yield f"{name}.txt", article_text(records)
        yield f"{name}.ann", "".join(f"{line}\n" for line in _annotations(records))


def _annotations(records: list[Record]) -> Iterator[str]:
    n_spans = n_reviews = n_notes = 0
    for record in records:
        spans = [(record["label"], record), *(("cue", cue) for cue in record["cues"])]
        spans += [("source", record["source"])] if record["source"] else []
        for kind, span in spans:
            fragments = [match.span() for match in _LINE.finditer(span["text"])]
            if not fragments:  # nothing but line ends, which brat cannot mark
                continue
            n_spans += 1
            offsets = ";".join(f"{span['start'] + start} {span['start'] + end}" for start, end in fragments)
            words = " ".join(span["text"][start:end] for start, end in fragments)
            yield f"T{n_spans}\t{kind} {offsets}\t{words}"
            if span is record:
                if record["needs_review"]:
                    n_reviews += 1
                    yield f"A{n_reviews}\tneeds_review T{n_spans}"
                n_notes += 1
                yield f"#{n_notes}\tAnnotatorNotes T{n_spans}\tconfidence {record['confidence']}"
