"""Articles in an inline markup -> labelled articles with offsets, so that nobody counts characters.

    ===
    # id: lodz-fire
    # title: Two held after warehouse blaze
    # topic: fire
    # register: local-paper
    # country: PL
    # stratum: natural
    # split: train

    c | Two held after warehouse blaze

    c | <<Police in Lodz>> said on Tuesday they had detained two men.
    e | Firefighters needed {{about}} nine hours to put it out.
    n | "It stank for days.

``===`` starts an article, ``# key: value`` gives its metadata. Then one sentence a line: the first letter of its label,
a bar, the text; a blank line starts a paragraph. ``{{...}}`` marks a cue, ``<<...>>`` the source; marks may nest.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from flagger.errors import DatasetError
from flagger.labels import LABELS, Label
from flagger.training.dataset import (
    METADATA,
    Fault,
    LabelledArticle,
    LabelledSentence,
    Offsets,
    Reading,
    article_record,
)

_LETTERS = {label[0]: label for label in LABELS}
_SENTENCE = re.compile(r"([a-z])\s*\|\s*(\S.*)")
_HEADER = re.compile(r"# (\w+): (.*)")
_MARK = re.compile(r"\{\{|\}\}|<<|>>")
_CLOSES = {"}}": "{{", ">>": "<<"}


def compile_files(files: list[Path], output: Path) -> int:
    """Compile files of marked-up articles to JSON Lines; return the number of articles.

    Raises:
        DatasetError: If a file cannot be read or a line is faulty; every fault is named and nothing is written.
    """
    articles: list[LabelledArticle] = []
    faults: list[Fault] = []
    for file in files:
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise DatasetError(f"cannot read {file}: {error}") from error
        for item in parse_markup(text, str(file)):
            if isinstance(item, Fault):
                faults.append(item)
            else:
                articles.append(item)
    if faults:
        raise DatasetError("\n".join(map(str, faults)))
    lines = (json.dumps(article_record(article), ensure_ascii=False) + "\n" for article in articles)
    output.write_text("".join(lines), encoding="utf-8")
    return len(articles)


def parse_markup(text: str, name: str) -> Iterator[LabelledArticle | Fault]:
    """Yield each article of a marked-up text, and a fault for each line that is none of its parts.

    Args:
        text: The marked-up text.
        name: What faults call it.
    """
    number = 0
    for part in re.split(r"^===\s*$", text, flags=re.MULTILINE):
        header: dict[str, str] = {}
        sentences: list[LabelledSentence] = []
        paragraph = -1
        starts_paragraph = True
        for line in part.split("\n"):
            number += 1
            line = line.strip()
            try:
                if not line:
                    starts_paragraph = True
                elif not sentences and (match := _HEADER.fullmatch(line)):
                    if match[1] not in ("id", *METADATA):
                        raise ValueError(f"unknown header {match[1]!r}")
                    header[match[1]] = match[2].strip()
                else:
                    paragraph += starts_paragraph
                    starts_paragraph = False
                    sentences.append(_sentence(line, paragraph))
            except ValueError as error:
                yield Fault(f"{name}:{number}", str(error), header.get("id"))
        number -= 1  # the separator shares its line with the end of the part before
        if not header and not sentences:
            continue
        if "id" not in header or not sentences:
            yield Fault(f"{name}:{number}", "an article needs an id and a sentence", header.get("id"))
            continue
        yield LabelledArticle(sentences=tuple(sentences), **header)


def _sentence(line: str, paragraph: int) -> LabelledSentence:
    match = _SENTENCE.fullmatch(line)
    if not match or match[1] not in _LETTERS:
        raise ValueError(f"expected one of {', '.join(_LETTERS)}, a bar and a sentence, found {line[:60]!r}")
    label = _LETTERS[match[1]]
    text, cues, sources = _unmark(match[2])
    if len(sources) > 1:
        raise ValueError("more than one source is marked")
    if label is Label.NO_CLAIM and (cues or sources):
        raise ValueError(f"a {label} sentence carries no marks")
    return LabelledSentence(text, Reading(label, tuple(sorted(cues)), sources[0] if sources else None), paragraph)


def _unmark(marked: str) -> tuple[str, list[Offsets], list[Offsets]]:
    """Return the text without its marks, the cues and the sources."""
    text = ""
    position = 0
    opened: list[tuple[str, int]] = []
    spans: dict[str, list[Offsets]] = {"{{": [], "<<": []}
    for mark in _MARK.finditer(marked):
        text += marked[position : mark.start()]
        position = mark.end()
        if mark.group() in spans:
            opened.append((mark.group(), len(text)))
        elif not opened or opened[-1][0] != _CLOSES[mark.group()]:
            raise ValueError(f"{mark.group()} closes nothing")
        else:
            kind, start = opened.pop()
            if text[start:] != text[start:].strip() or start == len(text):
                raise ValueError(f"a mark is empty or has white space at its edge: {text[start:]!r}")
            spans[kind].append((start, len(text)))
    if opened:
        raise ValueError(f"{opened[-1][0]} is not closed")
    return text + marked[position:], spans["{{"], spans["<<"]
