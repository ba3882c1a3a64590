"""A dataset folder -> what is in it: hashes and counts, so that any change shows."""

from collections import Counter
from pathlib import Path
from typing import Any

from flagger.artifacts import sha256_of
from flagger.errors import DatasetError
from flagger.labels import LABELS
from flagger.training.dataset import read_articles


def build_manifest(folder: Path) -> dict[str, Any]:
    """Return each file's SHA-256 and its counts of articles, sentences and labels, by file name.

    Raises:
        DatasetError: If there is no file, or one is faulty.
    """
    files = {}
    if not (paths := sorted(folder.glob("*.jsonl"))):
        raise DatasetError(f"{folder}: expected a folder with .jsonl files")
    for path in paths:
        articles = read_articles(path)
        sentences = [sentence for article in articles for sentence in article.sentences]
        labels = Counter(sentence.final.label for sentence in sentences)
        files[path.name] = {
            "sha256": sha256_of(path),
            "articles": len(articles),
            "sentences": len(sentences),
            "labels": {str(label): labels[label] for label in LABELS},
            "read_twice": sum(sentence.second is not None for sentence in sentences),
        }
    return {"files": files}
