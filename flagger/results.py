"""The values that travel between the stages: frozen, plain, comparable.

Offsets are characters of the article's text, end excluded: ``article.text[flag.start:flag.end] == flag.text``.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from flagger.labels import FLAGS, Label

Offsets = tuple[int, int]
"""A stretch of a text: its first character, and the one behind its last."""


class Status(StrEnum):
    """What became of one input."""

    OK = "ok"
    """Read and scored."""

    EMPTY = "empty"
    """Nothing but white space, or no text in the page."""

    UNREADABLE = "unreadable"
    """The file could not be opened or read (rights, a vanished file, a symbolic-link loop)."""

    UNSUPPORTED = "unsupported"
    """No reader for this suffix."""

    BINARY = "binary"
    """A text suffix, but the content is not text."""

    MALFORMED = "malformed"
    """The container is broken: gzip, Parquet, JSON, a missing text column, a table row."""

    TOO_LARGE = "too_large"
    """One article larger than the reader's limit."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text. ``start`` and ``end`` are in the frame of the flag that holds the span."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Article:
    """One text to flag. ``path`` is the file it came from, None for a text given in Python.

    ``sentences`` says where each sentence of a text that is split already starts and ends, in order; None lets flagger
    split it.
    """

    text: str
    id: str = ""
    path: str | None = None
    title: str | None = None
    date: str | None = None
    author: str | None = None
    sentences: tuple[tuple[int, int], ...] | None = None


@dataclass(frozen=True, slots=True)
class FailedArticle:
    """An input that could not become an Article; ``reason`` is one sentence for the user."""

    id: str
    path: str | None
    status: Status
    reason: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an article: ``article.text[start:end] == text``; ``index`` counts from 0."""

    index: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class SentenceFlag:
    """The verdict on one sentence.

    ``probabilities`` has the four label names in Label order and sums to 1. ``confidence`` is the probability of
    ``label``. ``needs_review`` says that the two likeliest labels are close (the margin travels with the model).
    ``cues`` and ``source`` are spans in the frame of ``start``.
    """

    index: int
    start: int
    end: int
    text: str
    label: Label
    probabilities: dict[str, float]
    confidence: float
    needs_review: bool
    cues: list[Span]
    source: Span | None
    model: str


@dataclass(frozen=True, slots=True)
class ArticleResult:
    """All flags of one article in sentence order, or the reason why there are none."""

    id: str
    path: str | None
    status: Status
    reason: str = ""
    title: str | None = None
    flags: list[SentenceFlag] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ArticleSummary:
    """One row an article: counts of each label and shares of each flag among the sentences that carry one."""

    id: str
    path: str | None
    status: Status
    reason: str
    n_sentences: int
    counts: dict[Label, int]
    n_needs_review: int
    mean_confidence: float | None
    first_unverified: str | None

    def share(self, flag: Label) -> float | None:
        """Share of ``flag`` among the sentences with a claim, 0 to 1; None when no sentence makes a claim."""
        n_claims = sum(self.counts[f] for f in FLAGS)
        return self.counts[flag] / n_claims if n_claims else None
