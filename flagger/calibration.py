"""logits -> probabilities, by temperature scaling. The temperature is fitted in training/fit_calibration.py."""

import numpy as np
import numpy.typing as npt

from flagger.errors import ModelError

FloatArray = npt.NDArray[np.float64]


def apply_temperature(logits: FloatArray, temperature: float) -> FloatArray:
    """Turn logits into calibrated probabilities.

    Args:
        logits: Shape (n_sentences, n_labels), columns in the model's order of labels.
        temperature: Divisor above 0; 1.0 changes nothing.

    Returns:
        Same shape, each row sums to 1.

    Raises:
        ModelError: If there is no column for each of two or more labels.

    Source: Guo et al. 2017, arXiv:1706.04599.
    """
    if logits.ndim != 2 or logits.shape[1] < 2:
        raise ModelError(f"logits have shape {logits.shape}, expected (n_sentences, n_labels)")
    scaled = logits / temperature
    exponentials = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True))
