"""JSON Lines of labelled articles -> LabelledArticle, with every fault named by file, article and sentence.

One article a line: ``id, title, topic, register, country, stratum, split, sentences``. A sentence has ``text, label,
cues, source, paragraph`` and, where it was read a second time, ``second_label, second_cues, second_source`` and
``resolved``; datasets/README.md says what they mean. Offsets are characters of the sentence, end excluded. Labels are
flagger's own unless the caller names others.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from flagger.errors import DatasetError
from flagger.files import whole_file
from flagger.labels import LABELS, Label
from flagger.results import Offsets
from flagger.surrogates import replace_surrogates

SPLITS = ("train", "validation", "test")
STRATA = ("natural", "dense", "contrast")
METADATA = ("title", "topic", "register", "country", "stratum", "split")
_SENTENCE_KEYS = {"text", "label", "cues", "source", "paragraph"}
_SECOND_KEYS = {"second_label", "second_cues", "second_source", "resolved"}
_MAX_TOLD = 10


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reader made of a sentence."""

    label: str
    cues: tuple[Offsets, ...] = ()
    source: Offsets | None = None


@dataclass(frozen=True, slots=True)
class LabelledSentence:
    """A sentence with its final reading and, where there was one, the blind second reading.

    ``resolved`` says that the two readers disagreed and a third reading settled the label; ``first_label`` is then
    what the first reader had said.
    """

    text: str
    final: Reading
    paragraph: int = 0
    second: Reading | None = None
    first_label: str | None = None
    sure: bool = True

    @property
    def resolved(self) -> bool:
        """Whether the final label was settled by a third reading."""
        return self.first_label is not None


@dataclass(frozen=True, slots=True)
class LabelledArticle:
    """An article in which every sentence is labelled. Metadata that a file does not give is empty."""

    id: str
    sentences: tuple[LabelledSentence, ...]
    title: str = ""
    topic: str = ""
    register: str = ""
    country: str = ""
    stratum: str = ""
    split: str = ""

    @property
    def texts(self) -> list[str]:
        """The sentences' texts, in order."""
        return [sentence.text for sentence in self.sentences]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where: ``article`` is an id, ``sentence`` counts from 0."""

    file: str
    message: str
    article: str | None = None
    sentence: int | None = None

    def __str__(self) -> str:
        place = self.file
        if self.article is not None:
            place += f": article {self.article}"
        if self.sentence is not None:
            place += f", sentence {self.sentence}"
        return f"{place}: {self.message}"


def tell_faults(faults: Sequence[Fault]) -> str:
    """Return up to ten faults, a line each, and how many more there are."""
    rest = [f"... and {len(faults) - _MAX_TOLD} more"] if len(faults) > _MAX_TOLD else []
    return "\n".join([*map(str, faults[:_MAX_TOLD]), *rest])


def read_articles(path: Path, split: str | None = None, labels: Sequence[str] = LABELS) -> list[LabelledArticle]:
    """Read labelled articles from a JSON Lines file or all such files of a folder, by name.

    Args:
        path: A file or a folder.
        split: Keep only the articles of this split.
        labels: What sentences may be labelled.

    Raises:
        DatasetError: If there is nothing to read or a record is faulty; up to ten faults are told.
    """
    articles: list[LabelledArticle] = []
    faults: list[Fault] = []
    for item in scan(path, labels=labels):
        if isinstance(item, Fault):
            faults.append(item)
        elif split is None or item[1].split == split:
            articles.append(item[1])
    if faults:
        raise DatasetError(f"{len(faults)} faults in {path}:\n{tell_faults(faults)}")
    if not articles:
        raise DatasetError(f"{path}: no articles" + (f" in the split {split!r}" if split else ""))
    return articles


def scan(
    path: Path, *, complete: bool = False, labels: Sequence[str] = LABELS
) -> Iterator[tuple[str, LabelledArticle] | Fault]:
    """Yield each article with its file's name, or the fault that keeps it from being one.

    Args:
        path: A JSON Lines file or a folder of them.
        complete: Also demand what the project's own dataset must have: all metadata and a paragraph a sentence.
        labels: What sentences may be labelled.

    Raises:
        DatasetError: If the path does not exist or a file cannot be read.
    """
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    if not files:
        raise DatasetError(f"{path}: no .jsonl files in this folder")
    for file in files:
        try:
            lines = file.read_bytes().splitlines()
        except OSError as error:
            raise DatasetError(f"cannot read {file}: {error.strerror}") from error
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield from _parse(line, f"{file}:{number}", complete=complete, labels=labels)


def write_articles(path: Path, articles: Iterable[LabelledArticle]) -> None:
    """Write articles as JSON Lines.

    Raises:
        ConfigError: If the file cannot be written.
    """
    with whole_file(path) as handle:
        for article in articles:
            handle.write(json.dumps(article_record(article), ensure_ascii=False).encode() + b"\n")


def article_record(article: LabelledArticle) -> dict[str, Any]:
    """Return an article as its JSON object: the inverse of reading it."""
    return {
        "id": article.id,
        **{key: getattr(article, key) for key in METADATA},
        "sentences": [_sentence_record(sentence) for sentence in article.sentences],
    }


def _sentence_record(sentence: LabelledSentence) -> dict[str, Any]:
    second = sentence.second
    return {
        "text": sentence.text,
        "label": str(sentence.final.label),
        "cues": [list(cue) for cue in sentence.final.cues],
        "source": list(sentence.final.source) if sentence.final.source else None,
        "paragraph": sentence.paragraph,
        "second_label": str(second.label) if second else None,
        "second_cues": [list(cue) for cue in second.cues] if second else None,
        "second_source": list(second.source) if second and second.source else None,
        "resolved": sentence.resolved,
        "first_label": str(sentence.first_label) if sentence.first_label else None,
        **({} if sentence.sure else {"sure": False}),
    }


def _parse(
    line: bytes, where: str, *, complete: bool, labels: Sequence[str]
) -> Iterator[tuple[str, LabelledArticle] | Fault]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        yield Fault(where, f"not JSON: {error}")
        return
    yield from parse_article(row, where, complete=complete, labels=labels)


def parse_article(
    row: object, where: str, *, complete: bool, labels: Sequence[str] = LABELS
) -> Iterator[tuple[str, LabelledArticle] | Fault]:
    """Yield an article of its JSON object, as scan does, or every fault of it."""
    if not isinstance(row, dict) or not isinstance(row.get("id"), str) or not row["id"]:
        yield Fault(where, "expected an object with a string 'id'")
        return
    faults = [Fault(where, message, row["id"]) for message in _metadata_faults(row, complete=complete)]
    sentences: list[LabelledSentence] = []
    listed = row.get("sentences")
    for index, item in enumerate(listed if isinstance(listed, list) else []):
        try:
            sentences.append(_sentence(item, labels, complete=complete))
        except ValueError as error:
            faults.append(Fault(where, str(error), row["id"], index))
    if faults:
        yield from faults
    else:
        yield where, LabelledArticle(row["id"], tuple(sentences), **{k: row.get(k, "") for k in METADATA})


def _metadata_faults(row: dict[str, Any], *, complete: bool) -> Iterator[str]:
    if not isinstance(row.get("sentences"), list) or not row["sentences"]:
        yield "'sentences' must be a list with at least one sentence"
    for key in METADATA:
        if key in row and not isinstance(row[key], str):
            yield f"{key!r} must be a string, found {type(row[key]).__name__}"
        elif row.get(key, "") != replace_surrogates(row.get(key, "")):
            yield f"{key!r} has half of a surrogate pair"
        elif complete and not row.get(key):
            yield f"{key!r} is missing or empty"
    for key, allowed in (("split", SPLITS), ("stratum", STRATA)):
        if row.get(key, "") not in (*allowed, ""):
            yield f"{key!r} is {row[key]!r}, expected one of {', '.join(allowed)}"
    if complete and (unknown := set(row) - {"id", *METADATA, "sentences"}):
        yield f"unknown fields {sorted(unknown)}"


def _sentence(item: object, labels: Sequence[str], *, complete: bool) -> LabelledSentence:
    if not isinstance(item, dict):
        raise ValueError(f"expected an object, found {type(item).__name__}")
    text = item.get("text")
    if not isinstance(text, str) or not text.strip() or text != replace_surrogates(text):
        raise ValueError("'text' must be a string with something in it, and no half of a surrogate pair")
    if complete:
        if text != text.strip():
            raise ValueError("'text' has white space around it")
        if missing := _SENTENCE_KEYS - set(item):
            raise ValueError(f"missing fields {sorted(missing)}")
        if unknown := set(item) - _SENTENCE_KEYS - _SECOND_KEYS - {"first_label", "sure"}:
            raise ValueError(f"unknown fields {sorted(unknown)}")
    paragraph = item.get("paragraph", 0)
    if not isinstance(paragraph, int) or paragraph < 0:
        raise ValueError(f"'paragraph' must be a count from 0, found {paragraph!r}")
    final = _reading(text, item, "", labels)
    second = _reading(text, item, "second_", labels) if item.get("second_label") is not None else None
    first_label = None if item.get("first_label") is None else _label(item["first_label"], "first_label", labels)
    if bool(item.get("resolved")) != (first_label is not None) or (first_label and not second):
        raise ValueError("'resolved' goes with 'first_label' and a second reading, and none without the other")
    if second and not first_label and second.label != final.label:
        raise ValueError(f"two readers disagree ({final.label}, {second.label}) and nobody settled it")
    return LabelledSentence(text, final, paragraph, second, first_label, bool(item.get("sure", True)))


def _reading(text: str, item: dict[str, Any], prefix: str, labels: Sequence[str]) -> Reading:
    label = _label(item.get(f"{prefix}label"), f"{prefix}label", labels)
    cues = item.get(f"{prefix}cues")
    if cues is not None and not isinstance(cues, list):
        raise ValueError(f"'{prefix}cues' must be a list of [start, end]")
    spans = tuple(_span(text, cue, f"{prefix}cues") for cue in cues or [])
    given = item.get(f"{prefix}source")
    source = None if given is None else _span(text, given, f"{prefix}source")
    if label == Label.NO_CLAIM and (spans or source):
        raise ValueError(f"a {label} sentence carries no spans ('{prefix}cues', '{prefix}source')")
    if any(a[1] > b[0] for a, b in pairwise(sorted(spans))):
        raise ValueError(f"'{prefix}cues' overlap: {sorted(spans)}")
    return Reading(label, tuple(sorted(spans)), source)


def _label(value: object, key: str, labels: Sequence[str]) -> str:
    if value not in labels:
        raise ValueError(f"{key!r} is {value!r}, expected one of {', '.join(labels)}")
    return str(value)


def _span(text: str, value: object, key: str) -> Offsets:
    if (
        not isinstance(value, list)
        or len(value) != 2
        or not all(isinstance(n, int) and not isinstance(n, bool) for n in value)
    ):
        raise ValueError(f"{key!r} must hold [start, end], found {value!r}")
    start, end = value
    if not 0 <= start < end <= len(text):
        raise ValueError(f"{key!r} [{start}, {end}] does not lie in the sentence of {len(text)} characters")
    if text[start:end] != text[start:end].strip():
        raise ValueError(f"{key!r} [{start}, {end}] begins or ends with white space: {text[start:end]!r}")
    return start, end
