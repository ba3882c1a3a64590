"""Sentences that two readers labelled -> how far the readers agree."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sklearn.metrics import cohen_kappa_score

from flagger.errors import DatasetError
from flagger.labels import LABELS
from flagger.results import Offsets
from flagger.training.dataset import LabelledArticle, LabelledSentence, Reading
from flagger.training.evaluation import f1_of


@dataclass(frozen=True, slots=True)
class _Pair:
    article: LabelledArticle
    sentence: LabelledSentence
    first: str
    second: Reading


def agreement(articles: Sequence[LabelledArticle]) -> dict[str, Any]:
    """Compare the first reader with the blind second one, before any disagreement was settled.

    Returns:
        ``n_sentences`` (all), ``n_read_twice``, ``n_resolved``; ``kappa`` (Cohen's, over the four labels), ``labels``
        (kappa of each label against the rest), ``strata`` and ``splits`` (kappa and counts), and exact-match F1 of
        ``cues`` and ``sources`` over the sentences that both readers gave the same label.

    Raises:
        DatasetError: If no sentence was read twice.

    Source: Cohen 1960, A coefficient of agreement for nominal scales.
    """
    pairs = [
        _Pair(article, s, s.first_label or s.final.label, s.second)
        for article in articles
        for s in article.sentences
        if s.second
    ]
    if not pairs:
        raise DatasetError("no sentence was read twice: there is no agreement to compute")
    same = [p for p in pairs if p.first == p.second.label]
    return {
        "n_sentences": sum(len(article.sentences) for article in articles),
        "n_read_twice": len(pairs),
        "n_resolved": sum(p.sentence.resolved for p in pairs),
        "kappa": _kappa([p.first for p in pairs], [p.second.label for p in pairs]),
        "labels": {
            str(label): _kappa([p.first == label for p in pairs], [p.second.label == label for p in pairs])
            for label in LABELS
        },
        "strata": _by(lambda article: article.stratum, pairs),
        "splits": _by(lambda article: article.split, pairs),
        "cues": _span_f1([(set(p.sentence.final.cues), set(p.second.cues)) for p in same]),
        "sources": _span_f1([(_one(p.sentence.final.source), _one(p.second.source)) for p in same]),
    }


def _by(key_of: Callable[[LabelledArticle], str], pairs: list[_Pair]) -> dict[str, dict[str, float | int]]:
    groups: dict[str, list[_Pair]] = {}
    for pair in pairs:
        groups.setdefault(key_of(pair.article), []).append(pair)
    return {
        key: {"n": len(group), "kappa": _kappa([p.first for p in group], [p.second.label for p in group])}
        for key, group in sorted(groups.items())
    }


def _kappa(first: Sequence[object], second: Sequence[object]) -> float:
    if len(set(first) | set(second)) == 1:
        return 1.0  # one value throughout: kappa divides by zero, the readers agree
    return round(float(cohen_kappa_score([str(x) for x in first], [str(x) for x in second])), 4)


def _one(source: Offsets | None) -> set[Offsets]:
    return {source} if source else set()


def _span_f1(pairs: list[tuple[set[Offsets], set[Offsets]]]) -> float:
    right = sum(len(a & b) for a, b in pairs)
    return round(f1_of(right, sum(len(a) for a, _ in pairs), sum(len(b) for _, b in pairs)), 4)
