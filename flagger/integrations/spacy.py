"""flagger in spaCy: the pipeline component ``flagger``, found by spaCy through an entry point.

    nlp = spacy.blank("en")
    nlp.add_pipe("flagger", config={"model": "baseline"})
    doc = nlp("Police said the bridge was closed. It could reopen by June.")

``doc._.flags`` is a tuple of SentenceFlags, one a sentence, with offsets of ``doc.text``; ``span._.flag`` is the flag
of the first sentence that a span touches, or None, whether the span is a sentence or a name in it.

A document keeps plain values, of which the extensions make SentenceFlags: what ``nlp.pipe(n_process=2)`` sends and
``DocBin(store_user_data=True)`` stores must be plain. The component keeps its settings alone: the model is loaded by
the first document, once a process, and ``nlp.to_disk`` stores its name.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from spacy.language import Language
from spacy.tokens import Doc
from spacy.tokens import Span as DocSpan
from spacy.util import minibatch

from flagger import flag_many
from flagger.artifacts import DEFAULT_MODEL, find_model, read_info
from flagger.labels import Label
from flagger.results import Article, SentenceFlag, Span

_KEY = "flagger"  # of the flags in a document's user_data


@dataclass(frozen=True, slots=True)
class FlaggerComponent:
    """Flags documents; what its settings mean says ``make_flagger``."""

    model: str | None
    three_way: bool
    sentences: Literal["spacy", "flagger"]

    def __call__(self, doc: Doc) -> Doc:
        """Flag one document."""
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 128) -> Iterator[Doc]:
        """Flag documents in order, so many at once."""
        for docs in minibatch(stream, batch_size):
            results = flag_many(map(self._article, docs), model=self.model, three_way=self.three_way)
            for doc, result in zip(docs, results, strict=True):
                doc.user_data[_KEY] = [_packed(flag) for flag in result.flags]
                yield doc

    def _article(self, doc: Doc) -> Article:
        if self.sentences == "flagger" or not doc.has_annotation("SENT_START"):
            return Article(doc.text)
        return Article(doc.text, sentences=tuple(_offsets(doc)))


@Language.factory(
    "flagger",
    assigns=["doc._.flags", "span._.flag"],
    default_config={"model": None, "three_way": False, "sentences": "spacy"},
)
def make_flagger(
    nlp: Language, name: str, model: str | None, three_way: bool, sentences: Literal["spacy", "flagger"]
) -> FlaggerComponent:
    """Make the component.

    Args:
        nlp: The pipeline.
        name: The component's name in it.
        model: A shipped model's name or a model folder; None for the default model.
        three_way: Leave no_claim out, so that every sentence carries one of the three flags.
        sentences: Whose sentences are flagged. "spacy": those of ``doc.sents``, or flagger's in a document that has
            none; "flagger": always flagger's.

    Raises:
        ModelError: If the model is missing or damaged.
    """
    read_info(find_model(model or DEFAULT_MODEL))
    Doc.set_extension("flags", getter=_flags_of, force=True)  # also when a second pipeline is made
    DocSpan.set_extension("flag", getter=_flag_of, force=True)
    return FlaggerComponent(model, three_way, sentences)


def _flags_of(doc: Doc) -> tuple[SentenceFlag, ...]:
    return tuple(map(_unpacked, doc.user_data.get(_KEY, ())))


def _flag_of(span: DocSpan) -> SentenceFlag | None:
    flags = span.doc.user_data.get(_KEY, ())
    first = bisect_right(flags, span.start_char, key=lambda flag: flag["end"])
    touched = first < len(flags) and flags[first]["start"] < span.end_char
    return _unpacked(flags[first]) if touched else None


def _offsets(doc: Doc) -> Iterator[tuple[int, int]]:
    """Yield where spaCy's sentences start and end, without white space around them; none of white space alone."""
    text = doc.text
    for sentence in doc.sents:
        if stripped := sentence.text.strip():
            start = text.index(stripped, sentence.start_char)
            yield start, start + len(stripped)


def _packed(flag: SentenceFlag) -> dict[str, Any]:
    return asdict(flag) | {"label": str(flag.label)}


def _unpacked(flag: dict[str, Any]) -> SentenceFlag:
    source = Span(**flag["source"]) if flag["source"] else None
    return SentenceFlag(
        **flag | {"label": Label(flag["label"]), "cues": [Span(**cue) for cue in flag["cues"]], "source": source}
    )
