"""sentences -> logits, cues and sources. A new kind: a module, a row in load_classifier, its name in artifacts."""

from pathlib import Path
from types import ModuleType

import numpy as np

from flagger.artifacts import ModelInfo
from flagger.classifiers.base import Classifier, Prediction, refusing
from flagger.errors import ModelError

__all__ = ["Classifier", "Prediction", "load_classifier"]


def load_classifier(folder: Path, info: ModelInfo, n_threads: int | None = None) -> Classifier:
    """Load the classifier of a model folder whose model.json is ``info``, and try it once.

    Args:
        folder: The model folder.
        info: What its model.json says.
        n_threads: How many threads a transformer may use; None for one a core.

    Raises:
        ModelError: If its files are damaged or unverified, hold types that flagger does not trust, or do not work.
    """
    # Imported here for cost: sklearn and OpenVINO take about a second each and a model needs one of them.
    module: ModuleType
    if info.kind == "baseline":
        from flagger.classifiers import baseline as module
    else:
        from flagger.classifiers import transformer as module
    if unverified := [name for name in module.FILES if name not in info.files]:
        raise ModelError(f"{folder}: model.json has no SHA-256 of {', '.join(unverified)}; train or install it again")
    classifier: Classifier = module.load(folder, info, n_threads)
    with refusing(f"{folder} holds a model that does not work"):
        (prediction,) = classifier.predict([["Rain could fall.", ""]])
    if prediction.logits.shape != (2, len(info.labels)) or not np.isfinite(prediction.logits).all():
        raise ModelError(f"{folder} holds a model that gives no {len(info.labels)} finite logits a sentence")
    return classifier
