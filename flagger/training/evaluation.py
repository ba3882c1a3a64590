"""A classifier and labelled articles -> metrics: labels, calibration, spans."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.metrics import accuracy_score, confusion_matrix, precision_recall_fscore_support

from flagger.calibration import FloatArray, apply_temperature
from flagger.classifiers import Classifier, Prediction
from flagger.cues import conventional
from flagger.labels import LABELS, Label
from flagger.results import Offsets
from flagger.training.dataset import LabelledArticle, LabelledSentence
from flagger.training.intervals import Tables, bootstrap_intervals

N_BINS = 15
Counts = tuple[int, int, int]  # spans that are right, predicted, wanted


class Epoch(NamedTuple):
    """How training stood after an epoch."""

    number: float
    loss: float
    """Mean training loss of its steps."""
    macro_f1: float
    """On validation."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A classifier's word on articles, its spans as the pipeline would show them: one row a sentence, in order."""

    articles: Sequence[LabelledArticle]
    logits: FloatArray
    cues: list[list[Offsets]]
    sources: list[Offsets | None]
    labels: tuple[str, ...] = LABELS
    """In the order of the columns."""

    @property
    def sentences(self) -> list[LabelledSentence]:
        """The sentences of all articles, in order."""
        return [sentence for article in self.articles for sentence in article.sentences]

    @property
    def wanted(self) -> npt.NDArray[np.int64]:
        """The labelled columns, shape (n_sentences,)."""
        return np.array([self.labels.index(sentence.final.label) for sentence in self.sentences], dtype=np.int64)

    @property
    def said(self) -> list[str]:
        """The label that the classifier says of each sentence."""
        return [str(self.labels[column]) for column in self.logits.argmax(axis=1)]


def score_articles(
    classifier: Classifier, articles: Sequence[LabelledArticle], labels: tuple[str, ...] = LABELS
) -> Scored:
    """Run a classifier over articles.

    Args:
        classifier: Tells ``labels`` apart.
        articles: Whose sentences have such labels.
        labels: In the order of the classifier's columns.
    """
    return scored_of(classifier.predict([article.texts for article in articles]), articles, labels)


def scored_of(
    predictions: Sequence[Prediction], articles: Sequence[LabelledArticle], labels: tuple[str, ...] = LABELS
) -> Scored:
    """Put a classifier's predictions, one an article, beside the articles."""
    logits = np.concatenate([prediction.logits for prediction in predictions])
    cues = [cues for prediction in predictions for cues in prediction.cues]
    sources = [source for prediction in predictions for source in prediction.sources]
    if labels == LABELS:  # the guideline's conventions are about its own labels
        said = [labels[column] for column in logits.argmax(axis=1)]
        texts = (text for article in articles for text in article.texts)
        cues = list(map(conventional, texts, said, cues, sources))
        sources = [None if label == Label.NO_CLAIM else source for label, source in zip(said, sources, strict=True)]
    return Scored(articles, logits, cues, sources, labels)


def merge_labels(scored: Scored, temperature: float, renamed: Mapping[str, str]) -> Scored:
    """Count a classifier's labels as others, whose probabilities are sums of its own: its word on another corpus.

    Args:
        scored: What it says, by its own labels.
        temperature: Its own; at 1 the result's logits give the probabilities.
        renamed: Each of its labels -> what that counts as.
    """
    probabilities = apply_temperature(scored.logits, temperature)
    labels = tuple(dict.fromkeys(renamed.values()))
    sums = [
        sum(probabilities[:, i] for i, own in enumerate(scored.labels) if renamed[own] == label) for label in labels
    ]
    logits = np.log(np.maximum(np.stack(sums, axis=1), np.finfo(np.float64).tiny))
    return replace(scored, logits=logits, labels=labels)


def evaluate(scored: Scored, temperature: float) -> dict[str, Any]:
    """Measure labels, calibration and spans.

    Returns:
        Counts, ``accuracy``, ``macro_f1`` (over all labels), ``labels`` (precision, recall, F1, support each),
        ``confusion_matrix`` (rows wanted, columns predicted, in the labels' order), ``calibration_error``; exact-match
        ``cues`` and ``sources``, where any are marked; ``intervals``, see bootstrap_intervals; where there are contrast
        sets, how many are right as a whole; ``sure`` repeats accuracy and macro-F1 on the sentences that the labeller
        was sure of, where a data set tells.
    """
    wanted, predicted = scored.wanted, scored.logits.argmax(axis=1)
    probabilities = apply_temperature(scored.logits, temperature)
    metrics: dict[str, Any] = {
        "n_articles": len(scored.articles),
        "n_sentences": len(wanted),
        **_label_metrics(wanted, predicted, scored.labels),
        "confusion_matrix": confusion_matrix(wanted, predicted, labels=range(len(scored.labels))).tolist(),
        "calibration_error": calibration_error(probabilities, wanted),
    }
    spans = {
        "cues": cue_counts(scored.sentences, scored.cues),
        "sources": source_counts(scored.sentences, scored.sources),
    }
    metrics |= {name: _span_metrics(counts) for name, counts in spans.items() if counts[2]}
    tables = list(_tables(scored, probabilities))
    if sets := _whole_sets(tables):
        metrics["contrast_sets"] = sets
    metrics["intervals"] = bootstrap_intervals(tables, scored.labels)
    sure = np.array([sentence.sure for sentence in scored.sentences])
    if sure.any() and not sure.all():
        part = _label_metrics(wanted[sure], predicted[sure], scored.labels)
        metrics["sure"] = {"n_sentences": int(sure.sum()), "accuracy": part["accuracy"], "macro_f1": part["macro_f1"]}
    return metrics


def agreement_of(one: FloatArray, other: FloatArray) -> dict[str, float]:
    """Compare two models' logits on the same sentences, both of shape (n_sentences, n_labels).

    Returns:
        ``same_label``, the share of sentences; ``max_difference`` of a probability at temperature 1, and its 99th
        percentile ``p99_difference`` over the sentences' largest.
    """
    largest = np.abs(apply_temperature(one, 1.0) - apply_temperature(other, 1.0)).max(axis=1)
    return {
        "same_label": round(float((one.argmax(axis=1) == other.argmax(axis=1)).mean()), 4),
        "max_difference": round(float(largest.max()), 4),
        "p99_difference": round(float(np.quantile(largest, 0.99)), 4),
    }


def calibration_error(probabilities: FloatArray, wanted: npt.NDArray[np.int64], n_bins: int = N_BINS) -> float:
    """Return the expected calibration error of the top label, 0 to 1.

    Args:
        probabilities: Shape (n_sentences, n_labels), rows sum to 1.
        wanted: Shape (n_sentences,), column indices.
        n_bins: Confidence bins of equal width.

    Source: Naeini et al. 2015 as used by Guo et al. 2017, arXiv:1706.04599, equation 3.
    """
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == wanted
    gaps = np.bincount(confidence_bins(confidence, n_bins), weights=right - confidence)
    return round(float(np.abs(gaps).sum() / len(wanted)), 4)


def confidence_bins(confidence: FloatArray, n_bins: int = N_BINS) -> npt.NDArray[np.int64]:
    """Return the bin of each confidence, 0 to n_bins - 1; a bin holds its upper end."""
    return np.clip(np.ceil(confidence * n_bins).astype(np.int64) - 1, 0, n_bins - 1)


def cue_counts(sentences: Sequence[LabelledSentence], cues: Sequence[list[Offsets]]) -> Counts:
    """Count exact cue matches; ``cues`` has the predicted spans of each sentence."""
    wanted = [set(sentence.final.cues) for sentence in sentences]
    return (
        sum(len(gold & set(found)) for gold, found in zip(wanted, cues, strict=True)),
        sum(map(len, cues)),
        sum(map(len, wanted)),
    )


def f1_of(right: int, predicted: int, wanted: int) -> float:
    """Return the F1 of span counts, 0 to 1; 1 when nothing was wanted and nothing predicted."""
    return 2 * right / (predicted + wanted) if predicted + wanted else 1.0


def source_counts(sentences: Sequence[LabelledSentence], sources: Sequence[Offsets | None]) -> Counts:
    """Count exact source matches; ``sources`` has the predicted span of each sentence."""
    wanted = [sentence.final.source for sentence in sentences]
    return (
        sum(gold is not None and gold == found for found, gold in zip(sources, wanted, strict=True)),
        sum(found is not None for found in sources),
        sum(gold is not None for gold in wanted),
    )


def _tables(scored: Scored, probabilities: FloatArray) -> Iterator[Tables]:
    all_wanted, n_labels = scored.wanted, len(scored.labels)
    end = 0
    for article in scored.articles:
        start, end = end, end + len(article.sentences)
        wanted, predicted = all_wanted[start:end], probabilities[start:end].argmax(axis=1)
        confidence = probabilities[start:end].max(axis=1)
        confusion, bins = np.zeros((n_labels, n_labels)), np.zeros((N_BINS, 2))
        np.add.at(confusion, (wanted, predicted), 1)
        np.add.at(bins, confidence_bins(confidence), np.stack([wanted == predicted, confidence], axis=1))
        cues = cue_counts(article.sentences, scored.cues[start:end])
        sources = source_counts(article.sentences, scored.sources[start:end])
        is_set = article.stratum == "contrast"
        sets = is_set and bool((wanted == predicted).all()), is_set
        yield Tables(confusion, _floats(cues), _floats(sources), bins, _floats(sets))


def _floats(counts: Sequence[int]) -> FloatArray:
    return np.array(counts, dtype=np.float64)


def _whole_sets(tables: Sequence[Tables]) -> dict[str, float | int]:
    """How many contrast sets have every label right."""
    right, n_sets = np.sum([table.sets for table in tables], axis=0)
    return {"n_sets": int(n_sets), "right": round(float(right / n_sets), 4)} if n_sets else {}


def _span_metrics(counts: Counts) -> dict[str, float | int]:
    right, predicted, wanted = counts
    return {
        "precision": round(right / predicted, 4) if predicted else 0.0,
        "recall": round(right / wanted, 4) if wanted else 0.0,
        "f1": round(f1_of(*counts), 4),
        "n_predicted": predicted,
        "n_wanted": wanted,
    }


def _label_metrics(
    wanted: npt.NDArray[np.int64], predicted: npt.NDArray[np.int64], labels: Sequence[str]
) -> dict[str, Any]:
    precision, recall, f1, support = precision_recall_fscore_support(
        wanted, predicted, labels=range(len(labels)), zero_division=0
    )
    return {
        "accuracy": round(float(accuracy_score(wanted, predicted)), 4),
        "macro_f1": round(float(np.mean(f1)), 4),
        "labels": {
            str(label): {
                "precision": round(float(precision[i]), 4),
                "recall": round(float(recall[i]), 4),
                "f1": round(float(f1[i]), 4),
                "support": int(support[i]),
            }
            for i, label in enumerate(labels)
        },
    }
