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


def decide(probabilities: FloatArray, review_margin: float) -> Decision:
    """Pick the likeliest label.

    Args:
        probabilities: Shape (n_labels,), in Label order, summing to 1.
        review_margin: The sentence needs review when the two likeliest labels are less than this apart (0 to 1).
    """
    order = np.argsort(-probabilities, kind="stable")  # a tie goes to the earlier label
    top, second = (float(probabilities[i]) for i in order[:2])
    return Decision(
        label=LABELS[int(order[0])],
        probabilities={str(label): float(p) for label, p in zip(LABELS, probabilities, strict=True)},
        confidence=top,
        needs_review=top - second < review_margin,
    )
