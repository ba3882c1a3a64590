"""What importers of public corpora share: sentences put together to articles, and a validation part of these."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from flagger.errors import DatasetError
from flagger.training.dataset import Fault, LabelledArticle, LabelledSentence, tell_faults

UNKNOWN = {
    "topic": "unknown",
    "register": "unknown",
    "country": "ZZ",  # ISO 3166-1 leaves it to users
    "stratum": "natural",
    "split": "train",
}
"""The metadata of an article of which nothing is known."""

Item = tuple[str, LabelledSentence] | Fault | None
"""A sentence after the id of its article, what is wrong with one, or one without text."""


@dataclass(frozen=True, slots=True)
class Imported:
    """The articles of a file, and how many items of it were passed over: not annotated, or without text."""

    articles: list[LabelledArticle]
    n_passed_over: int


def gather(path: Path, items: Iterable[Item], split: str) -> Imported:
    """Put the sentences of a file together to articles of ``split``, in the order of each one's first sentence.

    Raises:
        DatasetError: If there is a fault, or no sentence.
    """
    sentences: dict[str, list[LabelledSentence]] = {}
    faults: list[Fault] = []
    n_passed_over = 0
    for item in items:
        if item is None:
            n_passed_over += 1
        elif isinstance(item, Fault):
            faults.append(item)
        else:
            sentences.setdefault(item[0], []).append(item[1])
    if faults:
        raise DatasetError(f"{len(faults)} faults in {path}; nothing was imported:\n{tell_faults(faults)}")
    if not sentences:
        raise DatasetError(f"{path}: no sentence was found in it")
    metadata = UNKNOWN | {"split": split}
    articles = [LabelledArticle(key, tuple(found), title=key, **metadata) for key, found in sentences.items()]
    return Imported(articles, n_passed_over)


def set_aside(articles: Sequence[LabelledArticle], share: float, seed: int) -> list[LabelledArticle]:
    """Return the articles with a share of them, at least one, moved to the split ``validation``.

    Which ones depends on their ids and the seed alone.
    """
    order = sorted((hashlib.sha256(f"{seed} {article.id}".encode()).digest(), article.id) for article in articles)
    chosen = {name for _, name in order[: max(1, round(share * len(order)))]}
    return [replace(article, split="validation") if article.id in chosen else article for article in articles]
