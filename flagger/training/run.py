"""config -> dataset -> fit -> calibrate -> evaluate -> export: the order of training."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flagger.errors import ConfigError
from flagger.training.config import TrainConfig
from flagger.training.dataset import SPLITS, LabelledArticle, article_record, read_articles
from flagger.training.evaluation import evaluate, score_articles
from flagger.training.export import write_card, write_model
from flagger.training.fit_baseline import fit_baseline
from flagger.training.fit_calibration import fit_temperature
from flagger.training.model_card import render_card


def train(config: TrainConfig, report: Callable[[str], None] = lambda message: None) -> tuple[Path, dict[str, Any]]:
    """Train, calibrate, evaluate and package one model.

    Args:
        config: The recipe.
        report: Called with one line a step.

    Returns:
        The model folder and its metrics: a name of a split or an outside set -> what evaluation measured.

    Raises:
        ConfigError: If a path in the recipe leads nowhere or the output folder cannot be used.
        DatasetError: If the data is faulty.
    """
    data = _existing("data.articles", config.data.articles)
    splits = {split: read_articles(data, split) for split in SPLITS}
    outside = {name: read_articles(_existing(f"outside.{name}", path)) for name, path in config.outside.items()}
    n_sentences = sum(len(article.sentences) for article in splits["train"])
    report(f"fitting on {len(splits['train'])} articles, {n_sentences} sentences")
    classifier = fit_baseline(splits["train"], splits["validation"], config)
    validation = score_articles(classifier, splits["validation"])
    temperature = fit_temperature(validation.logits, validation.wanted)
    report(f"calibrated on validation: temperature {temperature}")
    measured = {"validation": validation}
    measured |= {
        name: score_articles(classifier, articles) for name, articles in {"test": splits["test"], **outside}.items()
    }
    metrics = {name: evaluate(scored, temperature) for name, scored in measured.items()}
    for name, values in metrics.items():
        report(f"{name}: macro-F1 {values['macro_f1']:.3f}, accuracy {values['accuracy']:.3f}")
    everything = [article for part in splits.values() for article in part]
    folder, info = write_model(classifier, config, temperature, dataset_sha256(everything), metrics)
    write_card(folder, render_card(info, config, splits, metrics))
    report(f"wrote {folder}")
    return folder, metrics


def _existing(key: str, path: str) -> Path:
    if not Path(path).exists():
        raise ConfigError(f"{key}: there is no file or folder {path}")
    return Path(path)


def dataset_sha256(articles: list[LabelledArticle]) -> str:
    """Return the hex SHA-256 of articles by content, whatever files they lie in."""
    records = sorted(json.dumps(article_record(article), sort_keys=True) for article in articles)
    return hashlib.sha256("\n".join(records).encode()).hexdigest()
