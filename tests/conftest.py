"""What tests share: a small labelled dataset, a baseline trained on it, and a classifier whose word is written down."""

import importlib.util
import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from flagger.artifacts import ModelInfo
from flagger.classifiers import Prediction
from flagger.labels import LABELS, Label
from flagger.pipeline import Flagger
from flagger.training import dataset
from flagger.training.config import BaselineConfig, TransformerConfig, load_config
from flagger.training.dataset import LabelledArticle
from flagger.training.markup import parse_markup
from flagger.training.run import train

needs_ray = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None and not os.environ.get("CI"),  # in CI it fails instead
    reason="Ray is not installed: pip install -c constraints.txt '.[ray]'",
)

SMALL = """
===
# id: {split}-1
# title: Bridge
# topic: bridge closure
# register: local-paper
# country: PL
# stratum: natural
# split: {split}

n | The bridge
c | <<Police>> said the bridge was closed {day}.
u | The cause is {{{{not yet known}}}} {day}.
e | It {{{{could}}}} reopen by June, {{{{about}}}} a year late {day}.
c | The bridge was built in 1931 {day}.
===
# id: {split}-2
# title: Fire
# topic: fire
# register: local-paper
# country: PL
# stratum: dense
# split: {split}

c | Two men were arrested {day}.
u | A third man {{{{reportedly}}}} fled {day}.
e | The damage is {{{{estimated}}}} at two million {day}.
n | What a dreadful night!
u | <<{{{{A neighbour}}}}>> claimed the owner set the fire {day}.
"""


def small_articles() -> list[LabelledArticle]:
    """Ten sentences a split that differ by their day alone."""
    days = {"train": "on Monday", "validation": "last Tuesday", "test": "this Friday evening"}
    parsed = [item for s, day in days.items() for item in parse_markup(SMALL.format(split=s, day=day), "small")]
    return [item for item in parsed if isinstance(item, LabelledArticle)]


def hedged_articles() -> list[LabelledArticle]:
    """The same sentences under another corpus's labels; those with a hedge keep their spans."""
    hedged = (Label.ESTIMATED, Label.UNVERIFIED)
    return [
        replace(
            article,
            sentences=tuple(
                replace(s, final=replace(s.final, label="uncertain" if s.final.label in hedged else "certain"))
                for s in article.sentences
            ),
        )
        for article in small_articles()
    ]


def write_articles(path: Path, articles: Sequence[LabelledArticle]) -> Path:
    dataset.write_articles(path, articles)
    return path


@pytest.fixture(scope="session")
def small_dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_articles(tmp_path_factory.mktemp("data") / "small.jsonl", small_articles())


def small_config(dataset: Path, output: Path) -> BaselineConfig:
    return BaselineConfig.model_validate(
        {
            "name": "small",
            "kind": "baseline",
            "output": str(output),
            "data": {"articles": str(dataset)},
            "features": {"n_features": 4096},
        }
    )


@pytest.fixture(scope="session")
def small_model(small_dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, _ = train(small_config(small_dataset, tmp_path_factory.mktemp("model") / "small"))
    return folder


def smoke_config(*overrides: str, **training: object) -> TransformerConfig:
    """The recipe of the tiny transformer with overrides, those of ``training`` by name."""
    given = [*overrides, *(f"training.{key}={json.dumps(value)}" for key, value in training.items())]
    config = load_config(Path("configs/smoke.toml"), given)
    assert isinstance(config, TransformerConfig)
    return config


@pytest.fixture(scope="session")
def smoke_model(small_dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("smoke") / "smoke"
    folder, _ = train(smoke_config(f"data.articles={small_dataset}", f"output={output}"))
    return folder


HEDGES = ("certain", "uncertain")
AS_HEDGES = 'data.labels=["certain", "uncertain"]'


@pytest.fixture(scope="session")
def hedged_dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_articles(tmp_path_factory.mktemp("hedged") / "hedged.jsonl", hedged_articles())


@pytest.fixture(scope="session")
def hedged_model(hedged_dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("model") / "hedged"
    small = ["features.n_features=4096", f"data.articles={hedged_dataset}", f"output={output}", AS_HEDGES]
    folder, _ = train(load_config(Path("configs/baseline.toml"), small))
    return folder


class StubClassifier:
    """Says what the test wrote down: one row of logits a known sentence; an unknown one makes no claim."""

    def __init__(self, logits: dict[str, list[float]], cues: dict[str, list[tuple[int, int]]] | None = None) -> None:
        self.logits = logits
        self.cues = cues or {}

    def predict(self, documents: Sequence[Sequence[str]]) -> list[Prediction]:
        return [
            Prediction(
                np.array([self.logits.get(s, [0.0, 0.0, 0.0, 5.0]) for s in d] or np.zeros((0, len(LABELS)))),
                [self.cues.get(s, []) for s in d],
                [(0, 1) if s.startswith("X") else None for s in d],
            )
            for d in documents
        ]


INFO = ModelInfo(
    name="stub",
    kind="baseline",
    flagger_version="0",
    labels=tuple(LABELS),
    temperature=1.0,
    review_margin=0.2,
    dataset_sha256="",
    seed=0,
    files={},
)


def stub_flagger(logits: dict[str, list[float]], cues: dict[str, list[tuple[int, int]]] | None = None) -> Flagger:
    return Flagger(StubClassifier(logits, cues), INFO)
