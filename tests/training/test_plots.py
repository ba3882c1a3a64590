from pathlib import Path

import pytest

from flagger.errors import ConfigError
from flagger.labels import LABELS
from flagger.training.evaluation import Epoch, score_articles
from flagger.training.plots import plot_scored, plot_shares, plot_training
from tests.conftest import StubClassifier, small_articles


def test_the_same_measurement_draws_the_same_pictures(tmp_path: Path) -> None:
    scored = score_articles(StubClassifier({}), small_articles())
    first, second = (plot_scored(tmp_path / name, "test", scored, 1.0) for name in ("a", "b"))
    assert [path.name for path in first] == ["test-confusion.svg", "test-reliability.svg"]
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes()
        assert one.read_text(encoding="utf-8").count("<svg") == 1
    assert all(label in first[0].read_text(encoding="utf-8") for label in LABELS)


def test_a_training_curve_shows_each_epoch(tmp_path: Path) -> None:
    plot_training(tmp_path / "new" / "training.svg", [Epoch(1, 0.9, 0.5), Epoch(2, 0.5, 0.7)])
    assert "macro-F1 on validation" in (tmp_path / "new" / "training.svg").read_text(encoding="utf-8")


def test_a_curve_over_the_data_names_each_set_and_share(tmp_path: Path) -> None:
    path = plot_shares(tmp_path / "size.svg", {"test": [(0.25, 0.6), (1.0, 0.8)], "street": [(0.25, 0.5), (1.0, 0.6)]})
    drawn = path.read_text(encoding="utf-8")
    assert all(f">{told}<" in drawn for told in ("test", "street", "0.25", "1"))


def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot write"):
        plot_training(tmp_path / "file" / "training.svg", [Epoch(1, 0.9, 0.5)])
