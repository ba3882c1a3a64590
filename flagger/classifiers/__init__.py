"""sentences -> logits, cues and sources. To add a kind: a module with ``load(folder)`` and a row in load_classifier."""

from pathlib import Path

from flagger.artifacts import ModelInfo
from flagger.classifiers.base import Classifier, Prediction
from flagger.errors import ModelError

__all__ = ["Classifier", "Prediction", "load_classifier"]


def load_classifier(folder: Path, info: ModelInfo) -> Classifier:
    """Load the classifier of a model folder whose model.json is ``info``.

    Raises:
        ModelError: If its files are damaged or hold types that flagger does not trust, or an extra is missing.
    """
    # Imported here for cost: sklearn and OpenVINO take about a second each and a model needs one of them.
    if info.kind == "baseline":
        from flagger.classifiers import baseline

        return baseline.load(folder)
    try:
        from flagger.classifiers import transformer
    except ImportError as error:
        raise ModelError(f"{folder} is a transformer and needs the extra 'train' ({error})") from error
    return transformer.load(folder)
