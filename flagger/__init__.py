"""flagger tags every sentence of an article as confirmed, estimated or unverified, by how it is worded.

>>> from flagger import flag
>>> flags = flag("Police said the bridge was closed. It could reopen by June.")
>>> [f.label.value for f in flags]
['confirmed', 'estimated']
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from flagger.errors import ConfigError, DatasetError, FlaggerError, ModelError, ReadError
from flagger.labels import FLAGS, LABELS, Label
from flagger.results import (
    Article,
    ArticleResult,
    ArticleSummary,
    FailedArticle,
    Sentence,
    SentenceFlag,
    Span,
    Status,
)

if TYPE_CHECKING:
    from flagger.frames import to_frame
    from flagger.pipeline import Flagger

__version__ = "0.1.0"

__all__ = [
    "FLAGS",
    "LABELS",
    "Article",
    "ArticleResult",
    "ArticleSummary",
    "ConfigError",
    "DatasetError",
    "FailedArticle",
    "Flagger",
    "FlaggerError",
    "Label",
    "ModelError",
    "ReadError",
    "Sentence",
    "SentenceFlag",
    "Span",
    "Status",
    "flag",
    "flag_many",
    "flag_sentences",
    "to_frame",
]


def flag(text: str | Article, *, model: str | Path | None = None, three_way: bool = False) -> list[SentenceFlag]:
    """Flag every sentence of one text with the default model, or another; each model is loaded once.

    Args:
        text: The article; offsets of the flags are characters of it.
        model: A shipped model's name or a model folder.
        three_way: Leave no_claim out, so that every sentence carries one of the three flags.

    Raises:
        ModelError: If the model cannot be loaded.
    """
    return _loaded(model).flag(text, three_way=three_way)


def flag_many(
    articles: Iterable[str | Article], *, model: str | Path | None = None, three_way: bool = False
) -> Iterator[ArticleResult]:
    """Flag texts or articles lazily, one ArticleResult each, in order; otherwise like ``flag``."""
    return _loaded(model).flag_many(articles, three_way=three_way)


def flag_sentences(
    sentences: Sequence[str], *, model: str | Path | None = None, three_way: bool = False
) -> list[SentenceFlag]:
    """Flag one text that is split already: one SentenceFlag a sentence, in the frame of each; otherwise like ``flag``.

    Raises:
        TypeError: If ``sentences`` is one string or holds something else than strings.
    """
    return _loaded(model).flag_sentences(sentences, three_way=three_way)


@cache
def _loaded(model: str | Path | None) -> "Flagger":
    from flagger.pipeline import Flagger  # imported here for cost: it brings numpy and the model's runtime

    return Flagger.load() if model is None else Flagger.load(model)


def __getattr__(name: str) -> object:
    if name == "Flagger":
        from flagger.pipeline import Flagger  # imported here for cost, as in _loaded

        return Flagger
    if name == "to_frame":
        from flagger.frames import to_frame  # imported here for cost: it brings the sinks

        return to_frame
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
