import pytest

from flagger.training.trials import figures, over_seeds, over_shares, trials_of
from tests.conftest import small_articles, smoke_config

VALUES = {
    "accuracy": 0.9,
    "macro_f1": 0.8,
    "calibration_error": 0.1,
    "labels": {"confirmed": {"f1": 0.7}},
    "cues": {"f1": 0.6},
    "contrast_sets": {"right": 0.5},
}


def test_seeds_count_up_and_a_larger_share_holds_a_smaller() -> None:
    articles = small_articles()
    one, other, small, large = trials_of(smoke_config("seed=7", "seeds=3", "shares=[0.3, 0.8]"), articles)
    assert [(t.name, t.config.seed) for t in (one, other)] == [("seed-8", 8), ("seed-9", 9)]
    assert one.articles == articles
    assert (small.name, large.name) == ("share-0.3", "share-0.8")
    assert len(small.articles) == round(0.3 * len(articles))
    assert small.articles == large.articles[: len(small.articles)]
    assert not list(trials_of(smoke_config(), articles))


def test_figures_are_flat() -> None:
    measures = ["accuracy", "macro_f1", "calibration_error", "confirmed F1", "cue F1", "contrast sets"]
    assert figures(VALUES) == dict(zip(measures, [0.9, 0.8, 0.1, 0.7, 0.6, 0.5], strict=True))


def test_trials_are_put_beside_the_model() -> None:
    assert over_seeds(VALUES) == {}
    assert over_shares(VALUES) == []
    trials = {
        "seed-14": figures(VALUES | {"macro_f1": 0.7}),
        "share-0.5": {"macro_f1": 0.6},
        "share-0.1": {"macro_f1": 0.4},
    }
    assert over_seeds(VALUES | {"trials": trials})["macro_f1"] == pytest.approx([0.8, 0.7])
    assert over_shares(VALUES | {"trials": trials}) == [(0.1, 0.4), (0.5, 0.6), (1.0, 0.8)]
