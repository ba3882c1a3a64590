import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from flagger.artifacts import read_info
from flagger.errors import ConfigError, DatasetError
from flagger.pipeline import Flagger
from flagger.training.fit_calibration import fit_temperature
from flagger.training.run import train
from tests.conftest import small_articles, small_config, smoke_config, write_articles


def test_same_data_and_recipe_same_model_bit_for_bit(small_dataset: Path, small_model: Path, tmp_path: Path) -> None:
    """In another process, where no object lies at the same address."""
    code = (
        "import sys; from pathlib import Path; from flagger.training.run import train\n"
        "from tests.conftest import small_config; train(small_config(Path(sys.argv[1]), Path(sys.argv[2])))"
    )
    again = tmp_path / "again"
    environment = os.environ | {"PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", code, small_dataset, again], check=True, env=environment)
    names = sorted(path.name for path in small_model.iterdir())
    assert names == ["README.md", "classifier.skops", "config.json", "metrics.json", "model.json"]
    for name in ("classifier.skops", "metrics.json", "README.md"):
        assert (again / name).read_bytes() == (small_model / name).read_bytes(), name


def test_the_folder_tells_how_it_was_made(small_model: Path) -> None:
    info = read_info(small_model)
    assert json.loads((small_model / "config.json").read_text())["features"]["n_features"] == 4096
    card = (small_model / "README.md").read_text()
    metrics = json.loads((small_model / "metrics.json").read_text())
    for told in (info.dataset_sha256, str(info.temperature), f"{metrics['test']['macro_f1']:.3f}", "## Limits"):
        assert told in card


def test_an_outside_set_is_measured_and_nothing_else(small_dataset: Path, small_model: Path, tmp_path: Path) -> None:
    outside = write_articles(tmp_path / "outside.jsonl", small_articles()[:1])
    config = small_config(small_dataset, tmp_path / "m").model_copy(update={"outside": {"street": str(outside)}})
    folder, metrics = train(config)
    assert metrics["street"]["n_sentences"] == 5
    assert (folder / "classifier.skops").read_bytes() == (small_model / "classifier.skops").read_bytes()
    assert "--set outside.street=" in (folder / "README.md").read_text()


def test_a_folder_that_is_no_model_is_not_replaced(small_dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").touch()
    with pytest.raises(ConfigError, match="not a model folder"):
        train(small_config(small_dataset, tmp_path))
    assert (tmp_path / "thesis.doc").exists()


def test_a_missing_label_is_told(tmp_path: Path) -> None:
    articles = [a for a in small_articles() if a.id != "train-2"]
    with pytest.raises(DatasetError, match="no articles in the split 'test'"):
        train(small_config(write_articles(tmp_path / "a.jsonl", articles[:3]), tmp_path / "m"))
    without = [a for a in articles if a.split != "train"] + [
        a.__class__(**{**{k: getattr(a, k) for k in a.__slots__}, "sentences": a.sentences[:2]})
        for a in articles
        if a.split == "train"
    ]
    with pytest.raises(DatasetError, match="no sentence labelled estimated, unverified"):
        train(small_config(write_articles(tmp_path / "b.jsonl", without), tmp_path / "m"))


def test_the_temperature_undoes_overconfidence() -> None:
    generator = np.random.default_rng(0)
    logits = generator.normal(size=(2000, 4))
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = np.array([generator.choice(4, p=row) for row in probabilities])
    assert fit_temperature(logits * 3, labels) == pytest.approx(3, rel=0.1)


def test_a_transformer_becomes_a_model_folder_like_any_other(smoke_model: Path) -> None:
    info = read_info(smoke_model)
    assert (info.kind, info.name) == ("transformer", "smoke")
    assert {p.name for p in smoke_model.iterdir()} == {*info.files, "model.json", "README.md", "pictures"}
    card = (smoke_model / "README.md").read_text()
    pictures = {path.name for path in (smoke_model / "pictures").iterdir()}
    assert {"training.svg", "test-confusion.svg", "test-reliability.svg"} < pictures
    assert all(f"](pictures/{name})" in card for name in pictures)
    assert not Path(f"{smoke_model}.checkpoints").exists()
    flags = Flagger.load(smoke_model).flag("Two men were arrested. A third man reportedly fled.")
    assert len(flags) == 2
    assert sum(flags[0].probabilities.values()) == pytest.approx(1)


def test_resuming_another_recipe_is_refused(small_dataset: Path, tmp_path: Path) -> None:
    checkpoints = tmp_path / "m.checkpoints"
    checkpoints.mkdir()
    (checkpoints / "started.json").write_text("{}")
    with pytest.raises(ConfigError, match="was begun with another recipe or other data"):
        train(smoke_config(f"data.articles={small_dataset}", f"output={tmp_path / 'm'}"), resume=True)
