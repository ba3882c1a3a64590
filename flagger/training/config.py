"""TOML and overrides -> a frozen, strict configuration. Each default stands here and nowhere else."""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from flagger.errors import ConfigError


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


NgramRange = Annotated[list[Annotated[int, Field(ge=1, le=8)]], Field(min_length=2, max_length=2)]


class DataConfig(_Section):
    """Where the labelled articles lie; paths are relative to the current directory."""

    articles: str = "datasets/articles"


class BaselineFeatures(_Section):
    """The hashed TF-IDF features of the baseline."""

    word_ngrams: NgramRange = [1, 2]
    char_ngrams: NgramRange = [2, 5]
    masked_ngrams: NgramRange = [1, 3]
    """N-grams of words in which names and numbers are made alike."""
    n_features: int = Field(default=2**16, ge=2**8, le=2**22)
    """Hash columns for each of the three."""
    cue_weight: float = Field(default=1.0, ge=0)
    """How much a sentence's cues weigh as a training text of their own; 0 leaves them out, a sentence weighs 1."""


class LogisticConfig(_Section):
    """Multinomial logistic regression."""

    c: float = Field(default=10.0, gt=0)
    """Inverse regularisation strength."""
    balanced: bool = True
    """Weight the labels by their inverse frequency in training."""
    max_iterations: int = Field(default=1000, ge=1)


class DecisionConfig(_Section):
    """How probabilities become a verdict."""

    review_margin: float = Field(default=0.15, ge=0, le=1)
    """A sentence needs review when its two likeliest labels are less than this apart."""


class TrainConfig(_Section):
    """One recipe: what to train, on what, and where to put it."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")
    kind: Literal["baseline"]
    output: str
    seed: int = 13
    data: DataConfig = DataConfig()
    features: BaselineFeatures = BaselineFeatures()
    logistic: LogisticConfig = LogisticConfig()
    decision: DecisionConfig = DecisionConfig()
    outside: dict[str, str] = {}
    """Name -> labelled articles that are only measured on: never trained, calibrated or tuned."""


def load_config(path: Path, overrides: list[str] | None = None) -> TrainConfig:
    """Read a TOML recipe and apply ``section.key=value`` overrides, which beat the file.

    Raises:
        ConfigError: If the file is missing or is not TOML, or a key is unknown or has the wrong type.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not TOML: {error}") from error
    for override in overrides or []:
        _apply(values, override)
    try:
        return TrainConfig.model_validate(values)
    except ValidationError as error:
        faults = [f"  {'.'.join(map(str, e['loc']))}: {_told(e['msg'], e['input'])}" for e in error.errors()]
        raise ConfigError("\n".join([f"{path} does not fit:", *faults])) from error


def _told(message: str, value: object) -> str:
    if message == "Extra inputs are not permitted":
        return "unknown key"
    return f"{message}, found {value!r}" if not isinstance(value, dict) else message


def _apply(values: dict[str, Any], override: str) -> None:
    key, separator, text = override.partition("=")
    parts = key.strip().split(".")
    if not separator or not all(parts):
        raise ConfigError(f"--set {override!r}: expected section.key=value")
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text  # a bare word or a path is a string
    section = values
    for part in parts[:-1]:
        section = section.setdefault(part, {})
        if not isinstance(section, dict):
            raise ConfigError(f"--set {override!r}: {part!r} is not a section")
    section[parts[-1]] = value
