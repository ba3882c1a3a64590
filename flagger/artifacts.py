"""The model folder: names, hashes, read, write, find.

A model is a folder and nothing about it lives in code:

    model.json       ModelInfo: kind, label order, temperature, thresholds, sha256 of the files that are not for people
    config.json      the resolved training configuration
    metrics.json     what evaluation measured
    README.md        the model card, and its pictures/
    ...              the classifier's own files (baseline: classifier.skops; transformer: model.onnx, tokenizer.json)

Shipped models lie in the package (``flagger/_models/NAME``); a checkout keeps them in ``models/NAME``.
"""

import hashlib
import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from flagger.errors import ModelError
from flagger.labels import LABELS

DEFAULT_MODEL = "transformer"
INFO_FILE = "model.json"
CONFIG_FILE = "config.json"
METRICS_FILE = "metrics.json"
CARD_FILE = "README.md"

_PACKAGE = Path(__file__).parent
# An editable install does not see the wheel's _models, so the checkout's folder is looked at second.
_MODEL_ROOTS = (_PACKAGE / "_models", _PACKAGE.parent / "models")
_MEASURES = ("accuracy", "macro_f1", "calibration_error", "cues", "sources")  # stand beside labels in metrics.json


def _distinct(names: tuple[str, ...]) -> tuple[str, ...]:
    if len({*names, *_MEASURES}) < len(names) + len(_MEASURES):
        raise ValueError(f"expected different labels, none of them called {', '.join(_MEASURES)}")
    return names


LabelNames = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=100)], ...],
    Field(min_length=2, max_length=100, strict=False),  # not strict: TOML and JSON have lists
    AfterValidator(_distinct),
]
"""The labels that a model tells apart, in the order of its columns: flagger's own or another corpus's."""


SpanKind = Literal["cue", "source"]
"""What a transformer marks in a sentence besides its label."""


class ModelInfo(BaseModel):
    """The content of model.json: what scoring must know besides the weights."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format_version: Literal[1] = 1
    name: str
    kind: Literal["baseline", "transformer"]
    flagger_version: str
    labels: LabelNames
    temperature: float = Field(gt=0, allow_inf_nan=False)
    review_margin: float = Field(ge=0, le=1)
    window: int | None = Field(default=None, ge=8, exclude_if=lambda window: window is None)
    """How many tokens a transformer reads at once; it reads a longer sentence in pieces."""
    thresholds: dict[SpanKind, Annotated[float, Field(ge=0, le=1)]] = Field(
        default={}, exclude_if=lambda thresholds: not thresholds
    )
    """How sure a transformer must be of a span's tags, on average over its tokens, for the span to count."""
    dataset_sha256: str
    seed: int
    files: dict[str, str]

    @property
    def version(self) -> str:
        """Name and a digest of the model's files: what a record's ``model`` column says."""
        digest = hashlib.sha256(self.model_dump_json().encode()).hexdigest()
        return f"{self.name}@{digest[:8]}"


def sha256_of(path: Path) -> str:
    """Return the hex SHA-256 of a file's bytes."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def find_model(name: str | Path) -> Path:
    """Turn a model's name or path into its folder.

    A name without a separator is looked for among the shipped models first, then as a path.

    Raises:
        ModelError: If there is no such folder or it holds no model.json.
    """
    candidates = [root / name for root in _MODEL_ROOTS] if len(Path(name).parts) == 1 else []
    for folder in (*candidates, Path(name)):
        if (folder / INFO_FILE).is_file():
            return folder
    known = ", ".join(folder.name for folder in shipped_models()) or "none"
    raise ModelError(
        f"no model at {str(name)!r}: expected a folder with {INFO_FILE} or one of the shipped models ({known})"
    )


def shipped_models() -> list[Path]:
    """Return the folders of the models that came with flagger, by name, each name once."""
    found: dict[str, Path] = {}
    for root in _MODEL_ROOTS:
        for info in sorted(root.glob(f"*/{INFO_FILE}")):
            found.setdefault(info.parent.name, info.parent)
    return [found[name] for name in sorted(found)]


def read_info(folder: Path, *, any_labels: bool = False) -> ModelInfo:
    """Read model.json and verify the hash of every file that it names.

    Args:
        folder: The model folder.
        any_labels: Take a model of other labels than flagger's too, which cannot score articles.

    Raises:
        ModelError: If a file is missing, damaged or does not fit this version of flagger.
    """
    path = folder / INFO_FILE
    try:
        info = ModelInfo.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ModelError(f"cannot read {path}: {error.strerror}") from error
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'content'}: {e['msg']}" for e in error.errors())
        raise ModelError(f"{path} does not describe a model: {faults}") from error
    if info.labels != LABELS and not any_labels:
        raise ModelError(
            f"{folder}: this model labels sentences {', '.join(info.labels)}, scoring needs {', '.join(LABELS)}; "
            "flagger evaluate measures it on articles with its labels"
        )
    for name, expected in info.files.items():
        file = folder / name
        try:
            found = sha256_of(file) if Path(name).name == name else None
        except (OSError, ValueError):  # ValueError: a NUL or a lone surrogate in the name
            found = None
        if found is None:
            raise ModelError(
                f"{folder}: {name!r} is named in {INFO_FILE} but missing; install or train the model again"
            )
        if found != expected:
            raise ModelError(
                f"{file} is not the file that {INFO_FILE} describes (SHA-256 differs); train or install it again"
            )
    return info


def read_metrics(folder: Path) -> dict[str, Any]:
    """Return the content of metrics.json, empty when the folder has none.

    Raises:
        ModelError: If it is no JSON object.
    """
    path = folder / METRICS_FILE
    try:
        return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}
    except (ValueError, TypeError, RecursionError) as error:
        raise ModelError(f"{path} is not a JSON object: {error}") from error
