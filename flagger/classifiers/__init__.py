"""sentences -> logits, cues and sources. To add a kind: a module with ``load(folder)`` and a row in load_classifier."""

from pathlib import Path

from flagger.artifacts import ModelInfo
from flagger.classifiers.base import Classifier, Prediction

__all__ = ["Classifier", "Prediction", "load_classifier"]


def load_classifier(folder: Path, info: ModelInfo) -> Classifier:
    """Load the classifier of a model folder whose model.json is ``info``.

    Raises:
        ModelError: If its files are damaged or hold types that flagger does not trust.
    """
    # Imported here for cost: sklearn takes about a second and only this kind of model needs it.
    from flagger.classifiers import baseline

    loaders = {"baseline": baseline.load}
    return loaders[info.kind](folder)
