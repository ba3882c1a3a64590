import json

import pytest

from flagger.artifacts import find_model, read_info, read_metrics, shipped_models
from tests.quality_gate import PINNED, measure, shortfalls

FLOORS = json.loads(PINNED.read_text())


@pytest.mark.parametrize("model", FLOORS)
def test_a_shipped_model_holds_its_floors(model: str) -> None:
    found = measure(model)
    assert shortfalls(found, FLOORS[model]) == []
    folder = find_model(model)
    assert read_info(folder).dataset_sha256 == found["dataset_sha256"], "the model was trained on other data: retrain"
    card = read_metrics(folder)["test"]
    assert card["macro_f1"] == pytest.approx(found["macro_f1"], abs=0.005), "the card tells another figure"


def test_every_shipped_model_has_floors() -> None:
    assert set(FLOORS) == {folder.name for folder in shipped_models()}


def test_the_gate_closes() -> None:
    pinned = {"dataset_sha256": "a", "macro_f1_floor": 0.7, "calibration_error_ceiling": 0.05}
    good = {"dataset_sha256": "a", "macro_f1": 0.7, "calibration_error": 0.05}
    assert shortfalls(good, pinned) == []
    assert len(shortfalls(good | {"macro_f1": 0.69}, pinned)) == 1
    assert len(shortfalls(good | {"calibration_error": 0.06}, pinned)) == 1
    assert len(shortfalls(good | {"dataset_sha256": "b"}, pinned)) == 1
