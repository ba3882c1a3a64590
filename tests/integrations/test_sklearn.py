import pickle
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.exceptions import FitFailedWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import get_scorer, log_loss
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import FunctionTransformer, make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from flagger import flag_sentences
from flagger.errors import DatasetError, ModelError
from flagger.integrations.sklearn import FlaggerClassifier, baseline_pipeline
from flagger.labels import LABELS
from flagger.training.dataset import LabelledArticle
from flagger.training.fit_baseline import fit_baseline
from tests.conftest import small_articles, small_config

SENTENCES = ["It reportedly fell.", "What a day!", "It could fall by June.", "Police said it fell on Monday."]
TRUTH = ["unverified", "no_claim", "estimated", "confirmed"]

_WORDS = "It police officials reportedly said could fall about confirmed by June is not known what day".split()


class OfNumbers(FlaggerClassifier):
    """Takes rows of numbers for sentences and gives numbers for labels, as scikit-learn's checks want them.

    With its own tags a classifier of sentences is hardly checked: scikit-learn passes over what takes no numbers.
    """

    def fit(self, X: Any, y: object = None) -> "OfNumbers":
        return super().fit(_told(X))

    def predict(self, X: Any) -> Any:
        return np.searchsorted(self.classes_, super().predict(_told(X)))

    def predict_proba(self, X: Any) -> Any:
        return super().predict_proba(_told(X))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        tags.no_validation = True  # of numbers, which this class alone has
        return tags


def _told(X: Any) -> list[str]:
    return [" ".join(_WORDS[int(abs(n) * 7) % len(_WORDS)] for n in np.real(row).ravel()) for row in np.asarray(X)]


_KNOWS_ITS_LABELS = "it is trained already: its labels are flagger's, whatever y holds"
_NEVER_SPARSE = "sentences are never a sparse matrix, of which a clear refusal is wanted"
_FAILS = {
    "check_classifiers_one_label": _KNOWS_ITS_LABELS,
    "check_classifiers_classes": _KNOWS_ITS_LABELS,
    "check_classifiers_train": _KNOWS_ITS_LABELS,
    "check_estimator_sparse_tag": _NEVER_SPARSE,
    "check_estimator_sparse_array": _NEVER_SPARSE,
    "check_estimator_sparse_matrix": _NEVER_SPARSE,
}


@parametrize_with_checks([OfNumbers("baseline")], expected_failed_checks=lambda _: _FAILS)
def test_scikit_learns_checks(estimator: OfNumbers, check: Any) -> None:
    check(estimator)


@pytest.mark.parametrize("three_way", [False, True])
@pytest.mark.parametrize("model", ["baseline", None])
def test_it_says_what_flagger_says(model: str | None, three_way: bool) -> None:
    classifier = FlaggerClassifier(model, three_way)
    flags = flag_sentences(SENTENCES, model=model, three_way=three_way)
    assert classifier.classes_.tolist() == ["confirmed", "estimated", *["no_claim"] * (not three_way), "unverified"]
    assert classifier.predict(SENTENCES).tolist() == [str(flag.label) for flag in flags]
    probabilities = classifier.predict_proba(SENTENCES)
    assert np.allclose(probabilities.sum(axis=1), 1)
    for row, flag in zip(probabilities, flags, strict=True):
        assert dict(zip(classifier.classes_, row, strict=True)) == pytest.approx(
            {name: flag.probabilities[name] for name in classifier.classes_}
        )


def test_nothing_has_no_labels() -> None:
    classifier = FlaggerClassifier("baseline")
    assert classifier.predict([]).tolist() == []
    assert classifier.predict_proba([]).shape == (0, 4)


def test_scores_take_the_columns_for_what_they_are() -> None:
    """scikit-learn's scores go by the order of the alphabet, not by classes_."""
    classifier = FlaggerClassifier("baseline")
    flags = flag_sentences(SENTENCES, model="baseline")
    expected = -np.mean([np.log(flag.probabilities[label]) for flag, label in zip(flags, TRUTH, strict=True)])
    assert log_loss(TRUTH, classifier.predict_proba(SENTENCES)) == pytest.approx(expected)
    assert get_scorer("neg_log_loss")(classifier, SENTENCES, TRUTH) == pytest.approx(-expected)
    assert classifier.score(SENTENCES, TRUTH) == 1


def test_it_works_where_estimators_do() -> None:
    lines = FunctionTransformer(lambda lines: [line.strip() for line in lines])
    pipeline = make_pipeline(lines, FlaggerClassifier("baseline"))
    X, y = [f" {sentence}\n" for sentence in SENTENCES] * 3, TRUTH * 3
    assert pipeline.fit(X, y).score(X, y) == 1
    assert cross_val_score(FlaggerClassifier("baseline"), SENTENCES * 3, y, cv=3).tolist() == [1, 1, 1]
    search = GridSearchCV(FlaggerClassifier(), {"model": ["baseline"], "three_way": [False, True]}, cv=3, error_score=0)
    with pytest.warns(FitFailedWarning, match="y has 'no_claim'"):  # which a three-way classifier does not know
        assert search.fit(SENTENCES * 3, y).best_params_ == {"model": "baseline", "three_way": False}


def test_clones_and_pickles_hold_no_model() -> None:
    classifier = FlaggerClassifier("baseline", three_way=True).fit(SENTENCES)
    classifier.predict(SENTENCES)
    assert clone(classifier).get_params() == {"model": "baseline", "three_way": True}
    pickled = pickle.dumps(classifier)
    assert len(pickled) < 1000
    assert pickle.loads(pickled).predict(SENTENCES).tolist() == classifier.predict(SENTENCES).tolist()


@pytest.mark.parametrize(
    "column", [tuple, np.array, pd.Series, pl.Series, lambda s: np.array(s, dtype=object), lambda s: pd.array(s)]
)
def test_a_column_of_any_library_will_do(column: Any) -> None:
    classifier = FlaggerClassifier("baseline")
    assert classifier.fit(column(SENTENCES), column(TRUTH)).predict(column(SENTENCES)).tolist() == TRUTH


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("It fell.", "X is a str; expected a list"),
        (np.array([SENTENCES]), "X is a ndarray; expected"),
        (pd.DataFrame({"text": SENTENCES}), "X is a DataFrame; expected"),
        (pl.DataFrame({"text": SENTENCES}), "X is a DataFrame; expected"),
        (["It fell.", None, 3.5], "X holds NoneType, float; expected sentences"),
        (pd.Series(["It fell.", None]), "X holds float; expected sentences"),
        ([b"It fell."], "X holds bytes; expected sentences"),
    ],
)
def test_what_is_no_column_of_sentences_is_refused(wrong: Any, told: str) -> None:
    classifier = FlaggerClassifier("baseline")
    train = partial(baseline_pipeline().fit, y=TRUTH)
    for method in (classifier.fit, classifier.predict, classifier.predict_proba, train):
        with pytest.raises(TypeError, match=told):
            method(wrong)


def test_fit_checks_labels_and_model() -> None:
    with pytest.raises(DatasetError, match="y has 'maybe', 'true'; expected labels out of confirmed, estimated"):
        FlaggerClassifier("baseline").fit(SENTENCES, ["true", "confirmed", "maybe", "maybe"])
    with pytest.raises(DatasetError, match="y has 0, 1"):
        FlaggerClassifier("baseline").fit(SENTENCES, [0, 1, 1, 1])
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        FlaggerClassifier("baseline").fit(SENTENCES, TRUTH[:3])
    with pytest.raises(ModelError, match="no model at 'nothing'"):
        FlaggerClassifier("nothing").fit(SENTENCES)


def _sentences(split: str) -> Iterator[tuple[str, str]]:
    for article in small_articles():
        if article.split == split:
            yield from ((sentence.text, str(sentence.final.label)) for sentence in article.sentences)


def test_the_pipeline_trains_what_the_recipe_trains(small_dataset: Path, small_model: Path) -> None:
    X, y = zip(*_sentences("train"), strict=True)
    test, truth = zip(*_sentences("test"), strict=True)
    pipeline = baseline_pipeline(small_model).fit(X, y)
    config = small_config(small_dataset, small_model)
    config = config.model_copy(update={"features": config.features.model_copy(update={"cue_weight": 0.0})})
    articles: list[LabelledArticle] = small_articles()
    fitted = fit_baseline([a for a in articles if a.split == "train"], articles, config).pipeline
    features = pipeline[:-1].transform(test)
    logits = fitted["logistic"].decision_function(features)
    columns = [LABELS.index(label) for label in pipeline.classes_]
    assert np.allclose(pipeline.decision_function(test), logits[:, columns], atol=1e-2)
    assert pipeline.score(test, truth) == 1


def test_the_pipeline_is_one_like_any_other() -> None:
    X, y = SENTENCES * 3, [label == "confirmed" for label in TRUTH] * 3
    search = GridSearchCV(baseline_pipeline(), {"logistic__C": [0.1, 10]}, cv=2).fit(X, y)
    assert search.best_estimator_.predict(X).tolist() == y
    assert pickle.loads(pickle.dumps(search.best_estimator_)).predict_proba(X).shape == (12, 2)
    assert baseline_pipeline().set_params(features=TfidfVectorizer()).fit(X, y).score(X, y) == 1


def test_a_transformer_is_no_pipeline() -> None:
    with pytest.raises(ModelError, match="holds no baseline"):
        baseline_pipeline("transformer")
