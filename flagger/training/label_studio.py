"""Label Studio's JSON export of corrected tasks (exports/label_studio.py made them) -> labelled articles.

A task is an article. Its ``sentence`` regions, each with one choice, are the sentences in order; ``cue`` and ``source``
regions belong to the sentence they lie in. Blanks at a region's edges are dropped, and the edges of cues brought to the
guideline's conventions, as of articles in the inline markup. Text outside every sentence is left out. Tasks that were
skipped or not annotated are passed over.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flagger.cues import conventional
from flagger.errors import DatasetError
from flagger.labels import LABELS, Label
from flagger.results import Offsets
from flagger.training.dataset import (
    METADATA,
    Fault,
    LabelledArticle,
    parse_article,
    tell_faults,
)
from flagger.training.imported import UNKNOWN, Imported

_REGIONS = ("sentence", "cue", "source")
_PARAGRAPH = re.compile(r"\n\s*\n|\r\s*\r")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class _Region:
    """A stretch of the task's text: start and end in code points, without blanks at its edges."""

    id: str
    kind: str
    start: int
    end: int


def import_label_studio(path: Path, metadata: Mapping[str, str | None]) -> Imported:
    """Read a JSON export of Label Studio.

    Args:
        path: The file.
        metadata: What stands in the articles (topic, register, country, stratum, split) whose task's data has no such
            key. Where neither gives a value: ``unknown``, country ZZ, stratum natural, split train. The title is that
            of the task's data, else the article's id.

    Raises:
        DatasetError: If the file is no such export, or a task or region is faulty; up to ten faults are told.
    """
    articles: list[LabelledArticle] = []
    faults: list[Fault] = []
    seen: dict[str, str] = {}
    n_passed_over = 0
    for number, task in enumerate(_read_tasks(path), start=1):
        where = f"{path}: task {task.get('id', number)}"
        try:
            annotation = _annotation(task)
            if annotation is None:
                n_passed_over += 1
                continue
            row = _row(task, annotation, metadata)
        except _Faults as found:
            faults += [Fault(where, message) for message in found.messages]
            continue
        if row["id"] in seen:
            faults.append(Fault(where, f"the article {row['id']} is also that of {seen[row['id']]}"))
        seen.setdefault(row["id"], where)
        for item in parse_article(row, where, complete=True):
            if isinstance(item, Fault):
                faults.append(item)
            else:
                articles.append(_conventional(item[1]))
    if faults:
        raise DatasetError(f"{len(faults)} faults in {path}; nothing was imported:\n{tell_faults(faults)}")
    if not articles:
        raise DatasetError(f"{path}: none of {n_passed_over} tasks is annotated")
    return Imported(articles, n_passed_over)


class _Faults(Exception):  # noqa: N818  # not an error: what is wrong with one task, gathered
    def __init__(self, *messages: str) -> None:
        super().__init__(*messages)
        self.messages = messages


def _read_tasks(path: Path) -> list[dict[str, Any]]:
    try:
        tasks = json.loads(path.read_bytes())
    except OSError as error:
        raise DatasetError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"{path}: expected a JSON export of Label Studio, found no JSON: {error}") from error
    if not isinstance(tasks, list) or not all(isinstance(task, dict) and "annotations" in task for task in tasks):
        raise DatasetError(
            f"{path}: expected a list of tasks with 'annotations'; export from Label Studio as JSON, not as JSON-MIN"
        )
    return tasks


def _annotation(task: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Return the result list of the annotation that counts, None if there is none."""
    given = task["annotations"] if isinstance(task["annotations"], list) else []
    whole = [item for item in given if isinstance(item, dict) and not item.get("was_cancelled")]
    chosen = [item for item in whole if item.get("ground_truth")] or whole
    if len(chosen) > 1:
        raise _Faults(f"{len(chosen)} annotations: delete all but one, or mark one as ground truth")
    if not chosen:
        return None
    result = chosen[0].get("result")
    if not isinstance(result, list) or not all(isinstance(item, dict) for item in result):
        raise _Faults("'result' of the annotation must be a list of regions")
    return result


def _row(task: dict[str, Any], result: list[dict[str, Any]], metadata: Mapping[str, str | None]) -> dict[str, Any]:
    """Return the task as the JSON object of an article, as the dataset has it."""
    data = task.get("data")
    if not isinstance(data, dict) or not isinstance(data.get("text"), str):
        raise _Faults("expected the article as a string in 'data': 'text'")
    text = data["text"]
    if (lone := _SURROGATE.search(text)) is not None:
        raise _Faults(f"the text has half a character at {lone.start()}, which no file can hold")
    regions = _regions(text, result)
    choices: dict[str, list[Any]] = {
        str(item.get("id")): item["value"]["choices"] for item in result if _has(item, "choices")
    }
    sentences = [region for region in regions if region.kind == "sentence"]
    article_id = str(data.get("article_id") or f"task-{task.get('id', '')}")
    defaults = UNKNOWN | {"title": article_id} | {key: value for key, value in metadata.items() if value}
    return {
        "id": article_id,
        **{key: data.get(key) or defaults[key] for key in METADATA},
        "sentences": list(_sentences(text, sentences, [r for r in regions if r.kind != "sentence"], choices)),
    }


def _sentences(
    text: str, sentences: list[_Region], spans: list[_Region], choices: dict[str, list[Any]]
) -> Iterator[dict[str, Any]]:
    faults = [
        f"region {span.id}: this {span.kind} lies in no sentence: {text[span.start : span.end]!r}"
        for span in spans
        if not any(s.start <= span.start and span.end <= s.end for s in sentences)
    ]
    paragraph = end = 0
    rows: list[dict[str, Any]] = []
    for sentence in sentences:
        if sentence.start < end:
            faults.append(f"region {sentence.id}: this sentence overlaps the one before")
        chosen = choices.get(sentence.id, [])
        if len(chosen) != 1 or chosen[0] not in tuple(LABELS):
            faults.append(f"region {sentence.id}: expected one choice of {', '.join(LABELS)}, found {chosen}")
        inner = [s for s in spans if sentence.start <= s.start and s.end <= sentence.end]
        cues, sources = (
            [[s.start - sentence.start, s.end - sentence.start] for s in inner if s.kind == kind]
            for kind in ("cue", "source")
        )
        if chosen == [Label.NO_CLAIM] and inner:
            faults.append(
                f"region {sentence.id}: a {Label.NO_CLAIM} sentence has no cue and no source; delete {inner[0].id}"
            )
        if len(sources) > 1:
            faults.append(f"region {sentence.id}: this sentence has {len(sources)} sources, expected at most one")
        paragraph += bool(rows and _PARAGRAPH.search(text, end, sentence.start))
        rows.append(
            {
                "text": text[sentence.start : sentence.end],
                "label": chosen[0] if chosen else None,
                "cues": cues,
                "source": sources[0] if sources else None,
                "paragraph": paragraph,
            }
        )
        end = sentence.end
    if faults:
        raise _Faults(*faults)
    yield from rows


# Regions: offsets may count code points or UTF-16 units, and the region's own text tells which


def _regions(text: str, result: list[dict[str, Any]]) -> list[_Region]:
    """Return the labelled regions in order of the text."""
    items = [item for item in result if _has(item, "labels")]
    units = _utf16_offsets(text)
    faults: list[str] = []
    readings: list[dict[str, Offsets]] = []
    for item in items:
        try:
            readings.append(_readings(text, units, item["value"]))
        except ValueError as error:
            faults.append(f"region {item.get('id')}: {error}")
    if faults:
        raise _Faults(*faults)
    # One task is counted in one unit, unless regions of a prediction and an editor's own met in it.
    common = next((unit for unit in ("code points", "UTF-16") if all(unit in reading for reading in readings)), None)
    regions = []
    for item, reading in zip(items, readings, strict=True):
        labels = item["value"]["labels"]
        if len(labels) != 1 or labels[0] not in _REGIONS:
            faults.append(f"region {item.get('id')}: expected one label of {', '.join(_REGIONS)}, found {labels}")
        elif common is None and len(set(reading.values())) > 1:
            faults.append(f"region {item.get('id')}: its offsets fit the text in two ways; set this region anew")
        else:
            start, end = reading[common] if common else next(iter(reading.values()))
            stripped = text[start:end].lstrip()
            start = end - len(stripped)
            regions.append(_Region(str(item.get("id")), labels[0], start, start + len(stripped.rstrip())))
    if faults:
        raise _Faults(*faults)
    return sorted(regions, key=lambda region: (region.start, region.end))


def _readings(text: str, units: dict[int, int], value: dict[str, Any]) -> dict[str, Offsets]:
    """Return the ways in which a region's offsets give its text: by code points, by UTF-16 units, or both."""
    start, end, found = (value.get(key) for key in ("start", "end", "text"))
    if type(start) is not int or type(end) is not int or not 0 <= start < end:
        raise ValueError(f"expected whole numbers with 0 <= start < end, found {start!r}, {end!r}")
    if not isinstance(found, str):
        if max(text, default="") > "\uffff":
            raise ValueError("has no 'text', so that offsets in a text with emoji cannot be checked")
        found = text[start:end]
    ways = {"code points": (start, end)} if end <= len(text) else {}
    if start in units and end in units:
        ways["UTF-16"] = (units[start], units[end])
    fitting = {unit: offsets for unit, offsets in ways.items() if _same(text[slice(*offsets)], found)}
    if not fitting:
        raise ValueError(f"its text is {found!r}, but {start} to {end} in the article is {text[start:end]!r}")
    return fitting


def _same(text: str, found: str) -> bool:
    """Compare but for line ends, which a browser may change."""
    return text == found or text.split() == found.split()


def _utf16_offsets(text: str) -> dict[int, int]:
    """Return the offset in code points of each offset in UTF-16 units."""
    offsets = {}
    n_units = 0
    for position, character in enumerate(text):
        offsets[n_units] = position
        n_units += 1 + (character > "\uffff")
    offsets[n_units] = len(text)
    return offsets


def _has(item: dict[str, Any], kind: str) -> bool:
    """Say whether a result item is of this kind and well-formed; ratings, comments and relations are not ours."""
    value = item.get("value")
    return item.get("type") == kind and isinstance(value, dict) and isinstance(value.get(kind), list)


def _conventional(article: LabelledArticle) -> LabelledArticle:
    readings = (
        (s, s.final, conventional(s.text, s.final.label, s.final.cues, s.final.source)) for s in article.sentences
    )
    return replace(article, sentences=tuple(replace(s, final=replace(r, cues=tuple(c))) for s, r, c in readings))
