"""sentences -> logits, cues and sources. To add a kind: a module with ``load(folder)`` and a row in load_classifier."""

from pathlib import Path

from flagger.artifacts import ModelInfo
from flagger.classifiers.base import Classifier, Prediction

__all__ = ["Classifier", "Prediction", "load_classifier"]


def load_classifier(folder: Path, info: ModelInfo, n_threads: int | None = None) -> Classifier:
    """Load the classifier of a model folder whose model.json is ``info``.

    Args:
        folder: The model folder.
        info: What its model.json says.
        n_threads: How many threads a transformer may use; None for one a core. The baseline uses one.

    Raises:
        ModelError: If its files are damaged or hold types that flagger does not trust.
    """
    # Imported here for cost: sklearn and OpenVINO take about a second each and a model needs one of them.
    if info.kind == "baseline":
        from flagger.classifiers import baseline

        return baseline.load(folder)
    from flagger.classifiers import transformer

    return transformer.load(folder, n_threads)
