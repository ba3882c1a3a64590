from dataclasses import replace

import numpy as np
import pytest

from flagger.labels import LABELS
from flagger.training.dataset import LabelledArticle, LabelledSentence, Reading
from flagger.training.evaluation import Scored, agreement_of, calibration_error, evaluate, f1_of, score_articles
from tests.conftest import HEDGES, StubClassifier, small_articles

ARTICLES = small_articles()[:2]
PERFECT = {s.text: [9.0 * (label == s.final.label) for label in LABELS] for a in ARTICLES for s in a.sentences}
CUES = {s.text: list(s.final.cues) for a in ARTICLES for s in a.sentences}


def test_a_perfect_classifier_scores_one() -> None:
    metrics = evaluate(score_articles(StubClassifier(PERFECT, CUES), ARTICLES), 1.0)
    assert (metrics["accuracy"], metrics["macro_f1"], metrics["cues"]["f1"]) == (1.0, 1.0, 1.0)
    assert metrics["calibration_error"] < 0.01
    assert np.trace(metrics["confusion_matrix"]) == metrics["n_sentences"] == 10
    assert "sure" not in metrics


def test_one_that_says_no_claim_to_all_gets_a_quarter_of_recall_and_no_spans() -> None:
    metrics = evaluate(score_articles(StubClassifier({}, CUES), ARTICLES), 1.0)
    assert metrics["labels"]["no_claim"]["recall"] == 1.0
    assert metrics["labels"]["confirmed"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 3}
    assert metrics["cues"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "n_predicted": 0, "n_wanted": 6}


def test_the_calibration_error_is_the_gap_between_confidence_and_accuracy() -> None:
    probabilities = np.array([[0.8, 0.2, 0, 0]] * 10)
    wanted = np.array([0] * 5 + [1] * 5)
    assert calibration_error(probabilities, wanted) == pytest.approx(0.3)
    assert calibration_error(np.array([[1.0, 0, 0, 0]] * 4), np.zeros(4, dtype=int)) == 0.0


@pytest.mark.parametrize(("counts", "f1"), [((1, 2, 2), 0.5), ((0, 0, 0), 1.0), ((0, 3, 0), 0.0)])
def test_f1_of_counts(counts: tuple[int, int, int], f1: float) -> None:
    assert f1_of(*counts) == f1


def test_sources_count_only_exact_ones() -> None:
    scored = score_articles(StubClassifier(PERFECT), ARTICLES)
    wanted = [s.final.source for s in scored.sentences]
    right = evaluate(Scored(ARTICLES, scored.logits, scored.cues, wanted), 1.0)["sources"]
    off = [(a[0], a[1] - 1) if a else None for a in wanted]
    wrong = evaluate(Scored(ARTICLES, scored.logits, scored.cues, off), 1.0)["sources"]
    assert (right["f1"], wrong["f1"]) == (1.0, 0.0)


def test_cues_of_other_labels_stay_as_they_are_found() -> None:
    """The guideline takes "have" off the cue of its own labels, and all cues off a sentence without a claim."""
    sentence = LabelledSentence("It may have rained.", Reading("uncertain", ((3, 11),)))
    articles = [LabelledArticle("a", (sentence,))]
    classifier = StubClassifier({sentence.text: [5.0, 0.0]}, {sentence.text: [(3, 11)]})
    metrics = evaluate(score_articles(classifier, articles, HEDGES), 1.0)
    assert metrics["cues"]["f1"] == 1.0
    assert metrics["confusion_matrix"] == [[0, 0], [1, 0]]
    assert list(metrics["labels"]) == list(HEDGES)


def test_spans_that_nobody_marked_are_not_measured() -> None:
    articles = [LabelledArticle("a", (LabelledSentence("Rain fell.", Reading("certain")),))]
    metrics = evaluate(score_articles(StubClassifier({"Rain fell.": [5.0, 0.0]}), articles, HEDGES), 1.0)
    assert not {"cues", "sources"} & {*metrics, *metrics["intervals"]}
    assert metrics["labels"]["certain"]["f1"] == 1.0


def test_contrast_sets_count_as_a_whole() -> None:
    sets = [replace(article, stratum="contrast") for article in ARTICLES]
    scored = score_articles(StubClassifier(PERFECT), sets)
    assert evaluate(scored, 1.0)["contrast_sets"] == {"n_sets": 2, "right": 1.0}
    scored.logits[-1] = -scored.logits[-1]
    assert evaluate(scored, 1.0)["contrast_sets"] == {"n_sets": 2, "right": 0.5}
    assert "contrast_sets" not in evaluate(score_articles(StubClassifier(PERFECT), ARTICLES), 1.0)


def test_intervals_hold_what_was_measured_and_narrow_with_more_articles() -> None:
    rng = np.random.default_rng(3)
    widths = []
    for n in (20, 500):
        articles = [ARTICLES[i % 2] for i in range(n)]
        logits = rng.normal(size=(5 * n, len(LABELS))) + 2 * np.tile(list(PERFECT.values()), (n // 2, 1)) / 9
        scored = Scored(articles, logits, [[]] * (5 * n), [None] * (5 * n))
        metrics = evaluate(scored, 1.0)
        intervals = metrics["intervals"]
        measured = {"accuracy": metrics["accuracy"], "macro_f1": metrics["macro_f1"]}
        measured |= {label: values["f1"] for label, values in metrics["labels"].items()}
        assert all(intervals[name][0] < value < intervals[name][1] for name, value in measured.items())
        assert intervals["cues"] == [0.0, 0.0]
        widths.append(intervals["accuracy"][1] - intervals["accuracy"][0])
    assert widths[1] < widths[0] / 3  # by the square root of 25


def test_agreement_is_of_labels_and_probabilities() -> None:
    one = np.array([[2.0, 0, 0, 0], [0, 2.0, 0, 0]])
    assert agreement_of(one, one) == {"same_label": 1.0, "max_difference": 0.0, "p99_difference": 0.0}
    other = np.array([[2.0, 0, 0, 0], [0, 0, 50.0, 0]])
    agreement = agreement_of(one, other)
    assert agreement["same_label"] == 0.5
    assert agreement["max_difference"] == pytest.approx(1 - 1 / (3 + np.exp(2)), abs=1e-4)
