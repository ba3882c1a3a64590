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
a bar, the text; a blank line starts a paragraph. ``{{...}}`` marks a cue, ``<<...>>`` the source; the two may
overlap. The edges of cues are brought to the guideline's conventions (flagger/cues.py). In a blank sheet (readings.py)
``?`` stands where a reader is to put the letter.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from flagger.cues import conventional
from flagger.errors import DatasetError
from flagger.labels import LABELS, Label
from flagger.results import Offsets
from flagger.training.dataset import (
    METADATA,
    Fault,
    LabelledArticle,
    LabelledSentence,
    Reading,
    write_articles,
)

BLANK = "?"
_LETTERS = {label[0]: label for label in LABELS}
_SENTENCE = re.compile(r"(\S)\s*\|\s*(\S.*)")
_HEADER = re.compile(r"# (\w+): (.*)")
_MARK = re.compile(r"\{\{|\}\}|<<|>>")
_CLOSES = {"}}": "{{", ">>": "<<"}


def compile_files(files: list[Path], output: Path) -> int:
    """Compile files of marked-up articles to JSON Lines; return the number of articles.

    Raises:
        DatasetError: If a file cannot be read or a line is faulty; every fault is named and nothing is written.
    """
    articles = [article for _, article in read_markup(files)]
    write_articles(output, articles)
    return len(articles)


def read_markup(files: Sequence[Path]) -> list[tuple[str, LabelledArticle]]:
    """Return each article of marked-up files with its file's name.

    Raises:
        DatasetError: If a file cannot be read or a line is faulty; every fault is named.
    """
    articles: list[tuple[str, LabelledArticle]] = []
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
                articles.append((str(file), item))
    if faults:
        raise DatasetError("\n".join(map(str, faults)))
    return articles


def sentence_line(sentence: LabelledSentence) -> str:
    """Return a sentence as a line of markup, its final reading marked: the inverse of reading one."""
    final = sentence.final
    spans = [(*cue, 0) for cue in final.cues] + ([(*final.source, 1)] if final.source else [])
    # Marks go in from the right; at one place, what closes stands before what opens.
    marks = [(start, 1, ("{{", "<<")[kind]) for start, end, kind in spans]
    marks += [(end, 0, ("}}", ">>")[kind]) for start, end, kind in spans]
    text = sentence.text
    for position, _, mark in sorted(marks, reverse=True):
        text = text[:position] + mark + text[position:]
    return f"{final.label[0]} | {text}"


def parse_markup(text: str, name: str) -> Iterator[LabelledArticle | Fault]:
    """Yield each article of a marked-up text, and a fault for each line that is none of its parts.

    Args:
        text: The marked-up text.
        name: What faults call it.
    """
    number = 0
    for part in re.split(r"^===[^\S\n]*$", text, flags=re.MULTILINE):
        header: dict[str, str] = {}
        sentences: list[LabelledSentence] = []
        paragraph = -1
        starts_paragraph = True
        is_faulty = False
        for line in part.split("\n"):
            number += 1
            line = line.strip()
            try:
                if not line:
                    starts_paragraph = True
                elif not sentences and (match := _HEADER.fullmatch(line)):
                    if match[1] not in ("id", *METADATA):
                        raise ValueError(f"unknown header {match[1]!r}")
                    if match[1] in header:
                        raise ValueError(f"a second header {match[1]!r}")
                    header[match[1]] = match[2].strip()
                else:
                    paragraph += starts_paragraph
                    starts_paragraph = False
                    sentences.append(_sentence(line, paragraph))
            except ValueError as error:
                is_faulty = True
                yield Fault(f"{name}:{number}", str(error), header.get("id"))
        number -= 1  # the separator shares its line with the end of the part before
        if "id" in header and sentences:
            yield LabelledArticle(sentences=tuple(sentences), **header)
        elif (header or sentences) and not is_faulty:
            yield Fault(f"{name}:{number}", "an article needs an id and a sentence", header.get("id"))


def _sentence(line: str, paragraph: int) -> LabelledSentence:
    match = _SENTENCE.fullmatch(line)
    if not match or match[1] not in _LETTERS:
        raise ValueError(f"expected one of {', '.join(_LETTERS)}, a bar and a sentence, found {line[:60]!r}")
    label = _LETTERS[match[1]]
    text, cues, sources = _unmark(match[2])
    if len(sources) > 1:
        raise ValueError("more than one source is marked")
    if label == Label.NO_CLAIM and (cues or sources):
        raise ValueError(f"a {label} sentence carries no marks")
    source = sources[0] if sources else None
    return LabelledSentence(text, Reading(label, tuple(conventional(text, label, cues, source)), source), paragraph)


def _unmark(marked: str) -> tuple[str, list[Offsets], list[Offsets]]:
    """Return the text without its marks, the cues and the sources."""
    text = ""
    position = 0
    opened: dict[str, list[int]] = {"{{": [], "<<": []}
    spans: dict[str, list[Offsets]] = {"{{": [], "<<": []}
    for mark in _MARK.finditer(marked):
        text += marked[position : mark.start()]
        position = mark.end()
        if mark.group() in opened:
            opened[mark.group()].append(len(text))
        elif not opened[kind := _CLOSES[mark.group()]]:
            raise ValueError(f"{mark.group()} closes nothing")
        else:
            start = opened[kind].pop()
            if text[start:] != text[start:].strip() or start == len(text):
                raise ValueError(f"a mark is empty or has white space at its edge: {text[start:]!r}")
            spans[kind].append((start, len(text)))
    if unclosed := [kind for kind, starts in opened.items() if starts]:
        raise ValueError(f"{unclosed[0]} is not closed")
    return text + marked[position:], spans["{{"], spans["<<"]
