"""A lexicon of cues: every cue string of the training split with its log-odds a label, and rules on a sentence's look.

Cues are matched from left to right, the longest first, at word boundaries, lower-cased and with digits masked. A cue's
odds count the sentences of each label in which it is matched, not only those where it was marked. They are added to
the share of the labels among training sentences that look alike and have a cue or none; so are the odds of the opening
words. How much the odds weigh and are smoothed, and a temperature, are chosen on the validation split.
"""

import json
import math
import re
from collections import defaultdict
from collections.abc import Iterable
from itertools import product
from pathlib import Path
from typing import NamedTuple

from protocol import FOLDED, LABELS, Predict, Sentence, macro_f1, run, tokens_of

_PERSONS = {"i", "we", "my", "our", "you", "your"}
OPENINGS, SMOOTHINGS, WEIGHTS = (0, 1, 2), (0.3, 1.0, 2.0), (0.5, 0.7, 0.85, 1.0)
TEMPERATURES = tuple(0.5 + 0.05 * i for i in range(51))
LOOK_SMOOTHING = 5.0  # sentences of the prior that are added to each look's

Counts = dict[str, list[int]]


class Found(NamedTuple):
    """What a sentence shows the lexicon."""

    look: str
    cues: set[str]
    opening: tuple[str, ...]
    """Its first word, its first two words."""


def match(tokens: list[str], cues: Iterable[str], longest: int) -> list[str]:
    """Return the cues that a sentence has, in order and without overlaps; ``longest`` is in tokens."""
    found, i = [], 0
    while i < len(tokens):
        for n in range(min(longest, len(tokens) - i), 0, -1):
            if (cue := " ".join(tokens[i : i + n])) in cues:
                found.append(cue)
                break
        else:
            n = 1
        i += n
    return found


def look_of(text: str, tokens: list[str], has_cue: bool) -> str:
    """Return end mark, length, opening quote, first or second person, share of capitalised words, and cue or none."""
    folded = text.translate(FOLDED)
    stripped = folded.rstrip("\"')")
    end = stripped[-1:] if stripped[-1:] in set(".?!:") else "none"
    length = sum(len(tokens) > n for n in (4, 8, 14))
    words = re.findall(r"[^\W\d]\w*", text)
    capitalised = int(2.99 * sum(word[0].isupper() for word in words) / max(len(words), 1))
    quoted, person = folded[:1] in set("\"'"), not _PERSONS.isdisjoint(tokens)
    return f"{end} {length} {quoted:d} {person:d} {capitalised} {has_cue:d}"


def find(text: str, cues: Iterable[str], longest: int) -> Found:
    tokens = tokens_of(text)
    matched = set(match(tokens, cues, longest))
    opening = tuple(" ".join(["^", *tokens[:n]]) for n in (1, 2))
    return Found(look_of(text, tokens, bool(matched)), matched, opening)


def shares(counts: list[int], prior: list[float], smoothing: float) -> list[float]:
    total = sum(counts) + smoothing
    return [(n + smoothing * p) / total for n, p in zip(counts, prior, strict=True)]


def logits_of(found: Found, model: dict) -> list[float]:
    """Return one logit a label: the look's share of it and the weighted odds of what is found."""
    prior, seen = model["prior"], model["odds"]
    logits = [math.log(p) for p in shares(model["looks"].get(found.look, [0] * 4), prior, LOOK_SMOOTHING)]
    for key in (*sorted(found.cues), *found.opening[: model["opening"]]):
        if key in seen:
            logits = [a + model["weight"] * b for a, b in zip(logits, seen[key], strict=True)]
    return logits


def soften(logits: list[float], temperature: float) -> list[float]:
    exponentials = [math.exp((logit - max(logits)) / temperature) for logit in logits]
    return [value / sum(exponentials) for value in exponentials]


def train(sentences: list[Sentence], validation: list[Sentence], folder: Path, variant: str) -> None:
    cues = {" ".join(tokens_of(cue)) for sentence in sentences for cue in sentence["cues"]}
    longest = max(cue.count(" ") + 1 for cue in cues)
    wanted = [LABELS.index(sentence["label"]) for sentence in validation]
    shown = [find(sentence["text"], cues, longest) for sentence in validation]
    looks: Counts = defaultdict(lambda: [0] * 4)
    seen: Counts = defaultdict(lambda: [0] * 4)
    totals = [0] * 4
    for sentence in sentences:
        column, found = LABELS.index(sentence["label"]), find(sentence["text"], cues, longest)
        totals[column] += 1
        looks[found.look][column] += 1
        for key in (*found.cues, *found.opening):
            seen[key][column] += 1
    prior = [n / len(sentences) for n in totals]
    odds = {s: {key: _log_odds(counts, prior, s) for key, counts in seen.items()} for s in SMOOTHINGS}
    best, chosen, chosen_logits = -1.0, {}, []
    for opening, smoothing, weight in product(OPENINGS, SMOOTHINGS, WEIGHTS):
        model = {"prior": prior, "looks": looks, "odds": odds[smoothing], "opening": opening, "weight": weight}
        logits = [logits_of(found, model) for found in shown]
        f1 = macro_f1([row.index(max(row)) for row in logits], wanted)
        if f1 > best:
            best, chosen, chosen_logits = f1, model | {"smoothing": smoothing, "longest": longest}, logits
    chosen["cues"] = sorted(cues)
    chosen["temperature"] = min(TEMPERATURES, key=lambda t: _surprise(chosen_logits, wanted, t))
    (folder / "lexicon.json").write_text(json.dumps(chosen, ensure_ascii=False), encoding="utf-8")


def _log_odds(counts: list[int], prior: list[float], smoothing: float) -> list[float]:
    odds = zip(shares(counts, prior, smoothing), prior, strict=True)
    return [round(math.log(p / q), 3) for p, q in odds]


def _surprise(logits: list[list[float]], wanted: list[int], temperature: float) -> float:
    return -sum(math.log(soften(row, temperature)[column]) for row, column in zip(logits, wanted, strict=True))


def load(folder: Path) -> Predict:
    model = json.loads((folder / "lexicon.json").read_text(encoding="utf-8"))
    cues, longest, temperature = set(model["cues"]), model["longest"], model["temperature"]
    return lambda texts: [soften(logits_of(find(text, cues, longest), model), temperature) for text in texts]


if __name__ == "__main__":
    run(load, train)
