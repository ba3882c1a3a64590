"""config -> dataset -> fit -> export -> calibrate -> evaluate -> model folder: the order of training.

What is calibrated and measured is the exported model: the one that ships.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from flagger.classifiers import Classifier, baseline
from flagger.errors import ConfigError, DatasetError, writing
from flagger.files import whole_file
from flagger.labels import LABELS
from flagger.training.config import BaselineConfig, Recipe, TransformerConfig
from flagger.training.dataset import SPLITS, LabelledArticle, article_record, read_articles
from flagger.training.distillation import teachers_of
from flagger.training.evaluation import Epoch, Scored, agreement_of, evaluate, score_articles
from flagger.training.export import (
    STARTED_FILE,
    checkpoints_folder,
    output_folder,
    torch_folder,
    write_card,
    write_model,
)
from flagger.training.export_baseline import export_skops
from flagger.training.fit_baseline import fit_baseline
from flagger.training.fit_calibration import fit_temperature
from flagger.training.mistakes import count_mistakes, marker_words
from flagger.training.model_card import render_card
from flagger.training.trials import Trial, figures, over_shares, trials_of

PICTURES = "pictures"  # the folder of a model's pictures, inside its own

Splits = dict[str, list[LabelledArticle]]
Report = Callable[[str], None]


class Trained(NamedTuple):
    """The exported model, its files, how training went, and how the export agrees with what was trained."""

    classifier: Classifier
    weights: dict[str, bytes]
    settings: dict[str, Any]
    """What ModelInfo says of a model of its kind alone."""
    history: Sequence[Epoch] = ()
    agreement: dict[str, float] | None = None


def train(
    config: Recipe,
    report: Report = lambda message: None,
    *,
    resume: bool = False,
) -> tuple[Path, dict[str, Any]]:
    """Train, calibrate, evaluate and package one model, after the trials that its recipe asks for.

    Args:
        config: The recipe.
        report: Called with one line a step.
        resume: Go on where the same recipe's training was cut off: at the last checkpoint, after the last trial.

    Returns:
        The model folder and its metrics: a name of a split or an outside set -> what evaluation measured.

    Raises:
        ConfigError: If a path in the recipe leads nowhere or the output folder cannot be used.
        DatasetError: If the data is faulty.
        ModelError: If a teacher is missing or damaged.
    """
    splits, outside = read_data(config)
    folder = output_folder(config)
    sha256 = dataset_sha256([article for part in splits.values() for article in part])
    checkpoints = _checkpoints(config, sha256, resume=resume)
    trials = {
        trial.name: _try(trial, splits, outside, checkpoints, report) for trial in trials_of(config, splits["train"])
    }
    trained = _fit(splits, config, checkpoints / "model", report, for_torch=torch_folder(config))
    scored, temperature, metrics = _measure(trained, splits, outside, config)
    for name, values in metrics.items():
        report(f"{name}: macro-F1 {values['macro_f1']:.3f}, accuracy {values['accuracy']:.3f}")
        if trials:
            values["trials"] = {trial: by_set[name] for trial, by_set in trials.items()}
    if trained.agreement:
        metrics["validation"]["export"] = trained.agreement
    if config.data.labels == LABELS:  # the kinds are about flagger's own
        markers = marker_words([sentence for article in splits["train"] for sentence in article.sentences])
        for name, of_set in scored.items():
            metrics[name]["mistakes"] = count_mistakes(of_set.sentences, of_set.said, markers)
    info = write_model(folder, trained.weights, config, temperature, sha256, metrics, trained.settings)
    shutil.rmtree(checkpoints)  # only now: what fails before must not cost the training
    pictures = (
        _draw(folder, scored, temperature, metrics, trained.history) if isinstance(config, TransformerConfig) else []
    )
    write_card(folder, render_card(info, config, splits, metrics, pictures))
    report(f"wrote {folder}")
    return folder, metrics


def read_data(config: Recipe) -> tuple[Splits, Splits]:
    """Read what a recipe names: the splits of its articles, and its outside sets.

    Raises:
        ConfigError: If a path leads nowhere, the favoured label is none, or a teacher tells other labels apart.
        DatasetError: If the data is faulty, or the train split or a share of it lacks one of the labels.
        ModelError: If a teacher is missing or damaged.
    """
    if isinstance(config, TransformerConfig) and config.distillation:
        teachers_of(config.distillation, config.data.labels)
    data = _existing("data.articles", config.data.articles)
    labels, favoured = config.data.labels, config.decision.favoured
    if favoured and favoured not in labels:
        raise ConfigError(f"decision.favoured: expected one of {', '.join(labels)}, found {favoured!r}")
    if config.decision.incomplete and not favoured:
        raise ConfigError("decision.incomplete: says something of decision.favoured, which is not set")
    splits = {split: read_articles(data, split, labels) for split in SPLITS}
    to_train_on = {"the training split": splits["train"]}
    to_train_on |= {f"trial {trial.name}": trial.articles for trial in trials_of(config, splits["train"])}
    for name, articles in to_train_on.items():
        found = {sentence.final.label for article in articles for sentence in article.sentences}
        if missing := [label for label in labels if label not in found]:
            raise DatasetError(f"{name} has no sentence labelled {', '.join(missing)}")
    outside = {
        name: read_articles(_existing(f"outside.{name}", path), labels=labels) for name, path in config.outside.items()
    }
    return splits, outside


def _try(
    trial: Trial, splits: Splits, outside: Splits, checkpoints: Path, report: Report
) -> dict[str, dict[str, float]]:
    """Train and measure a trial, unless a run that was cut off has: the name of a set -> its figures."""
    kept = checkpoints / f"{trial.name}.json"
    if not kept.is_file():
        trained = _fit(
            {**splits, "train": trial.articles},
            trial.config,
            checkpoints / trial.name,
            lambda message: report(f"{trial.name}: {message}"),
        )
        *_, metrics = _measure(trained, splits, outside, trial.config)
        with whole_file(kept) as file:
            file.write(json.dumps({name: figures(values) for name, values in metrics.items()}).encode())
    by_set: dict[str, dict[str, float]] = json.loads(kept.read_text(encoding="utf-8"))
    for name, measures in by_set.items():
        report(f"{trial.name}: {name}: macro-F1 {measures['macro_f1']:.3f}, accuracy {measures['accuracy']:.3f}")
    return by_set


def _fit(
    splits: Splits, config: Recipe, checkpoints: Path, report: Report, *, for_torch: Path | None = None
) -> Trained:
    """Fit on the train split and export; ``for_torch`` is where a transformer is also left for torch."""
    n_sentences = sum(len(article.sentences) for article in splits["train"])
    report(f"fitting on {len(splits['train'])} articles, {n_sentences} sentences")
    if isinstance(config, BaselineConfig):
        fitted = fit_baseline(splits["train"], splits["validation"], config)
        return Trained(fitted, {baseline.WEIGHTS_FILE: export_skops(fitted)}, {})
    # Imported here because they need the extra "train", which the baseline does without.
    try:
        from flagger.classifiers import transformer
        from flagger.training.export_transformer import export_onnx
        from flagger.training.fit_thresholds import fit_thresholds
        from flagger.training.fit_transformer import fit_transformer, shift_labels
        from flagger.training.pretrained import save_for_torch, window_of
    except ImportError as error:
        raise ConfigError(
            f"kind 'transformer' needs the extra 'train': pip install 'flagger[train]' ({error})"
        ) from error
    validation = splits["validation"]
    model, tokenizer, history = fit_transformer(
        splits["train"], validation, config, checkpoints=checkpoints, report=report
    )
    shifts, logits = shift_labels(model, tokenizer, validation, config)
    report(f"the labels' logits shifted by {', '.join(f'{shift:.2f}' for shift in shifts)}")
    if for_torch:
        save_for_torch(model, tokenizer, config.data.labels, for_torch)
    report("exporting to ONNX")
    onnx, tokens = export_onnx(model), tokenizer.to_str().encode()
    window = window_of(model)
    classifier = transformer.TransformerClassifier(onnx, tokens, window)
    tagged = classifier.tag([article.texts for article in validation])
    exported = np.concatenate([of_article.logits for of_article in tagged])
    agreement = agreement_of(logits, exported)
    report(f"export beside the trained model, on validation: {agreement}")
    classifier.thresholds = fit_thresholds(tagged, validation, config.data.labels)
    report(f"a span counts from this sureness on: {classifier.thresholds}")
    weights = {transformer.WEIGHTS_FILE: onnx, transformer.TOKENIZER_FILE: tokens}
    settings = {"window": window, "thresholds": classifier.thresholds}
    return Trained(classifier, weights, settings, history, agreement)


def _measure(
    trained: Trained, splits: Splits, outside: Splits, config: Recipe
) -> tuple[dict[str, Scored], float, dict[str, dict[str, Any]]]:
    """Return, by the name of a set, what the model says, and what evaluation makes of that at its temperature."""
    sets = {"validation": splits["validation"], "test": splits["test"], **outside}
    scored = {name: score_articles(trained.classifier, articles, config.data.labels) for name, articles in sets.items()}
    temperature = fit_temperature(scored["validation"].logits, scored["validation"].wanted)
    return scored, temperature, {name: evaluate(of_set, temperature) for name, of_set in scored.items()}


def _draw(
    folder: Path,
    scored: dict[str, Scored],
    temperature: float,
    metrics: dict[str, dict[str, Any]],
    history: Sequence[Epoch],
) -> list[Path]:
    """Draw how training went and how each set was measured; the extra "train" has what this needs."""
    from flagger.training.plots import plot_scored, plot_shares, plot_training

    pictures = folder / PICTURES
    paths = [plot_training(pictures / "training.svg", history)]
    if curves := {name: curve for name, values in metrics.items() if (curve := over_shares(values))}:
        paths.append(plot_shares(pictures / "training-size.svg", curves))
    return [
        *paths,
        *(path for name, of_set in scored.items() for path in plot_scored(pictures, name, of_set, temperature)),
    ]


def _checkpoints(config: Recipe, sha256: str, *, resume: bool) -> Path:
    """Return the folder of what this run leaves until it ends: a fresh one, or what the same recipe left there."""
    folder = checkpoints_folder(config)
    started = folder / STARTED_FILE
    told = json.dumps({"config": config.model_dump(), "dataset_sha256": sha256}, indent=2)
    if resume and folder.exists():
        if not started.is_file() or started.read_text(encoding="utf-8") != told:
            raise ConfigError(f"--resume: {folder} was begun with another recipe or other data; train without --resume")
        return folder
    with writing(folder):
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
