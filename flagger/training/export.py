"""A fitted classifier -> the files of a model folder, the same bytes for the same model."""

import io
import json
import re
import shutil
import zipfile
from pathlib import Path
from typing import Any

import skops.io

import flagger
from flagger.artifacts import CARD_FILE, CONFIG_FILE, INFO_FILE, METRICS_FILE, ModelInfo, sha256_of
from flagger.classifiers.baseline import WEIGHTS_FILE, BaselineClassifier
from flagger.errors import ConfigError
from flagger.labels import LABELS
from flagger.training.config import TrainConfig

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date that a zip archive can hold


def write_model(
    classifier: BaselineClassifier,
    config: TrainConfig,
    temperature: float,
    dataset_sha256: str,
    metrics: dict[str, Any],
) -> tuple[Path, ModelInfo]:
    """Write a complete model folder (without its card), replacing what a former training left there.

    Raises:
        ConfigError: If the output folder holds something that is not a model, or cannot be written.
    """
    folder = Path(config.output)
    if folder.exists() and not (folder / INFO_FILE).is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError(f"output: {folder} exists and is not a model folder; choose another or remove it")
    try:
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
        (folder / WEIGHTS_FILE).write_bytes(_skops_bytes(classifier))
        _write_json(folder / CONFIG_FILE, config.model_dump())
        _write_json(folder / METRICS_FILE, metrics)
        info = ModelInfo(
            name=config.name,
            kind=config.kind,
            flagger_version=flagger.__version__,
            labels=tuple(LABELS),
            temperature=temperature,
            review_margin=config.decision.review_margin,
            dataset_sha256=dataset_sha256,
            seed=config.seed,
            files={name: sha256_of(folder / name) for name in (WEIGHTS_FILE, CONFIG_FILE, METRICS_FILE)},
        )
        _write_json(folder / INFO_FILE, info.model_dump())
    except OSError as error:
        raise ConfigError(f"output: cannot write {folder}: {error.strerror}") from error
    return folder, info


def write_card(folder: Path, card: str) -> None:
    """Write the model card beside the model."""
    (folder / CARD_FILE).write_text(card, encoding="utf-8")


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _skops_bytes(classifier: BaselineClassifier) -> bytes:
    """Return the skops archive with what varies between runs made constant.

    skops names objects by their memory address, a vectorizer keeps one, and a zip archive dates its members.
    """
    for _, branch in classifier.pipeline["features"].transformer_list:
        vars(branch["hash"]).pop("_stop_words_id", None)  # made anew when it is missed
    state = {"pipeline": classifier.pipeline, "cue_floor": classifier.cue_floor}
    with zipfile.ZipFile(io.BytesIO(skops.io.dumps(state))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    schema = members.pop("schema.json").decode()
    addresses = dict.fromkeys(re.findall(r'"__id__": (\d+)', schema) + [Path(name).stem for name in members])
    number = {address: str(n) for n, address in enumerate(addresses)}
    schema = re.sub(r'(?<="__id__": )\d+', lambda m: number[m.group()], schema)
    schema = re.sub(r'(?<=")\d+(?=\.np[yz]")', lambda m: number[m.group()], schema)
    renamed = {f"{number[Path(name).stem]}{Path(name).suffix}": content for name, content in members.items()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in {"schema.json": schema.encode(), **dict(sorted(renamed.items()))}.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED, 9)
    return buffer.getvalue()
