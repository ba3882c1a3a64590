"""A dataset folder -> its faults: what no single record can show, besides what dataset.py finds in each."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer

from flagger.cues import conventional
from flagger.labels import LABELS
from flagger.training.dataset import SPLITS, Fault, LabelledArticle, scan

# Sentences of different splits that share this much of their word 3-grams (Jaccard) are near-duplicates.
NEAR_DUPLICATE = 0.6
_SHORTEST = 6  # words; shorter sentences ("By Anna Lind", "Read more") recur in real news too
_ROWS = 512  # compared at a time, to bound memory


def check(path: Path, labels: tuple[str, ...] = LABELS) -> tuple[list[LabelledArticle], list[Fault]]:
    """Return the valid articles of a file or folder, and all faults.

    Args:
        path: The file or folder.
        labels: What sentences may be labelled; the guideline's conventions for cues hold with its own labels only.

    Raises:
        DatasetError: If the path cannot be read at all.
    """
    articles: list[tuple[str, LabelledArticle]] = []
    faults: list[Fault] = []
    for item in scan(path, complete=True, labels=labels):
        if isinstance(item, Fault):
            faults.append(item)
        else:
            articles.append(item)
    faults += _repeated_ids(articles)
    if labels == LABELS:
        faults += _unconventional_cues(articles)
    faults += _near_duplicates(articles)
    return [article for _, article in articles], faults


def _repeated_ids(articles: list[tuple[str, LabelledArticle]]) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for where, article in articles:
        if article.id in seen:
            yield Fault(where, f"the id is taken by {seen[article.id]}", article.id)
        seen.setdefault(article.id, where)


def _unconventional_cues(articles: list[tuple[str, LabelledArticle]]) -> Iterator[Fault]:
    for where, article in articles:
        for index, sentence in enumerate(article.sentences):
            for reading in filter(None, (sentence.final, sentence.second)):
                expected = conventional(sentence.text, reading.label, reading.cues, reading.source)
                if expected != list(reading.cues):
                    found, wanted = (
                        [sentence.text[start:end] for start, end in cues] for cues in (reading.cues, expected)
                    )
                    yield Fault(where, f"by convention the cues {found} are {wanted}", article.id, index)


def _near_duplicates(articles: list[tuple[str, LabelledArticle]]) -> Iterator[Fault]:
    rows = [
        (where, article, index, sentence.text)
        for where, article in articles
        for index, sentence in enumerate(article.sentences)
        if len(sentence.text.split()) >= _SHORTEST
    ]
    if not rows:
        return
    grams = CountVectorizer(ngram_range=(3, 3), binary=True, token_pattern=r"\w+|[^\w\s]", dtype=np.int32)
    matrix = grams.fit_transform([row[3] for row in rows])
    sizes = np.asarray(matrix.sum(axis=1)).ravel()
    splits = np.array([SPLITS.index(row[1].split) for row in rows])
    for start in range(0, len(rows), _ROWS):
        shared = (matrix[start : start + _ROWS] @ matrix.T).tocoo()
        left, right = shared.row + start, shared.col
        jaccard = shared.data / (sizes[left] + sizes[right] - shared.data)
        for i, j in zip(
            *(side[(jaccard >= NEAR_DUPLICATE) & (splits[left] < splits[right])] for side in (left, right)), strict=True
        ):
            where, article, index, _ = rows[i]
            _, other, other_index, _ = rows[j]
            yield Fault(
                where,
                f"nearly the same as article {other.id}, sentence {other_index}, "
                f"of another split ({article.split}, {other.split})",
                article.id,
                index,
            )
