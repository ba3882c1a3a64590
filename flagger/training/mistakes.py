"""Which kinds of sentence a model gets wrong: counts for the card, by what can be seen in text and labels."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence

from flagger.labels import Label
from flagger.training.dataset import LabelledSentence

_HEDGED = (Label.ESTIMATED, Label.UNVERIFIED)
_COMMON = 20  # times that training must have a cue for it to count as a marker word
_SHORT, _LONG = 6, 35  # words; the shortest and longest tenth of real news, about
_QUOTE = re.compile(r"[\"“”]")
_IN_QUOTES = re.compile(r"[\"“][^\"“”]*[\"”]?|[^\"“”]*[\"”]")  # a quote may run on before or after
_FIRST_PERSON = re.compile(r"\b(?:I|we|my|our|us)\b", re.IGNORECASE)
_FIGURE = re.compile(r"\d")
_ENDED = re.compile(r"[.!?…:][\"”’')\]]*$")


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
) -> dict[str, dict[str, int | str]]:
    """Count mistakes by kind of wording; a sentence may be of several.

    Returns:
        A kind -> ``n_sentences``, ``n_wrong`` and, where any is wrong, the commonest mistake: ``wanted``, ``said`` and
        how often, ``n``. Kinds come in a fixed order, those without a sentence are left out.

    Args:
        sentences: The labelled sentences.
        said: The model's label of each.
        markers: See marker_words.
    """
    counted: dict[str, dict[str, int | str]] = {}
    for name, is_one in _kinds(markers).items():
        pairs = [
            (str(sentence.final.label), str(label))
            for sentence, label in zip(sentences, said, strict=True)
            if is_one(sentence)
        ]
        wrong = Counter((wanted, label) for wanted, label in pairs if wanted != label)
        if pairs:
            counted[name] = {"n_sentences": len(pairs), "n_wrong": wrong.total()}
        for (wanted, label), n in wrong.most_common(1):
            counted[name] |= {"wanted": wanted, "said": label, "n": n}
    return counted


def _kinds(markers: Collection[str]) -> dict[str, Callable[[LabelledSentence], object]]:
    marker = _any_of(markers)
    return {
        "nothing marked: no cue, no source": lambda s: not s.final.cues and not s.final.source,
        "a source is given": lambda s: s.final.source,
        "a cue decides": lambda s: s.final.cues,
        "confirmed or no claim, yet with a marker word": lambda s: (
            s.final.label not in _HEDGED and marker.search(s.text)
        ),
        "estimated or unverified without a cue": lambda s: s.final.label in _HEDGED and not s.final.cues,
        "within quotation marks": lambda s: _IN_QUOTES.fullmatch(s.text),
        "a quote and who says it": lambda s: _QUOTE.search(s.text) and not _IN_QUOTES.fullmatch(s.text),
        "first person": lambda s: _FIRST_PERSON.search(s.text),
        "with a figure": lambda s: _FIGURE.search(s.text),
        "without an end mark: heading, caption, fragment": lambda s: not _ENDED.search(s.text),
        f"of up to {_SHORT} words": lambda s: len(s.text.split()) <= _SHORT,
        f"of {_LONG} words and more": lambda s: len(s.text.split()) >= _LONG,
    }
