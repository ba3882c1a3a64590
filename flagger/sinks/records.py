"""The one record schema: every format carries these columns in this order (schema_version 1).

A flag record is a sentence; a summary record is an article, also one that could not be read. ``start`` and ``end`` are
characters of the article's text, end excluded, as are the offsets in ``cues`` and ``source``.
"""

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, Protocol, Self

from flagger.labels import FLAGS, LABELS, Label
from flagger.results import ArticleResult, ArticleSummary, Span

SCHEMA_VERSION = 1
_DIGITS = 6  # of probabilities and shares, so that every format holds the same number

SIGNS = {Label.CONFIRMED: "✓", Label.ESTIMATED: "≈", Label.UNVERIFIED: "?", Label.NO_CLAIM: "·"}
"""What stands beside a flag's word and colour wherever people read it: nothing may depend on colour."""

Record = dict[str, Any]


class Column(NamedTuple):
    """A column's name and type; ``span`` is {start, end, text} or null, ``spans`` a list of these."""

    name: str
    type: Literal["int", "float", "bool", "text", "span", "spans"]


FLAG_COLUMNS = (
    Column("schema_version", "int"),
    Column("article_id", "text"),
    Column("path", "text"),
    Column("sentence", "int"),
    Column("start", "int"),
    Column("end", "int"),
    Column("text", "text"),
    Column("label", "text"),
    *(Column(f"p_{label}", "float") for label in LABELS),
    Column("confidence", "float"),
    Column("needs_review", "bool"),
    Column("cues", "spans"),
    Column("source", "span"),
    Column("model", "text"),
)

SUMMARY_COLUMNS = (
    Column("schema_version", "int"),
    Column("article_id", "text"),
    Column("path", "text"),
    Column("status", "text"),
    Column("reason", "text"),
    Column("n_sentences", "int"),
    *(Column(f"n_{label}", "int") for label in LABELS),
    *(Column(f"share_{flag}", "float") for flag in FLAGS),
    Column("n_needs_review", "int"),
    Column("mean_confidence", "float"),
    Column("first_unverified", "text"),
)


class Sink(Protocol):
    """Writes records one by one; a context manager whose end completes the file."""

    def write(self, record: Record) -> None:
        """Write one record with the sink's columns."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...


def flag_records(result: ArticleResult) -> Iterator[Record]:
    """Turn an article's flags into records, one a sentence."""
    for flag in result.flags:
        yield {
            "schema_version": SCHEMA_VERSION,
            "article_id": result.id,
            "path": result.path,
            "sentence": flag.index,
            "start": flag.start,
            "end": flag.end,
            "text": flag.text,
            "label": str(flag.label),
            **{f"p_{name}": round(p, _DIGITS) for name, p in flag.probabilities.items()},
            "confidence": round(flag.confidence, _DIGITS),
            "needs_review": flag.needs_review,
            "cues": [span_record(cue) for cue in flag.cues],
            "source": span_record(flag.source) if flag.source else None,
            "model": flag.model,
        }


def summary_record(summary: ArticleSummary) -> Record:
    """Turn an article's summary into a record."""
    return {
        "schema_version": SCHEMA_VERSION,
        "article_id": summary.id,
        "path": summary.path,
        "status": str(summary.status),
        "reason": summary.reason,
        "n_sentences": summary.n_sentences,
        **{f"n_{label}": n for label, n in summary.counts.items()},
        **{f"share_{flag}": _rounded(summary.share(flag)) for flag in FLAGS},
        "n_needs_review": summary.n_needs_review,
        "mean_confidence": _rounded(summary.mean_confidence),
        "first_unverified": summary.first_unverified,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)


def span_record(span: Span) -> Record:
    """Turn a span into the content of its column."""
    return {"start": span.start, "end": span.end, "text": span.text}
