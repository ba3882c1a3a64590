"""config -> dataset -> fit -> export -> calibrate -> evaluate -> model folder: the order of training.

What is calibrated and measured is the exported model: the one that ships.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from flagger.classifiers import Classifier, baseline
from flagger.errors import ConfigError, DatasetError
from flagger.labels import LABELS
from flagger.training.config import BaselineConfig, Recipe, TrainConfig, TransformerConfig
from flagger.training.dataset import SPLITS, LabelledArticle, article_record, read_articles
from flagger.training.evaluation import Epoch, Scored, agreement_of, evaluate, score_articles
from flagger.training.export import write_card, write_model
from flagger.training.export_baseline import export_skops
from flagger.training.fit_baseline import fit_baseline
from flagger.training.fit_calibration import fit_temperature
from flagger.training.mistakes import count_mistakes, marker_words
from flagger.training.model_card import render_card

PICTURES = "pictures"  # the folder of a model's pictures, inside its own

Splits = dict[str, list[LabelledArticle]]


class Trained(NamedTuple):
    """The exported model, its files, how training went, and how the export agrees with what was trained."""

    classifier: Classifier
    weights: dict[str, bytes]
    history: Sequence[Epoch] = ()
    agreement: dict[str, float] | None = None


def train(
    config: Recipe,
    report: Callable[[str], None] = lambda message: None,
    *,
    resume: bool = False,
) -> tuple[Path, dict[str, Any]]:
    """Train, calibrate, evaluate and package one model.

    Args:
        config: The recipe.
        report: Called with one line a step.
        resume: Go on from the last checkpoint of a transformer whose training was cut off.

    Returns:
        The model folder and its metrics: a name of a split or an outside set -> what evaluation measured.

    Raises:
        ConfigError: If a path in the recipe leads nowhere or the output folder cannot be used.
        DatasetError: If the data is faulty.
    """
    splits, outside = read_data(config)
    n_sentences = sum(len(article.sentences) for article in splits["train"])
    report(f"fitting on {len(splits['train'])} articles, {n_sentences} sentences")
    sha256 = dataset_sha256([article for part in splits.values() for article in part])
    if isinstance(config, BaselineConfig):
        trained = _baseline(splits, config)
    else:
        trained = _transformer(splits, sha256, config, report, resume=resume)
    labels = config.data.labels
    validation = score_articles(trained.classifier, splits["validation"], labels)
    temperature = fit_temperature(validation.logits, validation.wanted)
    report(f"calibrated on validation: temperature {temperature}")
    measured = {"validation": validation}
    for name, articles in {"test": splits["test"], **outside}.items():
        measured[name] = score_articles(trained.classifier, articles, labels)
    metrics = {name: evaluate(scored, temperature) for name, scored in measured.items()}
    for name, values in metrics.items():
        report(f"{name}: macro-F1 {values['macro_f1']:.3f}, accuracy {values['accuracy']:.3f}")
    if trained.agreement:
        metrics["validation"]["export"] = trained.agreement
    if labels == LABELS:  # the kinds are about flagger's own
        markers = marker_words([sentence for article in splits["train"] for sentence in article.sentences])
        for name, scored in measured.items():
            metrics[name]["mistakes"] = count_mistakes(scored.sentences, scored.said, markers)
    folder, info = write_model(trained.weights, config, temperature, sha256, metrics)
    pictures = _draw(folder, measured, temperature, trained.history) if isinstance(config, TransformerConfig) else []
    write_card(folder, render_card(info, config, splits, metrics, pictures))
    report(f"wrote {folder}")
    return folder, metrics


def read_data(config: TrainConfig) -> tuple[Splits, Splits]:
    """Read what a recipe names: the splits of its articles, and its outside sets.

    Raises:
        ConfigError: If a path leads nowhere, or the favoured label is none.
        DatasetError: If the data is faulty, or nothing to train on has one of the labels.
    """
    data = _existing("data.articles", config.data.articles)
    labels, favoured = config.data.labels, config.decision.favoured
    if favoured and favoured not in labels:
        raise ConfigError(f"decision.favoured: expected one of {', '.join(labels)}, found {favoured!r}")
    splits = {split: read_articles(data, split, labels) for split in SPLITS}
    found = {sentence.final.label for article in splits["train"] for sentence in article.sentences}
    if missing := [label for label in labels if label not in found]:
        raise DatasetError(f"the training split has no sentence labelled {', '.join(missing)}")
    outside = {
        name: read_articles(_existing(f"outside.{name}", path), labels=labels) for name, path in config.outside.items()
    }
    return splits, outside


def _baseline(splits: Splits, config: BaselineConfig) -> Trained:
    fitted = fit_baseline(splits["train"], splits["validation"], config)
    return Trained(fitted, {baseline.WEIGHTS_FILE: export_skops(fitted)})


def _transformer(
    splits: Splits, sha256: str, config: TransformerConfig, report: Callable[[str], None], *, resume: bool
) -> Trained:
    # Imported here because they need the extra "train", which the baseline does without.
    try:
        from flagger.classifiers import transformer
        from flagger.training.export_transformer import export_onnx
        from flagger.training.fit_transformer import fit_transformer, label_logits, save_for_torch
    except ImportError as error:
        raise ConfigError(
            f"kind 'transformer' needs the extra 'train': pip install 'flagger[train]' ({error})"
        ) from error
    checkpoints = _checkpoints(config, sha256, resume=resume)
    model, tokenizer, history = fit_transformer(
        splits["train"], splits["validation"], config, checkpoints=checkpoints, resume=resume, report=report
    )
    save_for_torch(model, config, Path(f"{config.output}.torch"))
    report("exporting to ONNX")
    onnx, tokens = export_onnx(model), tokenizer.to_str().encode()
    classifier = transformer.TransformerClassifier(onnx, tokens)
    weights = {transformer.WEIGHTS_FILE: onnx, transformer.TOKENIZER_FILE: tokens}
    shutil.rmtree(checkpoints)  # only now: an export that fails must not cost the training
    validation = splits["validation"]
    exported = score_articles(classifier, validation, config.data.labels).logits
    agreement = agreement_of(label_logits(model, tokenizer, validation), exported)
    report(f"export beside the trained model, on validation: {agreement}")
    return Trained(classifier, weights, history, agreement)


def _draw(folder: Path, measured: dict[str, Scored], temperature: float, history: Sequence[Epoch]) -> list[Path]:
    """Draw the training curve and how each set was measured; the extra "train" has what this needs."""
    from flagger.training.plots import plot_scored, plot_training

    pictures = folder / PICTURES
    plot_training(pictures / "training.svg", history)
    return [
        pictures / "training.svg",
        *(path for name, scored in measured.items() for path in plot_scored(pictures, name, scored, temperature)),
    ]


def _checkpoints(config: TransformerConfig, sha256: str, *, resume: bool) -> Path:
    """Return the folder of this run's checkpoints: a fresh one, or what the same recipe left there."""
    folder = Path(f"{config.output}.checkpoints")
    started = folder / "started.json"
    told = json.dumps({"config": config.model_dump(), "dataset_sha256": sha256}, indent=2)
    if resume and folder.exists():
        if not started.is_file() or started.read_text(encoding="utf-8") != told:
            raise ConfigError(f"--resume: {folder} was begun with another recipe or other data; train without --resume")
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    started.write_text(told, encoding="utf-8")
    return folder


def _existing(key: str, path: str) -> Path:
    if not Path(path).exists():
        raise ConfigError(f"{key}: there is no file or folder {path}")
    return Path(path)


def dataset_sha256(articles: list[LabelledArticle]) -> str:
    """Return the hex SHA-256 of articles by content, whatever files they lie in."""
    records = sorted(json.dumps(article_record(article), sort_keys=True) for article in articles)
    return hashlib.sha256("\n".join(records).encode()).hexdigest()
