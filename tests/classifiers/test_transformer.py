import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flagger.artifacts import find_model, read_info
from flagger.classifiers.transformer import (
    BEGIN,
    INSIDE,
    OUTSIDE,
    Tagged,
    TransformerClassifier,
    find_spans,
    load,
    settled,
)
from flagger.errors import ModelError
from flagger.labels import LABELS
from flagger.training.dataset import read_articles


def _spans(text: str, tags: Sequence[int], offsets: Sequence[tuple[int, int]]) -> list[str]:
    logits = np.full((len(tags), 3), -4.0, dtype=np.float32)
    logits[range(len(tags)), list(tags)] = 4.0
    spans = find_spans(text, offsets, logits)
    assert all(0.9 < sureness <= 1 for sureness, _ in spans)
    return [text[start:end] for _, (start, end) in spans]


TEXT = "It reportedly may fall."
PIECES = [(0, 0), (0, 2), (3, 9), (9, 13), (14, 17), (18, 22), (22, 23), (0, 0)]


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ([OUTSIDE] * 8, []),
        ([0, 0, BEGIN, INSIDE, 0, 0, 0, 0], ["reportedly"]),
        ([0, 0, BEGIN, INSIDE, 0, BEGIN, 0, 0], ["reportedly", "fall"]),
        ([0, 0, BEGIN, INSIDE, BEGIN, 0, 0, 0], ["reportedly may"]),  # side by side: one span
        ([0, 0, BEGIN, INSIDE, INSIDE, 0, 0, 0], ["reportedly may"]),
        ([0, 0, 0, INSIDE, 0, 0, 0, 0], ["reportedly"]),  # inside with nothing begun begins; half a word is the word
        ([0, 0, BEGIN, BEGIN, 0, 0, 0, 0], ["reportedly"]),  # two halves of a word are one span
        ([BEGIN, 0, 0, 0, 0, 0, 0, INSIDE], []),  # special tokens mark nothing
    ],
)
def test_tags_become_spans_of_whole_words(tags: list[int], found: list[str]) -> None:
    assert _spans(TEXT, tags, PIECES) == found


def test_spans_count_from_their_threshold_on() -> None:
    cues, sources = [(0.7, (0, 4)), (0.9, (5, 8))], [(0.6, (0, 2)), (0.8, (9, 12))]
    tagged = Tagged(np.zeros((2, 4)), [(cues, sources), ([], [])])
    assert settled(tagged, {}).cues == [[(0, 4), (5, 8)], []]
    assert settled(tagged, {}).sources == [(9, 12), None]  # the surest
    assert settled(tagged, {"cue": 0.7, "source": 0.8}) == settled(tagged, {})
    strict = settled(tagged, {"cue": 0.75, "source": 0.85})
    assert (strict.cues, strict.sources) == ([[(5, 8)], []], [None, None])


def test_each_document_stands_alone(smoke_model: Path) -> None:
    classifier = load(smoke_model, read_info(smoke_model))
    texts = [
        "It could reopen by June.",
        "",
        "Police said so on Monday, and nobody knew why the bridge had been closed.",
    ]
    together = classifier.predict([texts, [], texts[:1]])
    assert [len(p.cues) for p in together] == [len(p.sources) for p in together] == [3, 0, 1]
    assert [p.logits.shape for p in together] == [(3, len(LABELS)), (0, len(LABELS)), (1, len(LABELS))]
    (alone,) = classifier.predict([texts[:1]])
    assert np.array_equal(alone.logits[0], together[0].logits[0])
    assert np.array_equal(together[2].logits, alone.logits)


@pytest.fixture(scope="module")
def shipped() -> TransformerClassifier:
    folder = find_model("transformer")
    return load(folder, read_info(folder))


SENTENCES = [text for article in read_articles(Path("datasets/articles"), "validation")[:20] for text in article.texts]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.sampled_from(SENTENCES), max_size=40), min_size=1, max_size=4), st.data())
def test_a_sentence_s_result_depends_on_it_alone(
    shipped: TransformerClassifier, documents: list[list[str]], data: st.DataObject
) -> None:
    """Bit for bit, whatever stands in the batch, in whatever order."""
    shuffled = [data.draw(st.permutations(document)) for document in documents]
    first, second = shipped.predict(documents), shipped.predict(shuffled[::-1])[::-1]
    for document, other, one, two in zip(documents, shuffled, first, second, strict=True):
        for i, text in enumerate(document):
            j = other.index(text)
            assert np.array_equal(one.logits[i], two.logits[j])
            assert (one.cues[i], one.sources[i]) == (two.cues[j], two.sources[j])


def test_nothing_of_a_long_sentence_is_cut_off(smoke_model: Path) -> None:
    """The last words of a sentence longer than the model reads move its logits."""
    classifier = load(smoke_model, read_info(smoke_model))
    long = "It may rain and " * 512
    (one, other) = classifier.predict([[long + "stop."], [long + "reportedly, according to nobody, it could hail."]])
    assert not np.array_equal(one.logits, other.logits)
    assert np.isfinite(one.logits).all()


def test_a_model_without_its_window_is_told(smoke_model: Path) -> None:
    info = read_info(smoke_model)
    assert info.window == 512
    with pytest.raises(ModelError, match=r"model\.json has no window"):
        load(smoke_model, info.model_copy(update={"window": None}))


@pytest.mark.parametrize("damaged", ["model.onnx", "tokenizer.json"])
def test_a_damaged_file_is_told(smoke_model: Path, tmp_path: Path, damaged: str) -> None:
    for name in ("model.onnx", "tokenizer.json"):
        (tmp_path / name).write_bytes(b"broken" if name == damaged else (smoke_model / name).read_bytes())
    with pytest.raises(ModelError, match="the transformer cannot be loaded"):
        load(tmp_path, read_info(smoke_model))
    (tmp_path / damaged).unlink()
    with pytest.raises(ModelError, match=f"cannot read .*{damaged}"):
        load(tmp_path, read_info(smoke_model))


_FORK = """
import os, sys
import flagger
flagger.flag("It fell.", model="transformer")
if os.fork():
    sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))
for work in (lambda: flagger.flag("It fell.", model="transformer"), lambda: flagger.Flagger.load("transformer")):
    try:
        work()
    except flagger.ModelError as error:
        os.write(1, f"{error}\\n".encode())
os._exit(0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_fork_of_a_process_with_a_transformer_is_told_and_does_not_hang() -> None:
    result = subprocess.run([sys.executable, "-c", _FORK], capture_output=True, text=True, check=True, timeout=120)
    assert result.stdout.count("cannot work in this process, which was forked") == 2
