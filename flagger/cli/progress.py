"""How far a long run is: a bar on a terminal, JSON Lines for machines, nothing in a pipe."""

import json
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Self

import typer

from flagger.batch.journal import Position
from flagger.reading import Inputs
from flagger.results import ArticleResult, Status
from flagger.sinks.printable import printable

_LOG_S = 1.0  # between two lines of progress in the log


Results = Iterable[tuple[Position, ArticleResult]]


class Progress:
    """Tells on standard error of each article that could not be scored."""

    def told(self, results: Results) -> Iterator[tuple[Position, ArticleResult]]:
        """Yield results on, and tell of each."""
        for position, result in results:
            self.article(position, result)
            yield position, result

    def article(self, position: Position, result: ArticleResult) -> None:
        """Tell of one article, with which the input is done as far as ``position``."""
        if result.status is not Status.OK:
            typer.echo(f"flagger: {printable(result.id)}: {result.status}: {printable(result.reason)}", err=True)


class _Bar(Progress):
    """The same under a bar; a context manager."""

    def __init__(self, n_files: int) -> None:
        from rich import progress  # imported here for cost
        from rich.console import Console

        self._bar = progress.Progress(
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            progress.TextColumn("files, {task.fields[articles]:,} articles, {task.fields[rate]:,.0f} sentences/s,"),
            progress.TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._bar.add_task("scoring", total=n_files, articles=0, rate=0.0)
        self._started = time.monotonic()
        self._n_articles = self._n_sentences = 0

    def article(self, position: Position, result: ArticleResult) -> None:
        self._n_articles += 1
        self._n_sentences += len(result.flags)
        rate = self._n_sentences / (time.monotonic() - self._started)
        self._bar.update(self._task, completed=position.n_files, articles=self._n_articles, rate=rate)
        super().article(position, result)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.stop()


class _Log(Progress):
    """JSON Lines on standard error: a line for each article that could not be scored, and one a second."""

    def __init__(self, inputs: Inputs) -> None:
        self._started = self._told = time.monotonic()
        self._n_files = len(inputs.paths)
        self._n_articles = self._n_sentences = self._n_failed = 0
        self._start: Position | None = None
        self.tell(
            "started",
            files=self._n_files,
            passed_over={"format": inputs.n_other_suffix, "links": inputs.n_links, "outputs": inputs.n_left_out},
        )

    def tell(self, event: str, **values: object) -> None:
        line = {"event": event, "seconds": round(time.monotonic() - self._started, 3), **values}
        typer.echo(json.dumps(line, ensure_ascii=False), err=True)

    def article(self, position: Position, result: ArticleResult) -> None:
        self._start = self._start or position
        self._n_articles += 1
        self._n_sentences += len(result.flags)
        if result.status is not Status.OK:
            self._n_failed += 1
            self.tell("failed", id=result.id, path=result.path, status=str(result.status), reason=result.reason)
        if time.monotonic() - self._told >= _LOG_S:
            self._told = time.monotonic()
            self.tell("progress", **self.state(position.n_files))

    def state(self, n_files: int) -> dict[str, object]:
        seconds = time.monotonic() - self._started
        done = n_files - (self._start.n_files if self._start else 0)
        left = seconds / done * (self._n_files - n_files) if done else None
        return {
            "files": n_files,
            "articles": self._n_articles,
            "failed": self._n_failed,
            "sentences": self._n_sentences,
            "sentences_a_second": round(self._n_sentences / seconds, 1) if seconds else None,
            "seconds_left": None if left is None else round(left, 1),
        }


@contextmanager
def shown_progress(inputs: Inputs, *, log_json: bool, quiet: bool) -> Iterator[Progress]:
    """Show how far a run is on standard error.

    Args:
        inputs: The files to read, those of an earlier run included.
        log_json: Write JSON Lines instead.
        quiet: Draw no bar; the results themselves go to the terminal.
    """
    if log_json:
        log = _Log(inputs)
        yield log
        log.tell("finished", **log.state(len(inputs.paths)))
    elif quiet or not sys.stderr.isatty():
        yield Progress()
    else:
        with _Bar(len(inputs.paths)) as bar:
            yield bar
