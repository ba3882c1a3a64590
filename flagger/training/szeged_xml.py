"""XML of the Szeged Uncertainty Corpus and of the CoNLL-2010 shared task, task 1 -> labelled articles.

Both nest ``Annotation``, ``DocumentSet``, ``Document`` (with a ``DocID``), ``DocumentPart`` and ``sentence`` (or
``Sentence``), in which ``ccue`` marks the words that make it uncertain. An article is a document. In the Szeged corpus
a sentence is uncertain where it has a cue; CoNLL-2010 says so in its attribute ``certainty``. Other elements within a
sentence are read as its text.

A document is read at a time and let go. No DTD is fetched, entities are refused, and libxml2 bounds depth and length.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from lxml import etree

from flagger.errors import DatasetError
from flagger.results import Offsets
from flagger.training.dataset import Fault, LabelledSentence, Reading
from flagger.training.imported import Imported, Item, gather

CERTAIN, UNCERTAIN = LABELS = ("certain", "uncertain")

CUE_TYPES = {
    "epistemic": "probable",
    "doxastic": "doxastic",
    "condition": "condition",
    "investigation": "investigation",
}
"""The types of cues as Szarvas et al. 2012 call them, and what the attribute ``type`` has in it."""

Attributes = Mapping[str, str]
IsCue = Callable[[Attributes], bool]
LabelOf = Callable[[Attributes, list[Offsets]], str]


def import_szeged(
    path: Path, split: str, without: Collection[str] = (), documents: Collection[str] | None = None
) -> Imported:
    """Read a file of the Szeged Uncertainty Corpus 2.0.

    Args:
        path: The file.
        split: The articles' split.
        without: Names of CUE_TYPES whose cues do not count.
        documents: Ids of the documents to take; None takes all.

    Raises:
        DatasetError: If the file is not of this format, is faulty, or lacks one of the documents.
    """

    def is_cue(attributes: Attributes) -> bool:
        given = attributes.get("type", "")
        found = [name for name, mark in CUE_TYPES.items() if mark in given]
        if not found:
            raise ValueError(f"a cue's type is {given!r}, expected {', '.join(CUE_TYPES.values())} in it")
        return found[0] not in without

    def label_of(_: Attributes, cues: list[Offsets]) -> str:
        return UNCERTAIN if cues else CERTAIN

    imported = gather(path, _items(path, is_cue, label_of, documents), split)
    if missing := sorted(set(documents or ()) - {article.id for article in imported.articles}):
        raise DatasetError(f"{path}: {len(missing)} of the documents asked for are not in it, first {missing[0]!r}")
    return imported


def import_conll2010(path: Path, split: str) -> Imported:
    """Read a file of CoNLL-2010, task 1, with its labels.

    Raises:
        DatasetError: If the file is not of this format or is faulty.
    """

    def label_of(attributes: Attributes, _: list[Offsets]) -> str:
        found = attributes.get("certainty")
        if found not in LABELS:
            raise ValueError(f"'certainty' is {found!r}, expected one of {', '.join(LABELS)}")
        return found

    return gather(path, _items(path, lambda _: True, label_of), split)


def _items(path: Path, is_cue: IsCue, label_of: LabelOf, documents: Collection[str] | None = None) -> Iterator[Item]:
    for number, document in enumerate(_documents(path), start=1):
        name = (document.findtext("DocID") or "").strip() or f"document-{number}"
        if documents is not None and name not in documents:
            continue
        for index, element in enumerate(document.iter("sentence", "Sentence")):
            try:
                sentence = _sentence(element, is_cue, label_of)
                yield (name, sentence) if sentence else None
            except ValueError as error:
                yield Fault(f"{path}:{element.sourceline}", str(error), name, index)


def _documents(path: Path) -> Iterator[Any]:
    """Yield each Document element; it is emptied when the next is asked for."""
    try:
        with path.open("rb") as handle:
            events = etree.iterparse(
                handle, tag="Document", resolve_entities=False, remove_comments=True, remove_pis=True
            )
            for _, document in events:
                yield document
                document.clear()
    except OSError as error:
        raise DatasetError(f"cannot read {path}: {error.strerror}") from error
    except etree.XMLSyntaxError as error:
        line, what = next(((e.line, e.message) for e in events.error_log), (1, error.msg))
        raise DatasetError(f"{path}:{line}: expected XML of the corpus, found it broken: {what}") from error


def _sentence(element: Any, is_cue: IsCue, label_of: LabelOf) -> LabelledSentence | None:  # noqa: ANN401  # lxml has no types
    """Return a sentence with its outermost cues, without blanks at the edges of either; None if there is no text."""
    text = ""
    begun: list[int] = []  # of the cues that the walk is in, where their text begins
    cues: list[Offsets] = []
    for event, node in etree.iterwalk(element, events=("start", "end")):
        if node.tag is etree.Entity:
            raise ValueError(f"the entity {node.text} has no text here: put its text in its place")
        counts = node.tag == "ccue" and is_cue(node.attrib)
        if event == "start":
            begun += [len(text)] * counts
            text += node.text or ""
        else:
            start = begun.pop() if counts else None
            if start is not None and not begun and text[start:].strip():
                cues.append((len(text) - len(text[start:].lstrip()), start + len(text[start:].rstrip())))
            text += (node.tail or "") if node is not element else ""
    n_leading = len(text) - len(text.lstrip())
    label = label_of(element.attrib, cues)
    cues = [(start - n_leading, end - n_leading) for start, end in cues]
    return LabelledSentence(text.strip(), Reading(label, tuple(cues))) if text.strip() else None
