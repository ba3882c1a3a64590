import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagger.calibration import apply_temperature
from flagger.errors import ModelError

rows = st.lists(st.lists(st.floats(-500, 500), min_size=4, max_size=4), min_size=1, max_size=8)


@given(rows, st.floats(0.05, 20))
def test_rows_are_probabilities_and_keep_their_order(logits: list[list[float]], temperature: float) -> None:
    array = np.array(logits)
    probabilities = apply_temperature(array, temperature)
    assert np.allclose(probabilities.sum(axis=1), 1)
    assert (probabilities >= 0).all()
    best = array.argmax(axis=1)
    assert np.allclose(probabilities[np.arange(len(array)), best], probabilities.max(axis=1))


def test_a_high_temperature_flattens() -> None:
    logits = np.array([[2.0, 0.0, 0.0, 0.0]])
    assert apply_temperature(logits, 4.0).max() < apply_temperature(logits, 1.0).max()


def test_a_wrong_number_of_columns_is_told() -> None:
    for shape in ((3,), (3, 1)):
        with pytest.raises(ModelError, match=r"logits have shape \(3,.*, expected \(n_sentences, n_labels\)"):
            apply_temperature(np.zeros(shape), 1.0)
