"""The floors that a shipped model must hold on the test split, pinned in quality.json with the dataset's hash.

python -m tests.quality_gate                      measure and compare
python -m tests.quality_gate --update             pin what is measured, less a small allowance
python -m tests.quality_gate --update --allow-regression
                                                  the same, even where a floor sinks
"""

import argparse
import json
from pathlib import Path
from typing import Any

from flagger.artifacts import find_model, read_info, shipped_models
from flagger.classifiers import load_classifier
from flagger.training.dataset import read_articles
from flagger.training.evaluation import evaluate, score_articles
from flagger.training.run import dataset_sha256

ARTICLES = Path("datasets/articles")
PINNED = Path(__file__).with_name("quality.json")
ALLOWANCE = 0.005  # what another processor or library build may change


def measure(model: str) -> dict[str, Any]:
    folder = find_model(model)
    info = read_info(folder)
    articles = read_articles(ARTICLES)
    test = [article for article in articles if article.split == "test"]
    metrics = evaluate(score_articles(load_classifier(folder, info), test), info.temperature)
    return {
        "dataset_sha256": dataset_sha256(articles),
        "macro_f1": metrics["macro_f1"],
        "calibration_error": metrics["calibration_error"],
    }


def shortfalls(found: dict[str, Any], pinned: dict[str, Any]) -> list[str]:
    """Say where ``found`` is worse than ``pinned`` allows, or was measured on other data."""
    told = regressions(found, pinned)
    if found["dataset_sha256"] != pinned["dataset_sha256"]:
        told.append("the dataset has changed: retrain, then python -m tests.quality_gate --update")
    return told


def regressions(found: dict[str, Any], pinned: dict[str, Any]) -> list[str]:
    told = []
    if found["macro_f1"] < pinned["macro_f1_floor"]:
        told.append(f"macro-F1 {found['macro_f1']} is below its floor {pinned['macro_f1_floor']}")
    if found["calibration_error"] > pinned["calibration_error_ceiling"]:
        told.append(f"calibration error {found['calibration_error']} is above {pinned['calibration_error_ceiling']}")
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--allow-regression", action="store_true")
    arguments = parser.parse_args()
    pinned = json.loads(PINNED.read_text()) if PINNED.exists() else {}
    for model in [folder.name for folder in shipped_models()]:
        found = measure(model)
        worse = regressions(found, pinned[model]) if model in pinned else []
        print(model, found, *worse, sep="\n  ")  # noqa: T201
        if arguments.update:
            if worse and not arguments.allow_regression:
                raise SystemExit("a floor would sink: say --allow-regression if that is meant")
            pinned[model] = {
                "dataset_sha256": found["dataset_sha256"],
                "macro_f1_floor": round(found["macro_f1"] - ALLOWANCE, 4),
                "calibration_error_ceiling": round(found["calibration_error"] + ALLOWANCE, 4),
            }
    if arguments.update:
        PINNED.write_text(json.dumps(pinned, indent=2) + "\n")


if __name__ == "__main__":
    main()
