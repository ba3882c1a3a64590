"""The transformer at run time: tokenizers, OpenVINO, and tags turned into spans. No torch.

It reads each sentence alone. Its folder holds ``tokenizer.json`` and ``model.onnx``, whose input is ``input_ids`` of
shape (n_rows, n_tokens), rows of one length, and whose outputs are ``label_logits`` (n_rows, n_labels) and
``span_logits`` (n_rows, n_tokens, n_span_kinds, n_tags).
"""

import os
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import openvino
from tokenizers import Tokenizer

from flagger.artifacts import ModelInfo, SpanKind
from flagger.calibration import FloatArray
from flagger.classifiers.base import Prediction, refusing
from flagger.errors import ModelError
from flagger.results import Offsets

WEIGHTS_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
FILES = (WEIGHTS_FILE, TOKENIZER_FILE)
SPAN_KINDS: tuple[SpanKind, ...] = ("cue", "source")
TAGS = ("outside", "begin", "inside")  # Ramshaw and Marcus 1995
OUTSIDE, BEGIN, INSIDE = range(len(TAGS))

_BATCH_TOKENS = 2048  # a batch's rows times their length, unless a single row is longer
_BETWEEN = ("", " ", "-", "'", "’")  # what may stand between two parts of one span
# OpenVINO keeps code for each shape that it has met, thousands by default: memory would grow with the run.
_RUNTIME = {"PERFORMANCE_HINT": "THROUGHPUT", "CPU_RUNTIME_CACHE_CAPACITY": "8"}

_first_pid: int | None = None  # of the process in which OpenVINO started its threads

Logits = npt.NDArray[np.float32]
Spans = list[tuple[float, Offsets]]  # how sure, 0 to 1, and where


class Tagged(NamedTuple):
    """The model's word on one article of n sentences, before it is settled which spans it is sure enough of."""

    logits: FloatArray
    """Shape (n, n_labels)."""
    spans: list[tuple[Spans, ...]]
    """One entry a sentence: its spans of each of SPAN_KINDS."""


@dataclass(frozen=True, slots=True)
class Row:
    """What the model reads at once: a sentence or, of one that is too long, a piece."""

    sentence: int
    ids: list[int]
    offsets: list[Offsets]


class TransformerClassifier:
    """A model compiled for this processor, and its tokenizer."""

    def __init__(
        self,
        model: bytes,
        tokenizer: bytes,
        window: int,
        thresholds: Mapping[SpanKind, float] | None = None,
        n_threads: int | None = None,
    ) -> None:
        """Compile a model.

        Args:
            model: Content of ``model.onnx``.
            tokenizer: Content of ``tokenizer.json``.
            window: How many tokens the model reads at once.
            thresholds: See ``settled``.
            n_threads: How many threads may compute; None for one a core.

        Raises:
            ModelError: If either is not what it should be, the model keeps weights in other files, or this process was
                forked from one that had loaded a transformer.
        """
        _refuse_fork()
        if b"location" in model:  # the key that names such a file; OpenVINO would look in the working folder
            raise ModelError("the transformer cannot be loaded: its weights are not all in the model file itself")
        self._window = window
        self.thresholds = thresholds or {}
        with refusing("the transformer cannot be loaded"):
            self._tokenizer = Tokenizer.from_str(tokenizer.decode())
            self._tokenizer.no_padding()
            self._tokenizer.no_truncation()
            core = openvino.Core()
            network = core.read_model(model)
            if max(self._tokenizer.get_vocab().values(), default=0) >= _n_words(network):
                raise ModelError("the transformer cannot be loaded: its tokenizer knows words that the model does not")
            limit = {"INFERENCE_NUM_THREADS": n_threads} if n_threads else {}
            self._n_labels = network.output("label_logits").get_partial_shape()[1].get_length()
            self._model = core.compile_model(network, "CPU", _RUNTIME | limit)
            self._n_requests = int(self._model.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS"))

    def predict(self, documents: Sequence[Sequence[str]]) -> list[Prediction]:
        """Return one Prediction a document, in order; see Classifier.predict."""
        return [settled(tagged, self.thresholds) for tagged in self.tag(documents)]

    def tag(self, documents: Sequence[Sequence[str]]) -> list[Tagged]:
        """Return what ``predict`` settles, one entry a document, in order."""
        _refuse_fork()
        texts = [text for document in documents for text in document]
        rows = list(self._rows(texts))
        label_logits: FloatArray = np.zeros((len(rows), self._n_labels))
        found: tuple[dict[int, Spans], ...] = tuple({} for _ in SPAN_KINDS)  # of the rows that have any
        for batch, of_labels, of_spans in self._infer(rows):
            label_logits[batch] = of_labels
            for position, kind in zip(*(of_spans.argmax(axis=-1) != OUTSIDE).any(axis=1).nonzero(), strict=True):
                row = rows[batch[position]]
                found[kind][batch[position]] = find_spans(texts[row.sentence], row.offsets, of_spans[position, :, kind])
        return list(_gathered(documents, rows, label_logits, found))

    def read(self, texts: Sequence[str]) -> Iterator[tuple[Row, Logits, Logits]]:
        """Yield each row of ``texts`` with the network's own outputs, in an order of its own.

        Their shapes are (n_labels,) and (n_tokens, n_span_kinds, n_tags).
        """
        _refuse_fork()
        rows = list(self._rows(texts))
        for batch, of_labels, of_spans in self._infer(rows):
            yield from zip([rows[i] for i in batch], of_labels.copy(), of_spans.copy(), strict=True)

    def _infer(self, rows: Sequence[Row]) -> Iterator[tuple[list[int], Logits, Logits]]:
        """Yield batches: which rows, and their logits, to be read before the next batch is asked for."""

        def finished() -> tuple[list[int], Logits, Logits]:
            request, batch = running.popleft()
            request.wait()
            idle.append(request)
            return batch, request.get_tensor("label_logits").data, request.get_tensor("span_logits").data

        # Requests by hand, not an AsyncInferQueue: its callbacks need Python's lock on OpenVINO's threads, and taking
        # the queue down while one waits for it never ends.
        idle = [self._model.create_infer_request() for _ in range(self._n_requests)]
        running: deque[tuple[openvino.InferRequest, list[int]]] = deque()
        for batch in _batches(rows):
            if not idle:
                yield finished()
            request = idle.pop()
            request.start_async({"input_ids": np.array([rows[i].ids for i in batch], dtype=np.int64)})
            running.append((request, batch))
        while running:
            yield finished()

    def _rows(self, texts: Sequence[str]) -> Iterator[Row]:
        for sentence, encoding in enumerate(self._tokenizer.encode_batch(texts)):
            ids, offsets = encoding.ids, encoding.offsets
            step = self._window - 2  # the special tokens at both ends stay on every piece
            for start in range(1, max(len(ids) - 1, 2), step):
                piece = slice(start, min(start + step, len(ids) - 1))
                yield Row(sentence, [ids[0], *ids[piece], ids[-1]], [offsets[0], *offsets[piece], offsets[-1]])


def _refuse_fork() -> None:
    """Raise a ModelError in a fork: OpenVINO would wait forever for threads that only the first process has."""
    global _first_pid
    _first_pid = _first_pid or os.getpid()
    if _first_pid != os.getpid():
        raise ModelError(
            "the transformer cannot work in this process, which was forked from one that had loaded a transformer; "
            "start processes with multiprocessing.set_start_method('spawn'), or before a transformer is loaded"
        )


def _n_words(network: openvino.Model) -> int:
    """Return the rows of the largest table that a model looks up: its words. Beyond them OpenVINO reads anything."""
    tables = [op.input(0).get_partial_shape() for op in network.get_ops() if op.get_type_name() == "Gather"]
    return max((table[0].get_length() for table in tables if table.is_static and len(table) == 2), default=0)


def settled(tagged: Tagged, thresholds: Mapping[SpanKind, float]) -> Prediction:
    """Return the spans that the model is sure enough of; of a sentence's sources the surest.

    Args:
        tagged: The model's word on an article.
        thresholds: A kind of SPAN_KINDS -> how sure it must be, 0 to 1; of a kind that is not there any will do.
    """
    of_cue, of_source = (thresholds.get(kind, 0.0) for kind in SPAN_KINDS)
    surest = [max(sources, default=(0.0, None)) for _, sources in tagged.spans]
    return Prediction(
        tagged.logits,
        [[span for sure, span in cues if sure >= of_cue] for cues, _ in tagged.spans],
        [span if sure >= of_source else None for sure, span in surest],
    )


def find_spans(text: str, offsets: Sequence[Offsets], logits: Logits) -> Spans:
    """Return the spans that a sentence's tags mark, in order, grown to whole words.

    Args:
        text: The sentence.
        offsets: Each token's characters, end excluded; an empty range is a special token.
        logits: Shape (n_tokens, n_tags), columns as in TAGS.
    """
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    sureness = exponentials.max(axis=1) / exponentials.sum(axis=1)
    runs: list[list[int]] = []
    open_run = False
    for i, tag in enumerate(logits.argmax(axis=1)):
        if tag == OUTSIDE or offsets[i][0] == offsets[i][1]:
            open_run = False
        elif tag == BEGIN or not open_run:
            runs.append([i])
            open_run = True
        else:
            runs[-1].append(i)
    spans: Spans = []
    for run in runs:
        start, end = _whole_words(text, offsets[run[0]][0], offsets[run[-1]][1])
        sure = float(sureness[run].mean())
        # Two runs may grow into one word; and what stands side by side is one span, whatever the tags say.
        if spans and (start < spans[-1][1][1] or text[spans[-1][1][1] : start] in _BETWEEN):
            (surer, (first, last)) = spans.pop()
            spans.append((max(sure, surer), (first, max(last, end))))
        else:
            spans.append((sure, (start, end)))
    return spans


def _whole_words(text: str, start: int, end: int) -> Offsets:
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return start, end


def load(folder: Path, info: ModelInfo, n_threads: int | None = None) -> TransformerClassifier:
    """Load the transformer of a model folder; of ``n_threads`` TransformerClassifier tells.

    Raises:
        ModelError: If a file is missing or damaged.
    """
    if info.window is None:
        raise ModelError(f"{folder}: model.json has no window; train or install it again")
    try:
        model, tokenizer = ((folder / name).read_bytes() for name in (WEIGHTS_FILE, TOKENIZER_FILE))
    except OSError as error:
        raise ModelError(f"cannot read {error.filename}: {error.strerror}") from error
    return TransformerClassifier(model, tokenizer, info.window, info.thresholds, n_threads)


def _batches(rows: Sequence[Row]) -> Iterator[list[int]]:
    """Yield indices of rows of one length: padding would move a row's last bits with its neighbours' lengths."""
    batch: list[int] = []
    for i in sorted(range(len(rows)), key=lambda i: len(rows[i].ids)):
        length = len(rows[i].ids)
        if batch and (length != len(rows[batch[0]].ids) or length * (len(batch) + 1) > _BATCH_TOKENS):
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


def _gathered(
    documents: Sequence[Sequence[str]],
    rows: Sequence[Row],
    label_logits: FloatArray,
    found: tuple[dict[int, Spans], ...],
) -> Iterator[Tagged]:
    """Put rows back into sentences, and sentences into documents."""
    # Of a sentence in pieces, every token has the same say.
    sentences = np.array([row.sentence for row in rows], dtype=np.intp)
    n_tokens = np.array([len(row.ids) for row in rows], dtype=np.float64)[:, np.newaxis]
    logits = np.zeros((sum(map(len, documents)), label_logits.shape[1]))
    total = np.zeros((len(logits), 1))
    np.add.at(logits, sentences, label_logits * n_tokens)
    np.add.at(total, sentences, n_tokens)
    logits /= total
    spans: list[tuple[Spans, ...]] = [tuple([] for _ in SPAN_KINDS) for _ in logits]
    for kind, of_rows in enumerate(found):
        for i in sorted(of_rows):
            spans[rows[i].sentence][kind].extend(of_rows[i])
    start = 0
    for document in documents:
        of_document = slice(start, start + len(document))
        start += len(document)
        yield Tagged(logits[of_document], spans[of_document])
