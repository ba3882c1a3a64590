from pathlib import Path

import numpy as np
import pytest
import skops.io
from hypothesis import given
from hypothesis import strategies as st

from flagger.artifacts import read_info
from flagger.calibration import apply_temperature
from flagger.classifiers import load_classifier
from flagger.classifiers.baseline import WEIGHTS_FILE, find_cues, load, mask, prepare, tokenize
from flagger.errors import ModelError
from flagger.labels import LABELS, Label
from tests.conftest import HEDGES, INFO


def test_it_learned_its_sentences(small_model: Path) -> None:
    classifier = load_classifier(small_model, read_info(small_model))
    (prediction,) = classifier.predict([["A third man reportedly fled on Monday.", "What a dreadful night!"]])
    assert [LABELS[i] for i in prediction.logits.argmax(axis=1)] == [Label.UNVERIFIED, Label.NO_CLAIM]


def test_documents_do_not_touch_each_other(small_model: Path) -> None:
    classifier = load(small_model, read_info(small_model))
    texts = ["It could reopen by June.", "", "Police said so on Monday."]
    together = classifier.predict([texts, [], texts[:1]])
    assert [len(p.cues) for p in together] == [3, 0, 1]
    alone = classifier.predict([texts[:1]])[0]
    assert np.array_equal(alone.logits[0], together[0].logits[0])
    assert alone.cues[0] == together[0].cues[0] == together[2].cues[0]


def test_pushes_are_the_words_part_of_the_logit(small_model: Path) -> None:
    """The tokens' pushes add up to what the word features give the winning label above the labels' mean."""
    classifier = load(small_model, read_info(small_model))
    texts = ["It could reopen by June, about a year late.", "A neighbour claimed the owner fled."]
    logits, pushes = classifier.explain(texts)
    words = dict(classifier.pipeline["features"].transformer_list)["words"]
    part = words.transform([prepare(text) for text in texts])
    weights = classifier.pipeline["logistic"].coef_[:, : part.shape[1]]
    scores = part @ (weights - weights.mean(axis=0)).T
    for row, push in enumerate(pushes):
        assert push.sum() == pytest.approx(scores[row, logits[row].argmax()])


def test_of_two_labels_each_has_its_column_and_its_words(hedged_model: Path) -> None:
    """Scikit-learn gives one column for two labels; the probabilities are its own all the same."""
    classifier = load(hedged_model, read_info(hedged_model, any_labels=True))
    texts = ["It could reopen by June, about a year late.", "The bridge was built in 1931."]
    logits, pushes = classifier.explain(texts)
    expected = classifier.pipeline.predict_proba([prepare(text) for text in texts])
    assert apply_temperature(logits, 1.0) == pytest.approx(expected)
    assert [HEDGES[column] for column in logits.argmax(axis=1)] == ["uncertain", "certain"]
    tokens = [token.group() for token in tokenize(texts[0])]
    assert tokens[pushes[0].argmax()] in ("could", "about")
    assert classifier.predict([[]])[0].logits.shape == (0, 2)


@pytest.mark.parametrize(
    ("push", "floor", "found"),
    [
        ([0, 0.1, 0.9, 0.8, 0, 0.1, 0], 0.5, ["could have"]),
        ([0, 0.1, 0.4, 0.1, 0, 0.1, 0], 0.5, []),
        ([0, 0.1, 0.1, 0.1, 0, 0.9, 0], 0.5, []),  # punctuation alone is no cue
        ([0, 0.1, 0.9, 0.4, 0.9, 0.1, 0], 0.5, ["could have ended"]),
    ],
)
def test_the_run_that_pushed_most_is_the_cue(push: list[float], floor: float, found: list[str]) -> None:
    text = "It could have ended."
    assert len(tokenize(text)) == len(push)
    assert [text[a:b] for a, b in find_cues(text, np.array(push), floor)] == found


@given(st.text(max_size=80))
def test_tokens_keep_their_place(text: str) -> None:
    """Folding must not move a character, or cues would slip."""
    assert len(prepare(text)) == len(text) + 4


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Police in Novi Sad held 3 men.", "^ police in Xx held 0 men . $"),
        ("“New York’s mayor didn’t say,” Ann Lee said.", '^ " new Xx mayor didn\'t say , " Xx said . $'),
        ("", "^ $"),
    ],
)
def test_names_and_numbers_are_masked(text: str, masked: str) -> None:
    assert mask(prepare(text)) == masked


class Unknown:
    """A type that skops has no reason to trust."""


def test_types_that_skops_does_not_trust_are_refused(tmp_path: Path) -> None:
    skops.io.dump({"pipeline": Unknown(), "cue_floor": 1.0}, tmp_path / WEIGHTS_FILE)
    with pytest.raises(ModelError, match=r"does not trust.*Unknown"):
        load(tmp_path, INFO)


@pytest.mark.parametrize("content", [b"", b"not an archive", b"PK\x03\x04 broken"])
def test_a_damaged_file_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / WEIGHTS_FILE).write_bytes(content)
    with pytest.raises(ModelError, match="not a readable skops file"):
        load(tmp_path, INFO)


def test_another_skops_file_is_refused(tmp_path: Path) -> None:
    skops.io.dump({"pipeline": 1}, tmp_path / WEIGHTS_FILE)
    with pytest.raises(ModelError, match="no flagger baseline"):
        load(tmp_path, INFO)
