"""flagger in scikit-learn: a classifier of sentences that is trained already, and the baseline's recipe to train.

``X`` is a list, array or column of sentences, each looked at alone. Calibrated, with cues and sources and as a model
folder a recipe is trained by ``flagger train``; here it is a pipeline like any other.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import Tags
from sklearn.utils.validation import check_consistent_length, column_or_1d

from flagger import flag_many
from flagger.artifacts import DEFAULT_MODEL, find_model, read_info
from flagger.calibration import FloatArray
from flagger.classifiers import load_classifier
from flagger.classifiers.baseline import BaselineClassifier, prepare
from flagger.errors import DatasetError, ModelError
from flagger.labels import FLAGS, LABELS
from flagger.results import Article, SentenceFlag

__all__ = ["FlaggerClassifier", "baseline_pipeline"]


class FlaggerClassifier(ClassifierMixin, BaseEstimator):
    """Labels sentences with a model that is trained already: ``fit`` checks what it is given and learns nothing.

    The model is loaded by the first prediction and once a process, not kept here: clones and pickles are small.

    Args:
        model: A shipped model's name or a model folder; None for the default model.
        three_way: Leave no_claim out, so that every sentence carries one of the three flags.
    """

    def __init__(self, model: str | Path | None = None, three_way: bool = False) -> None:
        self.model = model
        self.three_way = three_way

    @property
    def classes_(self) -> npt.NDArray[np.str_]:
        """The labels in alphabetical order, in which scikit-learn's scores take columns; not in Label order."""
        return np.array(sorted(FLAGS if self.three_way else LABELS), dtype=str)

    def fit(self, X: Iterable[str], y: Iterable[str] | None = None) -> Self:
        """Check sentences, labels and the model's files; learn nothing.

        Raises:
            DatasetError: If ``y`` has something else than ``classes_``.
            ModelError: If the model is missing or damaged.
            TypeError: If ``X`` is no list of strings.
            ValueError: If ``X`` and ``y`` differ in length.
        """
        sentences = _sentences(X)
        if y is not None:
            labels, known = column_or_1d(y), self.classes_.tolist()
            check_consistent_length(sentences, labels)
            if unknown := sorted({repr(label) for label in labels.tolist() if label not in known}):
                raise DatasetError(f"y has {', '.join(unknown)}; expected labels out of {', '.join(known)}")
        read_info(find_model(self.model or DEFAULT_MODEL))
        return self

    def predict(self, X: Iterable[str]) -> npt.NDArray[np.str_]:
        """Return each sentence's label, shape (n_sentences,); errors as for ``fit``."""
        return np.array([str(flag.label) for flag in self._flags(X)], dtype=self.classes_.dtype)

    def predict_proba(self, X: Iterable[str]) -> FloatArray:
        """Return calibrated probabilities, shape (n_sentences, n_classes), columns in the order of ``classes_``."""
        rows = [[flag.probabilities[name] for name in self.classes_] for flag in self._flags(X)]
        return np.array(rows, dtype=np.float64).reshape(-1, len(self.classes_))

    def _flags(self, X: Iterable[str]) -> list[SentenceFlag]:
        alone = (Article(text, sentences=((0, len(text)),)) for text in _sentences(X))
        return [result.flags[0] for result in flag_many(alone, model=self.model, three_way=self.three_way)]

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.target_tags.required = False
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags


def baseline_pipeline(model: str | Path = "baseline") -> Pipeline:
    """Return what a baseline was trained as, untrained: its features and its regression, to fit on your sentences.

    The steps are ``prepare``, ``features`` and ``logistic``, so that a search may vary ``logistic__C``. Labels may be
    any; their probabilities are not calibrated.

    Args:
        model: A shipped baseline's name or a model folder, whose recipe is taken.

    Raises:
        ModelError: If the model is missing, damaged or no baseline.
    """
    folder = find_model(model)
    classifier = load_classifier(folder, read_info(folder))
    if not isinstance(classifier, BaselineClassifier):
        raise ModelError(f"{folder} holds no baseline, which is what scikit-learn can train; name another model")
    return Pipeline([("prepare", FunctionTransformer(_prepare)), *clone(classifier.pipeline).steps])


def _prepare(X: Iterable[str]) -> list[str]:
    return [prepare(text) for text in _sentences(X)]


def _sentences(X: Iterable[object]) -> list[str]:
    if isinstance(X, str) or len(getattr(X, "shape", (0,))) != 1:  # iterating a table yields its columns' names
        raise TypeError(f"X is a {type(X).__name__}; expected a list, array or column of sentences")
    sentences = list(X)
    if others := sorted({type(item).__name__ for item in sentences if not isinstance(item, str)}):
        raise TypeError(f"X holds {', '.join(others)}; expected sentences, each a string")
    return list(map(str, sentences))
