"""How well a label can be guessed from what should not tell it: a check against artefacts of writing.

Each guesser is trained on the train split and measured on validation; a dataset without artefacts leaves the ones that
see no wording near the majority. Source of the idea: Gururangan et al. 2018, arXiv:1803.02324.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.pipeline import make_pipeline

from flagger.training.dataset import LabelledArticle, LabelledSentence

_N_FIRST_WORDS = 3
_PUNCTUATION = re.compile(r"[^\w\s]")

Features = dict[str, float]


def _first_words(article: LabelledArticle, sentence: LabelledSentence) -> Features:
    return dict.fromkeys(sentence.text.lower().split()[:_N_FIRST_WORDS], 1.0)


def _length_and_punctuation(article: LabelledArticle, sentence: LabelledSentence) -> Features:
    marks = _PUNCTUATION.findall(sentence.text)
    return {"words": len(sentence.text.split()) / 20, **{mark: float(marks.count(mark)) for mark in set(marks)}}


def _cue_strings(article: LabelledArticle, sentence: LabelledSentence) -> Features:
    return {sentence.text[start:end].lower(): 1.0 for start, end in sentence.final.cues}


def _register(article: LabelledArticle, sentence: LabelledSentence) -> Features:
    return {article.register: 1.0}


def _topic(article: LabelledArticle, sentence: LabelledSentence) -> Features:
    return {article.topic: 1.0}


GUESSERS: dict[str, Callable[[LabelledArticle, LabelledSentence], Features]] = {
    "first three words": _first_words,
    "length and punctuation": _length_and_punctuation,
    "cue strings": _cue_strings,
    "register": _register,
    "topic": _topic,
}


def guess_labels(train: Sequence[LabelledArticle], measured: Sequence[LabelledArticle]) -> dict[str, dict[str, Any]]:
    """Train each guesser and measure it.

    Returns:
        ``majority`` and each name of GUESSERS -> ``accuracy`` and ``macro_f1`` on ``measured``, 0 to 1.
    """
    pairs = [(article, sentence) for article in train for sentence in article.sentences]
    tested = [(article, sentence) for article in measured for sentence in article.sentences]
    labels = [str(sentence.final.label) for _, sentence in pairs]
    wanted = [str(sentence.final.label) for _, sentence in tested]
    majority = DummyClassifier(strategy="most_frequent").fit([[0]] * len(labels), labels)
    found = {"majority": _scores(wanted, list(majority.predict([[0]] * len(wanted))))}
    for name, features in GUESSERS.items():
        model = make_pipeline(DictVectorizer(), LogisticRegression(max_iter=2000))
        model.fit([features(*pair) for pair in pairs], labels)
        found[name] = _scores(wanted, list(model.predict([features(*pair) for pair in tested])))
    return found


def _scores(wanted: list[str], guessed: list[str]) -> dict[str, Any]:
    return {
        "accuracy": round(float(accuracy_score(wanted, guessed)), 4),
        "macro_f1": round(float(f1_score(wanted, guessed, average="macro", zero_division=0)), 4),
    }
