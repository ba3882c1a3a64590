"""probabilities -> label, confidence, needs_review."""

from dataclasses import dataclass

import numpy as np

from flagger.calibration import FloatArray
from flagger.labels import LABELS, Label


@dataclass(frozen=True, slots=True)
class Decision:
    """What one probability vector means. ``probabilities`` is in Label order and sums to 1."""

    label: Label
    probabilities: dict[str, float]
    confidence: float
    needs_review: bool


def decide(probabilities: FloatArray, review_margin: float, *, three_way: bool = False) -> Decision:
    """Pick the likeliest label.

    Args:
        probabilities: Shape (n_labels,), in Label order, summing to 1.
        review_margin: The sentence needs review when the two likeliest labels are less than this apart (0 to 1).
        three_way: Leave no_claim out: its probability becomes 0 and the three flags share the whole.
    """
    row = probabilities.copy()
    if three_way:
        row[LABELS.index(Label.NO_CLAIM)] = 0.0
        row /= row.sum()
    order = np.argsort(-row, kind="stable")  # a tie goes to the earlier label
    top, second = (float(row[i]) for i in order[:2])
    return Decision(
        label=LABELS[int(order[0])],
        probabilities={str(label): float(p) for label, p in zip(LABELS, row, strict=True)},
        confidence=top,
        needs_review=top - second < review_margin,
    )
