"""Trained models' word on sentences that another model learns from.

Source: Hinton et al. 2015, arXiv:1503.02531: a small model that learns the probabilities of large ones, softened by a
temperature, beside the labels, does better than from the labels alone. Where the teachers are wrong, the truth counts
alone: Meng et al. 2019, arXiv:1904.12399.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import softmax

from flagger.artifacts import ModelInfo, find_model, read_info
from flagger.classifiers import transformer
from flagger.classifiers.transformer import OUTSIDE, SPAN_KINDS, TAGS
from flagger.errors import ConfigError
from flagger.training.config import Distillation


class Taught(NamedTuple):
    """The teachers' word on n sentences."""

    labels: npt.NDArray[np.float32]
    """Shape (n, n_labels)."""
    tags: list[npt.NDArray[np.float32]]
    """One array a sentence, of shape (n_tokens, n_span_kinds, n_tags)."""


def teachers_of(settings: Distillation, labels: tuple[str, ...]) -> list[tuple[Path, ModelInfo]]:
    """Return each teacher's folder and what its model.json says.

    Args:
        settings: Who teaches.
        labels: What the learner tells apart, in the order of its columns.

    Raises:
        ConfigError: If a teacher tells other labels apart or is no transformer.
        ModelError: If a teacher is missing or damaged.
    """
    teachers = []
    for name in settings.teachers:
        folder = find_model(name)
        info = read_info(folder, any_labels=True)
        if info.labels != labels:
            raise ConfigError(
                f"distillation.teachers: {name} labels sentences {', '.join(info.labels)}, not {', '.join(labels)}"
            )
        if info.kind != "transformer":
            raise ConfigError(f"distillation.teachers: {name} holds a {info.kind}, not a transformer")
        teachers.append((folder, info))
    return teachers


def taught_by(
    settings: Distillation, texts: Sequence[str], ids: Sequence[list[int]], labels: tuple[str, ...]
) -> Taught:
    """Return the mean of the teachers' softened probabilities.

    Args:
        settings: Who teaches, and how soft.
        texts: The sentences.
        ids: Each sentence's tokens, as the learner reads them.
        labels: In the order of the columns.

    Raises:
        ConfigError: If a teacher tells other labels apart, is no transformer, or reads other tokens.
        ModelError: If a teacher is missing or damaged.
    """
    of_labels = np.zeros((len(texts), len(labels)), dtype=np.float32)
    of_tags = [np.zeros((len(tokens), len(SPAN_KINDS), len(TAGS)), dtype=np.float32) for tokens in ids]
    share = 1 / len(settings.teachers)
    for folder, info in teachers_of(settings, labels):
        for row, label_logits, span_logits in transformer.load(folder, info).read(texts):
            if row.ids != ids[row.sentence]:
                raise ConfigError(f"distillation.teachers: {folder} cuts sentences into other tokens than encoder.base")
            of_labels[row.sentence] += share * softmax(label_logits / settings.temperature)
            of_tags[row.sentence] += share * softmax(span_logits / settings.temperature, axis=-1)
    return Taught(of_labels, of_tags)


def corrected(taught: Taught, labels: Sequence[int], tags: Sequence[Sequence[Sequence[int]]]) -> Taught:
    """Return the teachers' word, with the truth in its place where they miss the label of a sentence that has a cue.

    Without a cue their doubt stays: such a label may hang on the sentences before, which nobody here reads.

    Args:
        taught: Their word on n sentences.
        labels: The true label of each, as a column.
        tags: The true tags of each, of shape (n_tokens, n_span_kinds); below zero where a token has none.
    """
    of_labels, of_tags = taught.labels.copy(), list(taught.tags)
    for i in np.flatnonzero(of_labels.argmax(axis=1) != np.array(labels)).tolist():
        true_tags = np.maximum(tags[i], OUTSIDE)
        if true_tags[:, SPAN_KINDS.index("cue")].any():
            of_labels[i] = np.eye(of_labels.shape[1])[labels[i]]
            of_tags[i] = np.eye(len(TAGS), dtype=np.float32)[true_tags]
    return Taught(of_labels, of_tags)
