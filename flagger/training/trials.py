"""A recipe -> the trials beside the model that ships: the same with other seeds, and on shares of the articles.

A trial is trained and measured like the model itself, and only its figures are kept.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from flagger.training.config import Recipe
from flagger.training.dataset import LabelledArticle


class Trial(NamedTuple):
    """One more training."""

    name: str
    """``seed-14``, ``share-0.25``."""
    config: Recipe
    articles: list[LabelledArticle]
    """To train on."""


def trials_of(config: Recipe, train: Sequence[LabelledArticle]) -> Iterator[Trial]:
    """Yield a recipe's trials, seeds first. Shares are of articles in a random order: a larger one holds a smaller."""
    for seed in range(config.seed + 1, config.seed + config.seeds):
        yield Trial(f"seed-{seed}", config.model_copy(update={"seed": seed}), list(train))
    order = np.random.default_rng(config.seed).permutation(len(train))
    for share in config.shares:
        yield Trial(f"share-{share}", config, [train[i] for i in order[: max(1, round(share * len(train)))]])


def figures(values: dict[str, Any]) -> dict[str, float]:
    """Return what is compared across trials of what evaluate measured on a set: a measure's name -> its value."""
    return {
        **{name: values[name] for name in ("accuracy", "macro_f1", "calibration_error")},
        **{f"{label} F1": of_label["f1"] for label, of_label in values["labels"].items()},
        **{f"{kind} F1": values[f"{kind}s"]["f1"] for kind in ("cue", "source") if f"{kind}s" in values},
        **({"contrast sets": values["contrast_sets"]["right"]} if "contrast_sets" in values else {}),
    }


def over_seeds(values: dict[str, Any]) -> dict[str, list[float]]:
    """Return a measure's name -> its values on a set, the shipped model's first; empty if there was one seed."""
    seeds = [of_trial for name, of_trial in values.get("trials", {}).items() if name.startswith("seed-")]
    return {name: [one[name] for one in (figures(values), *seeds)] for name in figures(values)} if seeds else {}


def over_shares(values: dict[str, Any]) -> list[tuple[float, float]]:
    """Return (share of the articles, macro-F1 on a set), smallest share first; empty if no shares were trained on."""
    prefix = "share-"
    trials = values.get("trials", {}).items()
    shares = [(float(name.removeprefix(prefix)), one["macro_f1"]) for name, one in trials if name.startswith(prefix)]
    return sorted([*shares, (1.0, values["macro_f1"])]) if shares else []
