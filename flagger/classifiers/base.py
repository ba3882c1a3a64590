"""What a classifier promises to the pipeline."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from flagger.calibration import FloatArray
from flagger.errors import ModelError
from flagger.results import Offsets


@dataclass(frozen=True, slots=True)
class Prediction:
    """A classifier's word on one article of n sentences.

    ``logits`` has shape (n, n_labels), columns in the order of the model's labels. ``cues`` and ``sources`` have one
    entry a sentence; their offsets are characters of that sentence, end excluded.
    """

    logits: FloatArray
    cues: list[list[Offsets]]
    sources: list[Offsets | None]


class Classifier(Protocol):
    """Classifies sentences in their articles."""

    def predict(self, documents: Sequence[Sequence[str]]) -> list[Prediction]:
        """Return one Prediction a document, in order.

        Args:
            documents: The sentences of each article, in order. A document's Prediction depends on that document
                alone, never on its neighbours in the call.
        """
        ...


@contextmanager
def refusing(what: str) -> Iterator[None]:
    """Tell whatever a model from elsewhere provokes in a library as a ModelError that begins with ``what``."""
    try:
        yield
    except (ModelError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of a library in Rust is no Exception
        raise ModelError(f"{what}: {error!r}") from error
