"""Which kinds of sentence a model gets wrong: counts for the card, by what can be seen in text and labels."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from flagger.labels import Label
from flagger.training.dataset import LabelledSentence

_HEDGED = (Label.ESTIMATED, Label.UNVERIFIED)
_COMMON = 20  # times that training must have a cue for it to count as a marker word
_SHORT, _LONG = 6, 35  # words; the shortest and longest tenth of real news, about
_QUOTED = re.compile(r"[\"“”]")
_FIRST_PERSON = re.compile(r"\b(?:I|we|my|our|us)\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d")
_ENDED = re.compile(r"[.!?…:][\"”’')\]]*$")

Mistake = tuple[str, str]  # the label wanted, the label said


class Kind(NamedTuple):
    """How a model did on the sentences of one kind; a sentence may be of several."""

    n_sentences: int
    n_wrong: int
    commonest: tuple[Mistake, int] | None
    """What was most often said for what, and how often."""


def marker_words(train: Sequence[LabelledSentence]) -> set[str]:
    """Return the cues, in lower case, that are common and mostly stand in estimated and unverified sentences."""
    cues = Counter(
        sentence.text[start:end].lower()
        for sentence in train
        if sentence.final.label in _HEDGED
        for start, end in sentence.final.cues
    )
    common = {cue for cue, n in cues.items() if n >= _COMMON}
    seen: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    pattern = _any_of(common)
    for sentence in train:
        seen[sentence.final.label in _HEDGED].update(set(pattern.findall(sentence.text.lower())))
    return {cue for cue in common if seen[True][cue] > seen[False][cue]}


def _any_of(words: Collection[str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first)) or '(?!)'})\b", re.IGNORECASE)


def count_mistakes(
    sentences: Sequence[LabelledSentence], said: Sequence[str], markers: Collection[str]
) -> dict[str, Kind]:
    """Count sentences and mistakes by kind of wording, kinds in a fixed order, those without a sentence left out.

    Args:
        sentences: The labelled sentences.
        said: The model's label of each.
        markers: See marker_words.
    """
    marker = _any_of(markers)
    n: Counter[str] = Counter()
    wrong: dict[str, Counter[Mistake]] = {}
    for sentence, label in zip(sentences, said, strict=True):
        for kind in _kinds(sentence, marker):
            n[kind] += 1
            if label != sentence.final.label:
                wrong.setdefault(kind, Counter())[str(sentence.final.label), label] += 1
    return {kind: _kind(n[kind], wrong.get(kind, Counter())) for kind in _KINDS if n[kind]}


def _kind(n_sentences: int, wrong: Mapping[Mistake, int]) -> Kind:
    commonest = max(wrong.items(), key=lambda item: item[1], default=None)
    return Kind(n_sentences, sum(wrong.values()), commonest)


_FLAT = "nothing marked: no cue, no source"
_SOURCE = "a source is given"
_CUE = "a cue decides"
_IDLE = "confirmed or no claim, yet with a marker word"
_BARE = "estimated or unverified without a cue"
_IN_QUOTES = "wholly within quotation marks"
_QUOTE = "a quote and who says it"
_OF_ME = "first person"
_WITH_NUMBER = "with a figure"
_OPEN = "without an end mark: heading, caption, fragment"
_FEW = f"of up to {_SHORT} words"
_MANY = f"of {_LONG} words and more"
_KINDS = (_FLAT, _SOURCE, _CUE, _IDLE, _BARE, _IN_QUOTES, _QUOTE, _OF_ME, _WITH_NUMBER, _OPEN, _FEW, _MANY)


def _kinds(sentence: LabelledSentence, marker: re.Pattern[str]) -> Iterator[str]:
    text, reading = sentence.text, sentence.final
    claims_less = reading.label in _HEDGED
    if not reading.cues and not reading.source:
        yield _FLAT
    if reading.source:
        yield _SOURCE
    if reading.cues:
        yield _CUE
    if not claims_less and marker.search(text):
        yield _IDLE
    if claims_less and not reading.cues:
        yield _BARE
    if _QUOTED.search(text):
        yield _IN_QUOTES if _QUOTED.match(text[0]) and not re.search(r"[\"”],? ?\w", text[1:]) else _QUOTE
    if _FIRST_PERSON.search(text):
        yield _OF_ME
    if _NUMBER.search(text):
        yield _WITH_NUMBER
    if not _ENDED.search(text):
        yield _OPEN
    n_words = len(text.split())
    if n_words <= _SHORT:
        yield _FEW
    if n_words >= _LONG:
        yield _MANY
