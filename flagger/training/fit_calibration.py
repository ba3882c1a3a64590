"""Logits and labels of the validation split -> a temperature, labels' biases, and the shift of a label."""

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize, minimize_scalar
from scipy.special import logsumexp

from flagger.calibration import FloatArray, apply_temperature

_BOUNDS = (-3.0, 3.0)  # of the temperature's natural logarithm: 0.05 to 20
_SHIFTS = sorted(np.round(np.arange(-4, 4.05, 0.1), 1), key=abs)


def fit_temperature(logits: FloatArray, labels: npt.NDArray[np.int64]) -> float:
    """Return the temperature that minimises the negative log-likelihood.

    Args:
        logits: Shape (n_sentences, n_labels), columns in the labels' order.
        labels: Shape (n_sentences,), column indices.

    Source: Guo et al. 2017, arXiv:1706.04599, section 4.2.
    """
    found = minimize_scalar(lambda log: _negative_log_likelihood(logits, labels, log), bounds=_BOUNDS, method="bounded")
    return round(float(np.exp(found.x)), 4)


def fit_biases(logits: FloatArray, labels: npt.NDArray[np.int64]) -> FloatArray:
    """Return what to add to each label's logit, shape (n_labels,), sum 0, so that probabilities mean what they say.

    It minimises the negative log-likelihood together with a temperature, which is fitted anew afterwards. Where some
    label has no sentence it adds nothing: that label would never be said.

    Args:
        logits: Shape (n_sentences, n_labels).
        labels: Shape (n_sentences,), column indices.

    Source: bias-corrected temperature scaling, Alexandari et al. 2020, arXiv:1901.06852.
    """

    def loss(parameters: FloatArray) -> float:
        log_temperature, *biases = parameters
        return _negative_log_likelihood(logits + biases, labels, log_temperature)

    n_labels = logits.shape[1]
    if len(set(labels)) < n_labels:
        return np.zeros(n_labels)
    bounds = [_BOUNDS, *[(None, None)] * n_labels]
    biases: FloatArray = minimize(loss, np.zeros(1 + n_labels), bounds=bounds).x[1:]
    biases -= biases.mean()
    return biases


def _negative_log_likelihood(logits: FloatArray, labels: npt.NDArray[np.int64], log_temperature: float) -> float:
    probabilities = apply_temperature(logits, float(np.exp(log_temperature)))
    return float(-np.log(np.clip(probabilities[np.arange(len(labels)), labels], 1e-12, None)).mean())


def fit_shift(logits: FloatArray, column: int, wanted: npt.NDArray[np.bool_], *, incomplete: bool = False) -> float:
    """Return what to add to a label's logit for its best F1; of equally good shifts the smallest.

    Args:
        logits: Shape (n_sentences, n_labels).
        column: The label's.
        wanted: Shape (n_sentences,), which sentences have the label.
        incomplete: Sentences labelled otherwise may have it too. Then the F1 is the one to be expected when a labelled
            sentence is one of those that have it, drawn at random.

    Source: Elkan and Noto 2008 (KDD), lemma 1 and estimator e1, for the chance that a sentence has the label; it takes
    a sentence that has the label for one that plainly has it, and where many do not, says it too often.
    """
    others = np.delete(logits, column, axis=1)
    margins = logits[:, column] - others.max(axis=1)
    chances = wanted.astype(np.float64)
    if incomplete and wanted.any():
        two = np.stack([logsumexp(others, axis=1), logits[:, column]], axis=1)
        labelled = apply_temperature(two, fit_temperature(two, wanted.astype(np.int64)))[:, 1]
        chances = np.minimum(labelled / labelled[wanted].mean(), 1)

    def f1(shift: float) -> float:
        said = margins + shift > 0
        return float(2 * chances[said].sum() / max(said.sum() + chances.sum(), 1))

    return float(max(_SHIFTS, key=f1))
