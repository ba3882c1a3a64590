"""Score on this machine: in this process, or in several side by side with the same results in the same order."""

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path

from flagger.artifacts import DEFAULT_MODEL, find_model, read_info
from flagger.batch.ahead import run_ahead
from flagger.batch.journal import BEGINNING, Position
from flagger.errors import ConfigError, FlaggerError
from flagger.pipeline import LARGEST_BATCH, Flagger
from flagger.reading import ReadOptions, read
from flagger.results import Article, ArticleResult, FailedArticle

_READ_AHEAD = 16  # articles; there may be long ones
_FIRST_BATCH = 2048  # sentences; some seconds until the first results
_CHUNK_ARTICLES = 64
_CHUNK_CHARS = 500_000  # bounds what is in flight when articles are long
_CHUNKS_AHEAD = 2  # a process; enough to keep it busy while the results are written


def score_files(
    paths: Sequence[Path | str],
    options: ReadOptions,
    *,
    model: str | Path = DEFAULT_MODEL,
    three_way: bool = False,
    jobs: int = 1,
    start: Position = BEGINNING,
) -> Iterator[tuple[Position, ArticleResult]]:
    """Yield one ArticleResult an article of these files, lazily and in order, and how far the input is done with it.

    Args:
        paths: Files and URLs, as find_inputs gives them.
        options: How to read.
        model: A shipped model's name or a model folder.
        three_way: Leave no_claim out.
        jobs: Number of processes; 1 scores in this one.
        start: Leave out what an earlier run has done.

    Raises:
        ModelError: If the model cannot be loaded; raised before any article is read.
    """
    return with_positions(
        lambda articles: score_articles(articles, model=model, three_way=three_way, jobs=jobs), paths, options, start
    )


def with_positions(
    score: Callable[[Iterator[Article | FailedArticle]], Iterator[ArticleResult]],
    paths: Sequence[Path | str],
    options: ReadOptions,
    start: Position = BEGINNING,
) -> Iterator[tuple[Position, ArticleResult]]:
    """Read files from ``start`` on, score them, and say of each result how far the input is done with it.

    Args:
        score: Yields a result an article, in order.
        paths: As score_files has them.
        options: How to read.
        start: Leave out what stands before.
    """
    positions: deque[Position] = deque()

    def articles() -> Iterator[Article | FailedArticle]:
        for n_files in range(start.n_files, len(paths)):
            done = start.n_articles if n_files == start.n_files else 0
            for n_articles, article in enumerate(read(paths[n_files], options), start=1):
                if n_articles > done:
                    positions.append(Position(n_files, n_articles))
                    yield article

    for result in score(articles()):
        yield positions.popleft(), result


def score_articles(
    articles: Iterable[Article | FailedArticle],
    *,
    model: str | Path = DEFAULT_MODEL,
    three_way: bool = False,
    jobs: int = 1,
) -> Iterator[ArticleResult]:
    """Yield one ArticleResult an article, lazily and in order.

    Args:
        articles: What reading yields; consumed as the results are, and some ahead.
        model: A shipped model's name or a model folder.
        three_way: Leave no_claim out.
        jobs: Number of processes; 1 scores in this one.

    Raises:
        ModelError: If the model cannot be loaded; raised before any article is read.
    """
    if jobs == 1:
        flagger = Flagger.load(model)
        return flagger.flag_many(run_ahead(articles, _READ_AHEAD), three_way=three_way, first_batch=_FIRST_BATCH)
    read_info(find_model(model))  # a missing or damaged model is told here and not by a process
    return _score_in_processes(articles, model=model, three_way=three_way, jobs=jobs)


def _score_in_processes(
    articles: Iterable[Article | FailedArticle], *, model: str | Path, three_way: bool, jobs: int
) -> Iterator[ArticleResult]:
    pending: deque[Future[list[ArticleResult]]] = deque()
    n_threads = max(1, (os.cpu_count() or 1) // jobs)  # they would crowd each other out
    # Spawned, not forked: a fork copies whatever threads and locks the caller holds.
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), _load_in_process, (model, n_threads))
    try:
        for chunk in _chunks(articles):
            pending.append(pool.submit(_flag_in_process, chunk, three_way))
            if len(pending) > jobs * _CHUNKS_AHEAD:
                yield from pending.popleft().result()
        while pending:
            yield from pending.popleft().result()
    except BrokenProcessPool as error:
        raise ConfigError(f"--jobs {jobs}: a process was ended from outside, perhaps for want of memory") from error
    finally:
        pool.shutdown(cancel_futures=True)


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


_flagger: Flagger | FlaggerError  # the model of a worker process, loaded once, or why there is none


def _load_in_process(model: str | Path, n_threads: int) -> None:
    global _flagger
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of an interruption the main process tells
    try:
        _flagger = Flagger.load(model, n_threads=n_threads)
    except FlaggerError as error:
        _flagger = error


def _flag_in_process(chunk: list[Article | FailedArticle], three_way: bool) -> list[ArticleResult]:
    if isinstance(_flagger, FlaggerError):
        raise _flagger
    return list(_flagger.flag_many(chunk, three_way=three_way, first_batch=LARGEST_BATCH))
