"""Articles -> a SARIF 2.1.0 log: a result a sentence that is unverified or estimated, for viewers of code checks.

A region is ``charOffset`` and ``charLength`` in code points of the article's text, which for .txt is the file's; a
flags file does not hold the line ends that lines and columns would need. Confidence, cues and source are properties.
Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from flagger import __version__
from flagger.exports.json_array import json_array
from flagger.exports.references import reference
from flagger.labels import Label
from flagger.sinks.records import Record

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_RULES = {
    Label.UNVERIFIED: ("warning", "Presented as not (yet) established: check it before it is repeated."),
    Label.ESTIMATED: ("note", "Presented as approximate, inferred, likely or yet to come."),
}


def sarif_log(articles: Iterable[list[Record]]) -> Iterator[str]:
    """Yield the pieces of the log, a result a line."""
    driver = {"name": "flagger", "version": __version__, "rules": [_rule(label) for label in _RULES]}
    yield f'{{"$schema": "{_SCHEMA}", "version": "2.1.0", "runs": [{{"tool": {json.dumps({"driver": driver})}, '
    yield '"columnKind": "unicodeCodePoints", "results": '
    yield from json_array(_result(record) for records in articles for record in records if record["label"] in _RULES)
    yield "}]}\n"


def _rule(label: Label) -> dict[str, Any]:
    level, text = _RULES[label]
    return {
        "id": str(label),
        "name": label.capitalize(),
        "shortDescription": {"text": text},
        "defaultConfiguration": {"level": level},
    }


def _result(record: Record) -> dict[str, Any]:
    label = Label(record["label"])
    region = {
        "charOffset": record["start"],
        "charLength": record["end"] - record["start"],
        "snippet": {"text": record["text"]},
    }
    uri = reference(record["path"] or record["article_id"] or "text")
    return {
        "ruleId": str(label),
        "ruleIndex": list(_RULES).index(label),
        "level": _RULES[label][0],
        "message": {"text": f"{label.capitalize()}: {record['text']}"},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {"uri": uri}, "region": region},
                "logicalLocations": [{"fullyQualifiedName": record["article_id"], "kind": "article"}],
            }
        ],
        "properties": {
            "confidence": record["confidence"],
            "needsReview": record["needs_review"],
            "cues": record["cues"],
            "source": record["source"],
            "model": record["model"],
        },
    }
