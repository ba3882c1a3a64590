"""Why a sentence got its flag: what each cue does to it, and the labelled sentences that are worded most like it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from flagger.pipeline import Flagger
from flagger.results import SentenceFlag, Span


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled sentence, and the article that it is from."""

    article_id: str
    text: str
    label: str


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An example and how alike it is, 0 to 1."""

    example: Example
    similarity: float


@dataclass(frozen=True, slots=True)
class Occlusion:
    """What a sentence is flagged as when one of its cues is taken out."""

    cue: Span
    flag: SentenceFlag


@dataclass(frozen=True, slots=True)
class Explanation:
    """One sentence's flag and what bears on it. ``nearest`` has the most similar example first."""

    flag: SentenceFlag
    occlusions: tuple[Occlusion, ...]
    nearest: tuple[Neighbour, ...]


def explain(flagger: Flagger, text: str, examples: Sequence[Example], *, n_nearest: int = 3) -> list[Explanation]:
    """Flag every sentence of a text and say what bears on each.

    Args:
        flagger: The model.
        text: The text; offsets of the flags index it, those of an occlusion's flag its shortened sentence.
        examples: What to look up the nearest sentences in; a sentence that shares no word with one has fewer.
        n_nearest: How many of them.
    """
    flags = flagger.flag(text)
    nearest = _nearest([flag.text for flag in flags], examples, n_nearest)
    return [Explanation(flag, _occlusions(flagger, flag), found) for flag, found in zip(flags, nearest, strict=True)]


def _occlusions(flagger: Flagger, flag: SentenceFlag) -> tuple[Occlusion, ...]:
    shortened = [without(flag.text, cue.start - flag.start, cue.end - flag.start) for cue in flag.cues]
    return tuple(
        Occlusion(cue, flagger.flag_sentences([text])[0])
        for cue, text in zip(flag.cues, shortened, strict=True)
        if text
    )


def _nearest(texts: Sequence[str], examples: Sequence[Example], n: int) -> list[tuple[Neighbour, ...]]:
    """Look up the examples that are worded most like each text, most alike first.

    The measure is the cosine of TF-IDF vectors of words and pairs of words (Salton and Buckley 1988,
    doi:10.1016/0306-4573(88)90021-0): what two sentences share counts, the rarer the more. It says which wording was
    labelled, not what a model saw in it.
    """
    if not examples or not texts:
        return [()] * len(texts)
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"\w+")
    vectors = vectorizer.fit_transform(example.text for example in examples)
    alike = (vectorizer.transform(texts) @ vectors.T).toarray()
    return [
        tuple(Neighbour(examples[i], round(float(row[i]), 3)) for i in np.argsort(-row, kind="stable")[:n] if row[i])
        for row in alike
    ]


def without(text: str, start: int, end: int) -> str:
    """Return a sentence less some of its characters, with one blank where they leave two."""
    return re.sub(r"\s+(?=[\s,.;:!?])", "", text[:start] + text[end:]).strip()
