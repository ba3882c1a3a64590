"""Articles -> a JSON-LD array of W3C Web Annotations: one a sentence, one a cue, one a source.

The target's source is the article's path (of a table's row: with ``#`` and the row) as an IRI reference, or its id
where that is a web address. TextPositionSelector counts code points, as the standard wants. TextQuoteSelector quotes
the words and, of cues and sources, the words around them in their sentence; what stands around a sentence is left out,
as the white space there is not known. Confidence has no term in the vocabulary and stands in a describing body.
Source: https://www.w3.org/TR/annotation-model/.
"""

import re
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from flagger.exports.json_array import json_array
from flagger.exports.references import reference
from flagger.sinks.records import Record

_CONTEXT = "http://www.w3.org/ns/anno.jsonld"
_AROUND_CHARS = 32
_WEB_ADDRESS = re.compile(r"https?://", re.IGNORECASE)


def web_annotations(articles: Iterable[list[Record]]) -> Iterator[str]:
    """Return the pieces of the JSON-LD array, an annotation a line."""
    return json_array(item for records in articles for record in records for item in _annotations(record))


def _annotations(record: Record) -> Iterator[dict[str, Any]]:
    yield _annotation(record, record, "classifying", record["label"])
    for cue in record["cues"]:
        yield _annotation(record, cue, "tagging", "cue")
    if record["source"]:
        yield _annotation(record, record["source"], "tagging", "source")


def _annotation(record: Record, span: Record, motivation: str, value: str) -> dict[str, Any]:
    bodies = [{"type": "TextualBody", "purpose": motivation, "value": value, "format": "text/plain"}]
    if span is record:
        note = f"confidence {record['confidence']}" + ", needs review" * record["needs_review"]
        bodies.append({"type": "TextualBody", "purpose": "describing", "value": note, "format": "text/plain"})
    source = _iri(record)
    position = {"type": "TextPositionSelector", "start": span["start"], "end": span["end"]}
    name = f"{source} {span['start']} {span['end']} {value} {record['model']}"
    return {
        "@context": _CONTEXT,
        "id": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}",
        "type": "Annotation",
        "motivation": motivation,
        "generator": {"type": "Software", "name": f"flagger {record['model']}"},
        "body": bodies,
        "target": {"source": source, "selector": [position, _quotation(record, span)]},
    }


def _quotation(record: Record, span: Record) -> dict[str, str]:
    start, end = (span[edge] - record["start"] for edge in ("start", "end"))
    around = {
        "prefix": record["text"][max(0, start - _AROUND_CHARS) : start],
        "suffix": record["text"][end : end + _AROUND_CHARS],
    }
    return {"type": "TextQuoteSelector", "exact": span["text"]} | {key: text for key, text in around.items() if text}


def _iri(record: Record) -> str:
    path, article_id = record["path"], record["article_id"]
    if _WEB_ADDRESS.match(article_id):
        return reference(article_id)
    if path and article_id.startswith(f"{path}#"):
        row = article_id.removeprefix(f"{path}#")
        return reference(row) if _WEB_ADDRESS.match(row) else f"{reference(path)}#{reference(row)}"
    return reference(path or article_id or "text")
