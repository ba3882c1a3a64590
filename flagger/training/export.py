"""A fitted classifier's files -> a model folder, the same bytes for the same model."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import flagger
from flagger.artifacts import CARD_FILE, CONFIG_FILE, INFO_FILE, METRICS_FILE, ModelInfo, sha256_of
from flagger.errors import ConfigError
from flagger.training.config import Recipe, TransformerConfig

STARTED_FILE = "started.json"
"""In the folder of checkpoints: what was begun."""


def output_folder(config: Recipe) -> Path:
    """Return where a recipe's model goes.

    Raises:
        ConfigError: If something lies there, or beside it where training leaves more, that training did not write, or
            what it starts from.
    """
    folder = Path(config.output)
    marks = {folder: INFO_FILE, checkpoints_folder(config): STARTED_FILE}
    if isinstance(config, TransformerConfig):
        for_torch = torch_folder(config)
        marks[for_torch] = "config.json"
        if Path(config.encoder.base).resolve() == for_torch.resolve():
            raise ConfigError(f"output: training would write over encoder.base, {for_torch}; choose another")
    for written, mark in marks.items():
        if written.exists() and not (written / mark).is_file() and (not written.is_dir() or any(written.iterdir())):
            raise ConfigError(f"output: {written} exists and is none of flagger's folders; choose another or remove it")
    return folder


def checkpoints_folder(config: Recipe) -> Path:
    """Return where a recipe's training keeps what it leaves until it ends."""
    return Path(f"{config.output}.checkpoints")


def torch_folder(config: Recipe) -> Path:
    """Return where a transformer is also left for torch."""
    return Path(f"{config.output}.torch")


def write_model(
    folder: Path,
    weights: dict[str, bytes],
    config: Recipe,
    temperature: float,
    dataset_sha256: str,
    metrics: dict[str, Any],
    settings: Mapping[str, Any],
) -> ModelInfo:
    """Write a complete model folder (without its card), replacing what a former training left there.

    Args:
        folder: See output_folder.
        weights: The classifier's own files by name.
        config: The recipe.
        temperature: What calibration found.
        dataset_sha256: Of the labelled articles.
        metrics: What evaluation measured, by set.
        settings: What ModelInfo says of a model of its kind alone.

    Raises:
        ConfigError: If it cannot be written.
    """
    try:
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
        for name, content in weights.items():
            (folder / name).write_bytes(content)
        _write_json(folder / CONFIG_FILE, config.model_dump())
        _write_json(folder / METRICS_FILE, metrics)
        info = ModelInfo(
            name=config.name,
            kind=config.kind,
            flagger_version=flagger.__version__,
            labels=config.data.labels,
            temperature=temperature,
            review_margin=config.decision.review_margin,
            **settings,
            dataset_sha256=dataset_sha256,
            seed=config.seed,
            files={name: sha256_of(folder / name) for name in (*weights, CONFIG_FILE, METRICS_FILE)},
        )
        _write_json(folder / INFO_FILE, info.model_dump())
    except OSError as error:
        raise ConfigError(f"output: cannot write {folder}: {error.strerror}") from error
    return info


def write_card(folder: Path, card: str) -> None:
    """Write the model card beside the model."""
    (folder / CARD_FILE).write_text(card, encoding="utf-8")


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
