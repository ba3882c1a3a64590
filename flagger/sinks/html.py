"""Records as one HTML page that works offline: the report.

The page's parts lie in ``page/``: page.html with ``{names}`` where the rest goes in, page.css, and the scripts. The
records travel as JSON in script elements that no browser runs, one element an article, so that the file
grows as the records come. The page's Content-Security-Policy allows its own style and scripts by their hashes and
nothing else: no request, no inline handler, no other script.
"""

import base64
import hashlib
import json
import re
from importlib import resources
from typing import BinaryIO, Self

from flagger.labels import LABELS
from flagger.sinks.records import SIGNS, Record

_SCRIPTS = ("data.js", "text.js", "csv.js", "overview.js", "reading.js", "page.js")  # in the order in which they run

# With these, a text can neither end its script element nor open a comment in it.
_ESCAPES = str.maketrans({char: f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"})


class HtmlSink:
    """A page that lists, filters and shows articles sentence by sentence."""

    def __init__(self, handle: BinaryIO) -> None:
        self._handle = handle
        head, self._tail = _page()
        self._write(head)
        self._article: tuple[str, str | None, str] | None = None  # the one whose element is open
        self._sentence = -1

    def write(self, record: Record) -> None:
        """Write one record with FLAG_COLUMNS; records of one article follow each other."""
        article = (record["article_id"], record["path"], record["model"])
        if article != self._article or record["sentence"] <= self._sentence:
            self._end_article()
            head = _json(dict(zip(("id", "path", "model"), article, strict=True)))
            self._write(f'<script type="application/json" class="article">{head[:-1]},"sentences":[\n')
            self._article = article
        else:
            self._write(",\n")
        self._sentence = record["sentence"]
        self._write(_json(_row(record)))

    def write_failed(self, summary: Record) -> None:
        """Write why an article has no records, from its record with SUMMARY_COLUMNS."""
        self._end_article()
        failed = {"id": summary["article_id"], **{key: summary[key] for key in ("path", "status", "reason")}}
        self._write(f'<script type="application/json" class="article">{_json(failed)}</script>\n')

    def _end_article(self) -> None:
        if self._article:
            self._write("]}</script>\n")
        self._article, self._sentence = None, -1

    def _write(self, text: str) -> None:
        self._handle.write(text.encode())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._end_article()
        self._write(self._tail)
        self._handle.flush()


def _row(record: Record) -> list[object]:
    """Return what the page needs of a sentence, as data.js takes it apart; spans in the frame of the sentence."""
    start = record["start"]
    spans = [[cue["start"] - start, cue["end"] - start] for cue in record["cues"]]
    source = record["source"] and [record["source"]["start"] - start, record["source"]["end"] - start]
    label = LABELS.index(record["label"])
    probabilities = [record[f"p_{name}"] for name in LABELS]
    review = int(record["needs_review"])
    return [record["sentence"], start, record["end"], record["text"], label, probabilities, review, spans, source]


def _page() -> tuple[str, str]:
    """Return the page before and after the articles."""
    style = _asset("page.css")
    scripts = [_asset(name) for name in _SCRIPTS]
    policy = {
        "default-src": ["'none'"],
        "script-src": [_hash(script) for script in scripts],
        "style-src": [_hash(style)],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }
    parts = {
        "policy": "; ".join(f"{name} {' '.join(sources)}" for name, sources in policy.items()),
        "style": f"<style>{style}</style>",
        "labels": _json([[str(label), SIGNS[label]] for label in LABELS]),
        "scripts": "\n".join(f"<script>{script}</script>" for script in scripts),
    }
    head, _, tail = _asset("page.html").partition("{articles}\n")
    return _fill(head, parts), _fill(tail, parts)


def _fill(page: str, parts: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda name: parts[name[1]], page)


def _asset(name: str) -> str:
    # read_text gives line ends as a browser sees them, which is what it hashes
    return resources.files("flagger.sinks").joinpath("page", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """Return a Content-Security-Policy source that allows this inline text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _json(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.translate(_ESCAPES)
