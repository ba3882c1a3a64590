"""Labelled articles -> a fitted BaselineClassifier."""

import math
import warnings
from collections.abc import Sequence

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline

from flagger.classifiers.baseline import TOKEN_PATTERN, BaselineClassifier, find_cues, mask, prepare
from flagger.errors import DatasetError
from flagger.labels import Label
from flagger.training.config import BaselineConfig
from flagger.training.dataset import LabelledArticle, LabelledSentence
from flagger.training.evaluation import cue_counts, f1_of
from flagger.training.fit_calibration import fit_shift

_CUE_FLOORS = np.round(np.arange(0.02, 1.0, 0.02), 2)


def fit_baseline(
    train: list[LabelledArticle], validation: list[LabelledArticle], config: BaselineConfig
) -> BaselineClassifier:
    """Fit the features and the regression on ``train``; choose the cue floor by exact cue F1 on ``validation``.

    Where no cue is marked there, nothing is a cue.

    Raises:
        DatasetError: If the regression does not converge.
    """
    sentences = [sentence for article in train for sentence in article.sentences]
    labels = config.data.labels
    columns = [labels.index(sentence.final.label) for sentence in sentences]
    texts = [prepare(sentence.text) for sentence in sentences]
    weights = [1.0] * len(texts)
    if config.features.cue_weight:
        # The cues as texts of their own tell the regression which of a sentence's words its label hangs on.
        told = [(cues, column) for s, column in zip(sentences, columns, strict=True) if (cues := _cues_text(s))]
        texts += [cues for cues, _ in told]
        columns += [column for _, column in told]
        weights += [config.features.cue_weight] * len(told)
    pipeline = _pipeline(config)
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        try:
            pipeline.fit(texts, np.array(columns), logistic__sample_weight=np.array(weights))
        except ConvergenceWarning as error:
            raise DatasetError(
                f"logistic regression did not converge in {config.logistic.max_iterations} iterations; "
                "raise logistic.max_iterations or lower logistic.c"
            ) from error
    pipeline["logistic"].coef_ = pipeline["logistic"].coef_.astype(np.float32)  # halves the model
    if config.decision.favoured:
        _favour(pipeline, validation, labels, config.decision.favoured, incomplete=config.decision.incomplete)
    return BaselineClassifier(pipeline, _best_cue_floor(pipeline, validation, labels))


def _cues_text(sentence: LabelledSentence) -> str:
    return " … ".join(sentence.text[start:end] for start, end in sentence.final.cues)


def _pipeline(config: BaselineConfig) -> Pipeline:
    features, logistic = config.features, config.logistic
    shared = {"n_features": features.n_features, "norm": None, "alternate_sign": False}
    words = HashingVectorizer(token_pattern=TOKEN_PATTERN, ngram_range=tuple(features.word_ngrams), **shared)
    characters = HashingVectorizer(
        analyzer="char_wb", lowercase=False, ngram_range=tuple(features.char_ngrams), **shared
    )
    masked = HashingVectorizer(
        preprocessor=mask, token_pattern=r"\S+", ngram_range=tuple(features.masked_ngrams), **shared
    )
    union = FeatureUnion(
        [
            (name, Pipeline([("hash", hashing), ("tfidf", TfidfTransformer(sublinear_tf=True))]))
            for name, hashing in (("words", words), ("characters", characters), ("masked", masked))
        ]
    )
    regression = LogisticRegression(
        C=logistic.c,
        class_weight="balanced" if logistic.balanced else None,
        max_iter=logistic.max_iterations,
        random_state=config.seed,
    )
    return Pipeline([("features", union), ("logistic", regression)])


def _favour(
    pipeline: Pipeline, validation: list[LabelledArticle], labels: Sequence[str], label: str, *, incomplete: bool
) -> None:
    sentences = [sentence for article in validation for sentence in article.sentences]
    logits, _ = BaselineClassifier(pipeline, 0.0).explain([sentence.text for sentence in sentences])
    column = labels.index(label)
    wanted = np.array([sentence.final.label == label for sentence in sentences])
    shift = fit_shift(logits, column, wanted, incomplete=incomplete)
    intercept = pipeline["logistic"].intercept_
    if len(intercept) == 1:  # of two labels: how much the second is above the first
        intercept[0] += shift if column else -shift
    else:
        intercept[column] += shift


def _best_cue_floor(pipeline: Pipeline, validation: list[LabelledArticle], labels: Sequence[str]) -> float:
    sentences = [sentence for article in validation for sentence in article.sentences]
    if not any(sentence.final.cues for sentence in sentences):
        return math.inf
    logits, pushes = BaselineClassifier(pipeline, 0.0).explain([sentence.text for sentence in sentences])
    claims = [labels[column] != Label.NO_CLAIM for column in logits.argmax(axis=1)]

    def cue_f1(floor: float) -> float:
        found = [
            find_cues(sentence.text, push, floor) if claim else []
            for sentence, push, claim in zip(sentences, pushes, claims, strict=True)
        ]
        return f1_of(*cue_counts(sentences, found))

    return float(max(_CUE_FLOORS, key=cue_f1))
