"""Tables of articles -> 95% intervals of what was measured, by resampling whole articles.

Sentences of one article share a writer and a story, so articles are what is drawn. Every measure here is a function of
sums over articles; a resample adds up the same tables with other weights.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from flagger.calibration import FloatArray

N_RESAMPLES = 2000
_AT_ONCE = 100  # resamples, to bound memory where articles are many
_LEVEL = 95


class Tables(NamedTuple):
    """What an article adds to each sum."""

    confusion: FloatArray
    """Shape (n_labels, n_labels), rows wanted, columns predicted."""
    cues: FloatArray
    """Shape (3,): spans that are right, predicted, wanted."""
    sources: FloatArray
    """Likewise."""
    bins: FloatArray
    """Shape (n_bins, 2): in each confidence bin, how many are right and the sum of their confidence."""
    sets: FloatArray
    """Shape (2,): contrast sets whose labels are all right, contrast sets."""


def bootstrap_intervals(tables: Sequence[Tables], labels: Sequence[str], seed: int = 0) -> dict[str, list[float]]:
    """Return the ends of each measure's interval, by its name.

    These are ``accuracy``, ``macro_f1``, ``calibration_error``, a label's F1 under its name, its ``LABEL precision``
    and ``LABEL recall``, the F1 of ``cues`` and ``sources``, and ``contrast_sets``, the share that is wholly right.

    Args:
        tables: One for each article.
        labels: In the order of the tables' columns.
        seed: Of the resamples.

    Source: percentile bootstrap, Efron and Tibshirani 1993, chapter 13, over clusters.
    """
    n = len(tables)
    rng = np.random.default_rng(seed)
    stacked = [np.stack(of_kind) for of_kind in zip(*tables, strict=True)]
    sums = []
    for _ in range(N_RESAMPLES // _AT_ONCE):
        drawn = rng.multinomial(n, [1 / n] * n, size=_AT_ONCE)
        sums.append([np.tensordot(drawn, of_kind, axes=1) for of_kind in stacked])
    confusion, cues, sources, bins, sets = (np.concatenate(parts) for parts in zip(*sums, strict=True))
    n_sentences = confusion.sum(axis=(1, 2))
    right = np.diagonal(confusion, axis1=1, axis2=2)
    predicted, wanted = confusion.sum(axis=1), confusion.sum(axis=2)
    f1 = _f1(right, predicted, wanted)  # (n_resamples, n_labels)
    precision, recall = right / np.maximum(predicted, 1), right / np.maximum(wanted, 1)
    samples = {
        "accuracy": right.sum(axis=1) / n_sentences,
        "macro_f1": f1.mean(axis=1),
        **{str(label): f1[:, i] for i, label in enumerate(labels)},
        **{f"{label} precision": precision[:, i] for i, label in enumerate(labels)},
        **{f"{label} recall": recall[:, i] for i, label in enumerate(labels)},
        "calibration_error": np.abs(bins[..., 0] - bins[..., 1]).sum(axis=1) / n_sentences,
        **{name: _f1(*sums.T) for name, sums in (("cues", cues), ("sources", sources)) if sums[:, 2].any()},
        **({"contrast_sets": sets[:, 0] / np.maximum(sets[:, 1], 1)} if sets.any() else {}),
    }
    ends = [(100 - _LEVEL) / 2, (100 + _LEVEL) / 2]
    return {name: [round(float(end), 4) for end in np.percentile(values, ends)] for name, values in samples.items()}


def _f1(right: FloatArray, predicted: FloatArray, wanted: FloatArray) -> FloatArray:
    f1: FloatArray = 2 * right / np.maximum(predicted + wanted, 1)
    return f1
