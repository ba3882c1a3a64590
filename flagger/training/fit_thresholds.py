"""A transformer's word on the validation split -> how sure it must be of a cue and of a source."""

from collections.abc import Sequence

import numpy as np

from flagger.artifacts import SpanKind
from flagger.classifiers.transformer import SPAN_KINDS, Tagged, settled
from flagger.training.dataset import LabelledArticle
from flagger.training.evaluation import cue_counts, f1_of, scored_of, source_counts

_THRESHOLDS = np.round(np.arange(0, 1, 0.05), 2)
_AS_GOOD = 0.002  # of F1: a few spans in thousands, which chance moves more


def fit_thresholds(
    tagged: Sequence[Tagged], articles: Sequence[LabelledArticle], labels: tuple[str, ...]
) -> dict[SpanKind, float]:
    """Return the lowest threshold with the best exact-match F1, or nearly so, for each of SPAN_KINDS.

    Over a wide range of thresholds the spans that are lost are as often right as wrong; the lowest shows the most.

    Args:
        tagged: What the model says of each article.
        articles: The articles.
        labels: In the order of the model's columns.
    """

    def f1(kind: SpanKind, threshold: float) -> float:
        scored = scored_of([settled(one, {kind: threshold}) for one in tagged], articles, labels)
        sentences = scored.sentences
        counts = cue_counts(sentences, scored.cues) if kind == "cue" else source_counts(sentences, scored.sources)
        return f1_of(*counts)

    chosen: dict[SpanKind, float] = {}
    for kind in SPAN_KINDS:
        scores = np.array([f1(kind, threshold) for threshold in _THRESHOLDS])
        chosen[kind] = float(_THRESHOLDS[scores >= scores.max() - _AS_GOOD][0])
    return chosen
