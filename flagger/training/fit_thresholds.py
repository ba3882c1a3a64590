"""A transformer's word on the validation split -> how sure it must be of a cue and of a source."""

from collections.abc import Sequence

import numpy as np

from flagger.artifacts import SpanKind
from flagger.classifiers.transformer import SPAN_KINDS, Tagged, settled
from flagger.training.dataset import LabelledArticle
from flagger.training.evaluation import cue_counts, f1_of, scored_of, source_counts

_THRESHOLDS = np.round(np.arange(0, 1, 0.05), 2)


def fit_thresholds(
    tagged: Sequence[Tagged], articles: Sequence[LabelledArticle], labels: tuple[str, ...]
) -> dict[SpanKind, float]:
    """Return the threshold with the best exact-match F1 for each of SPAN_KINDS, of equally good ones the lowest.

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

    return {kind: float(max(_THRESHOLDS, key=lambda threshold: f1(kind, threshold))) for kind in SPAN_KINDS}
