"""Score on this machine: in this process, or in several side by side with the same results in the same order."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from flagger.artifacts import DEFAULT_MODEL, find_model, read_info
from flagger.pipeline import Flagger
from flagger.results import Article, ArticleResult, FailedArticle

_CHUNK_ARTICLES = 64
_CHUNK_CHARS = 500_000  # bounds what is in flight when articles are long
_CHUNKS_AHEAD = 2  # a process; enough to keep it busy while the results are written


def score_articles(
    articles: Iterable[Article | FailedArticle],
    *,
    model: str | Path = DEFAULT_MODEL,
    three_way: bool = False,
    jobs: int = 1,
) -> Iterator[ArticleResult]:
    """Yield one ArticleResult an article, lazily and in order.

    Args:
        articles: What reading yields; consumed as the results are.
        model: A shipped model's name or a model folder.
        three_way: Leave no_claim out.
        jobs: Number of processes; 1 scores in this one.

    Raises:
        ModelError: If the model cannot be loaded; raised before any article is read.
    """
    if jobs == 1:
        return Flagger.load(model).flag_many(articles, three_way=three_way)
    read_info(find_model(model))  # a missing or damaged model is told here and not by a process
    return _score_in_processes(articles, model=model, three_way=three_way, jobs=jobs)


def _score_in_processes(
    articles: Iterable[Article | FailedArticle], *, model: str | Path, three_way: bool, jobs: int
) -> Iterator[ArticleResult]:
    pending: deque[Future[list[ArticleResult]]] = deque()
    # Spawned, not forked: a fork copies whatever threads and locks the caller holds.
    with ProcessPoolExecutor(jobs, get_context("spawn"), _load_in_process, (model,)) as pool:
        for chunk in _chunks(articles):
            pending.append(pool.submit(_flag_in_process, chunk, three_way))
            if len(pending) > jobs * _CHUNKS_AHEAD:
                yield from pending.popleft().result()
        while pending:
            yield from pending.popleft().result()


def _chunks(articles: Iterable[Article | FailedArticle]) -> Iterator[list[Article | FailedArticle]]:
    chunk: list[Article | FailedArticle] = []
    n_chars = 0
    for article in articles:
        chunk.append(article)
        n_chars += len(article.text) if isinstance(article, Article) else 0
        if len(chunk) == _CHUNK_ARTICLES or n_chars >= _CHUNK_CHARS:
            yield chunk
            chunk, n_chars = [], 0
    if chunk:
        yield chunk


_flagger: Flagger  # the model of a worker process, loaded once


def _load_in_process(model: str | Path) -> None:
    global _flagger
    _flagger = Flagger.load(model)


def _flag_in_process(chunk: list[Article | FailedArticle], three_way: bool) -> list[ArticleResult]:
    return list(_flagger.flag_many(chunk, three_way=three_way))
