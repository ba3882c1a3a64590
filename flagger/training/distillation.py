"""Trained models' word on sentences that another model learns from.

Source: Hinton et al. 2015, arXiv:1503.02531: a small model that learns the probabilities of large ones, softened by a
temperature, beside the labels, does better than from the labels alone.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from flagger.artifacts import ModelInfo, find_model, read_info
from flagger.calibration import FloatArray, apply_temperature
from flagger.classifiers import load_classifier
from flagger.errors import ConfigError
from flagger.training.config import Distillation
from flagger.training.dataset import LabelledArticle


def teachers_of(settings: Distillation, labels: tuple[str, ...]) -> list[tuple[Path, ModelInfo]]:
    """Return each teacher's folder and what its model.json says.

    Args:
        settings: Who teaches.
        labels: What the learner tells apart, in the order of its columns.

    Raises:
        ConfigError: If a teacher tells other labels apart.
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
        teachers.append((folder, info))
    return teachers


def taught_by(settings: Distillation, articles: Sequence[LabelledArticle], labels: tuple[str, ...]) -> FloatArray:
    """Return the mean of the teachers' softened probabilities, shape (n_sentences, n_labels).

    Args:
        settings: Who teaches, and how soft.
        articles: Whose sentences, in order, are the rows.
        labels: In the order of the columns.

    Raises:
        ConfigError, ModelError: See teachers_of.
    """
    documents = [article.texts for article in articles]
    total: FloatArray = np.zeros((sum(map(len, documents)), len(labels)))
    for folder, info in teachers_of(settings, labels):
        logits = [prediction.logits for prediction in load_classifier(folder, info).predict(documents)]
        total += apply_temperature(np.concatenate(logits), settings.temperature)
    total /= len(settings.teachers)
    return total
