"""The guideline's traps and rulings -> how often each is shown in the dataset.

``datasets/rulings.json`` lists for each trap, by its name, and each row of the table of rulings, by its wording,
sentences that it decides, as ``"article id#sentence"``. Whoever adds one lists its sentences there.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flagger.errors import DatasetError
from flagger.labels import LABELS
from flagger.training.dataset import LabelledArticle

ENOUGH = 10  # sentences that show a ruling, all of different wording

_TRAP = re.compile(r"- \*\*(?P<wording>[^*]+)\*\*: ")
_ROW = re.compile(r"\| (?P<wording>.+?) \| (?P<labels>[^|]+?) \| [^|]*\|")


@dataclass(frozen=True, slots=True)
class Ruling:
    """A trap or a row of the guideline: its wording and the labels that it names; none when the context decides."""

    wording: str
    labels: tuple[str, ...]


def read_rulings(guideline: Path) -> list[Ruling]:
    """Return the guideline's traps and the rows of its table of rulings, in order.

    Raises:
        DatasetError: If the guideline cannot be read or has none.
    """
    try:
        lines = guideline.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"cannot read {guideline}: {error}") from error
    found: list[Ruling] = []
    heading = ""
    for line in lines:
        if line.startswith("## "):
            heading = line
        elif heading.startswith("## Traps") and (match := _TRAP.match(line)):
            found.append(Ruling(match["wording"], ()))
        elif heading.startswith("## Rulings") and (match := _ROW.fullmatch(line)):
            words = re.split(r"[ ·]+", match["labels"])
            found.append(Ruling(match["wording"], tuple(label for label in LABELS if label in words)))
    found = [ruling for ruling in found if ruling.wording != "wording" and set(ruling.wording) != {"-"}]
    if not found:
        raise DatasetError(f"{guideline}: no traps and no table of rulings")
    return found


def count_rulings(
    rulings: Sequence[Ruling], listed: dict[str, list[str]], articles: Sequence[LabelledArticle]
) -> tuple[dict[str, int], list[str]]:
    """Return how many different sentences show each ruling, and what is wrong with the list.

    Args:
        rulings: The guideline's rows.
        listed: Content of rulings.json: wording -> ``"article id#sentence"``, counting from 0.
        articles: The dataset.
    """
    sentences = {f"{a.id}#{i}": s for a in articles for i, s in enumerate(a.sentences)}
    faults = [
        f"no ruling of the guideline reads {wording!r}" for wording in listed.keys() - {r.wording for r in rulings}
    ]
    counts: dict[str, int] = {}
    for ruling in rulings:
        texts = set()
        for place in listed.get(ruling.wording, []):
            sentence = sentences.get(place)
            if sentence is None:
                faults.append(f"{ruling.wording!r}: there is no sentence {place}")
            elif ruling.labels and sentence.final.label not in ruling.labels:
                faults.append(
                    f"{ruling.wording!r}: {place} is {sentence.final.label}, not {' or '.join(ruling.labels)}"
                )
            else:
                texts.add(sentence.text)
        counts[ruling.wording] = len(texts)
        if len(texts) < ENOUGH:
            faults.append(f"{ruling.wording!r} is shown by {len(texts)} sentences, expected {ENOUGH}")
    return counts, faults


def read_list(path: Path) -> dict[str, list[str]]:
    """Read rulings.json.

    Raises:
        DatasetError: If it is missing or is not a JSON object of lists.
    """
    try:
        listed = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise DatasetError(f"cannot read {path}: {error}") from error
    if not isinstance(listed, dict) or not all(
        isinstance(places, list) and all(isinstance(place, str) for place in places) for places in listed.values()
    ):
        raise DatasetError(f"{path}: expected an object of lists of 'article id#sentence'")
    return listed
