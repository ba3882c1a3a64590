import numpy as np
import pytest

from flagger.decision import decide
from flagger.labels import Label


def test_the_likeliest_label_wins() -> None:
    decision = decide(np.array([0.1, 0.2, 0.6, 0.1]), 0.1)
    assert decision.label is Label.UNVERIFIED
    assert decision.confidence == 0.6
    assert decision.probabilities == {"confirmed": 0.1, "estimated": 0.2, "unverified": 0.6, "no_claim": 0.1}


@pytest.mark.parametrize(("margin", "needs_review"), [(0.05, False), (0.15, True)])
def test_review_is_needed_where_the_two_likeliest_are_close(margin: float, needs_review: bool) -> None:
    assert decide(np.array([0.5, 0.4, 0.05, 0.05]), margin).needs_review is needs_review


def test_a_tie_goes_to_the_earlier_label() -> None:
    assert decide(np.full(4, 0.25), 0.1).label is Label.CONFIRMED
