"""The scikit-learn baseline: hashed n-grams of words, characters and masked words, TF-IDF, logistic regression.

It reads each sentence alone. Its cues are the words whose n-grams pushed the sentence to its label; its source is
found by the rule in classifiers/attribution.py. The estimator is loaded with skops, which builds no type that it
does not know to be harmless, but for ``mask`` below.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import skops.io
from scipy.sparse import csr_matrix
from sklearn.feature_extraction import FeatureHasher
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.pipeline import Pipeline
from skops.io.exceptions import UntrustedTypesFoundException

from flagger.artifacts import ModelInfo
from flagger.calibration import FloatArray
from flagger.classifiers.attribution import find_source
from flagger.classifiers.base import Prediction
from flagger.errors import ModelError
from flagger.results import Offsets

WEIGHTS_FILE = "classifier.skops"
FILES = (WEIGHTS_FILE,)
TOKEN_PATTERN = r"\w+(?:['’]\w+)*|[^\w\s]"
_TOKEN = re.compile(TOKEN_PATTERN)
_OUR_TYPES = ["flagger.classifiers.baseline.mask"]  # the only name beyond skops's own list that a model may hold
_PREFIX, _SUFFIX = "^ ", " $"  # the n-grams at a sentence's ends differ from the same words inside it
_FOLDED = str.maketrans("‘’“”0123456789", "''\"\"" + "0" * 10)


@dataclass(frozen=True, slots=True)
class BaselineClassifier:
    """A fitted pipeline with two steps, ``features`` and ``logistic``.

    ``features`` is a FeatureUnion whose first member, ``words``, hashes word n-grams to ``n_features`` columns.
    ``cue_floor`` is the least push, in logits, that makes a word a cue.
    """

    pipeline: Pipeline
    cue_floor: float

    def predict(self, documents: Sequence[Sequence[str]]) -> list[Prediction]:
        """Return one Prediction a document, in order; see Classifier.predict."""
        texts = [text for document in documents for text in document]
        logits, pushes = self.explain(texts)
        cues = [find_cues(text, push, self.cue_floor) for text, push in zip(texts, pushes, strict=True)]
        return list(_cut(documents, logits, cues, [find_source(text) for text in texts]))

    def explain(self, texts: Sequence[str]) -> tuple[FloatArray, list[FloatArray]]:
        """Return the sentences' logits, and what each token added to its sentence's highest logit.

        An n-gram's part is shared equally among its tokens; character n-grams are left out.

        Returns:
            Logits of shape (n_sentences, n_labels), and for each sentence an array of shape (n_tokens,) for the
            tokens of ``tokenize(text)``.
        """
        if not texts:
            return np.zeros((0, len(self._coefficients))), []
        features = csr_matrix(self.pipeline["features"].transform([prepare(text) for text in texts]))
        logits = np.asarray(self.pipeline["logistic"].decision_function(features), dtype=np.float64)
        if logits.ndim == 1:
            logits = np.stack([-logits, logits], axis=1) / 2
        tokens = [[token.group() for token in tokenize(text)] for text in texts]
        shortest, longest = self._words.ngram_range
        # One entry an n-gram: its sentence, its first token, its length.
        grams = [
            (row, i, n)
            for row, words in enumerate(tokens)
            for n in range(shortest, longest + 1)
            for i in range(len(words) - n + 1)
        ]
        hasher = FeatureHasher(self._words.n_features, input_type="string", alternate_sign=False)
        columns = hasher.transform([" ".join(tokens[row][i : i + n])] for row, i, n in grams).indices
        rows = np.array([row for row, _, _ in grams])
        # Softmax does not see a constant added to all labels, so a weight means what it is above their mean.
        coefficients = self._coefficients
        weights = coefficients[logits.argmax(axis=1)[rows], columns] - coefficients[:, columns].mean(axis=0)
        parts = np.asarray(features[rows, columns]).ravel() * weights
        pushes = [np.zeros(len(words)) for words in tokens]
        for (row, i, n), part in zip(grams, parts, strict=True):
            pushes[row][i : i + n] += part / n
        return logits, pushes

    @property
    def _coefficients(self) -> FloatArray:
        """Shape (n_labels, n_features)."""
        coefficients: FloatArray = self.pipeline["logistic"].coef_
        # Of two labels scikit-learn keeps one row: how much the second is above the first.
        return coefficients if len(coefficients) > 1 else np.concatenate([-coefficients, coefficients]) / 2

    @property
    def _words(self) -> HashingVectorizer:
        return dict(self.pipeline["features"].transformer_list)["words"]["hash"]


def tokenize(text: str) -> list[re.Match[str]]:
    """Return the tokens of a sentence as its n-grams have them, the marks of both ends among them."""
    return list(_TOKEN.finditer(prepare(text).lower()))


def find_cues(text: str, push: FloatArray, floor: float) -> list[Offsets]:
    """Return the run of words that pushed most above the floor, without the punctuation around it; none if none did.

    Args:
        text: The sentence.
        push: Shape (n_tokens,), in logits, for the tokens of ``tokenize(text)``.
        floor: What a word must add, in logits, to lengthen the run.

    Source: the maximum subarray, Kadane's algorithm (Bentley 1984, Programming Pearls).
    """
    best, best_run = 0.0, (0, 0)
    total, start = 0.0, 0
    for i, gain in enumerate(push - floor):
        if total <= 0:
            total, start = 0.0, i
        total += gain
        if total > best:
            best, best_run = total, (start, i + 1)
    words = [token for token in tokenize(text)[slice(*best_run)] if token.group()[0].isalnum()]
    return [(words[0].start() - len(_PREFIX), words[-1].end() - len(_PREFIX))] if words else []


def prepare(text: str) -> str:
    """Fold digits and quotes and mark both ends of a sentence; every character keeps its place, two to the right."""
    return _PREFIX + text.translate(_FOLDED) + _SUFFIX


def mask(prepared: str) -> str:
    """Return a prepared sentence as words between spaces, with its names and numbers made alike.

    A run of capitalised words becomes ``Xx``, except the sentence's first word, and a number ``0``: what is left is
    the wording that news of any place and time shares.
    """
    words: list[str] = []
    is_first = True
    for word in _TOKEN.findall(prepared):
        if word[0].isupper() and not is_first:
            words += ["Xx"] * (words[-1] != "Xx")
        else:
            words.append("0" if word[0].isdigit() else word.lower())
        is_first = is_first and not word[0].isalnum()
    return " ".join(words)


def load(folder: Path, info: ModelInfo, n_threads: int | None = None) -> BaselineClassifier:
    """Load the baseline of a model folder.

    Raises:
        ModelError: If the file is damaged or holds types that skops does not know to be harmless.
    """
    path = folder / WEIGHTS_FILE
    try:
        state = skops.io.load(path, trusted=_OUR_TYPES)
    except UntrustedTypesFoundException as error:
        raise ModelError(f"{path} holds types that flagger does not trust, so it was not loaded: {error}") from error
    except Exception as error:  # skops raises whatever a damaged archive provokes
        raise ModelError(f"{path} is not a readable skops file: {error}") from error
    if not isinstance(state, dict) or set(state) != {"pipeline", "cue_floor"}:
        raise ModelError(f"{path} holds no flagger baseline; expected a pipeline and a cue_floor")
    if not isinstance(state["pipeline"], Pipeline) or not isinstance(state["cue_floor"], float):
        raise ModelError(f"{path} holds no flagger baseline; expected a scikit-learn pipeline and a number")
    return BaselineClassifier(state["pipeline"], state["cue_floor"])


def _cut(
    documents: Sequence[Sequence[str]],
    logits: FloatArray,
    cues: list[list[Offsets]],
    sources: list[Offsets | None],
) -> Iterator[Prediction]:
    start = 0
    for document in documents:
        part = slice(start, start + len(document))
        yield Prediction(logits[part], cues[part], sources[part])
        start = part.stop
