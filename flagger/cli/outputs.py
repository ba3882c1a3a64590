"""What `flagger score` writes: through a journal into files, or at once to standard output."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flagger.batch.journal import Journal, Position
from flagger.errors import ConfigError
from flagger.labels import Label
from flagger.results import ArticleResult
from flagger.sinks import FLAG_COLUMNS, SUMMARY_COLUMNS, Sink, flag_records, format_of, open_sink, summary_record
from flagger.summary import summarize

Record = dict[str, Any]
Results = Iterable[tuple[Position, ArticleResult]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Outputs:
    """What to write, and where. Without an output, records go to standard output."""

    labels: frozenset[Label]
    """Sentences with other labels are left out."""
    output: Path | None
    format_name: str | None
    """None: a listing on the terminal."""
    summary: Path | None
    raw_csv: bool

    def __post_init__(self) -> None:
        if self.summary:
            format_of(self.summary)
        for path in self.paths:
            if not path.parent.is_dir():
                raise ConfigError(f"cannot write {path}: there is no folder {path.parent}")

    @property
    def paths(self) -> list[Path]:
        """The files to write."""
        return [path for path in (self.output, self.summary) if path]

    def kept(self, result: ArticleResult) -> Iterator[Record]:
        """Yield the flag records of a result that are wanted."""
        return (record for record in flag_records(result) if record["label"] in self.labels)

    def open_flags(self) -> AbstractContextManager[Sink | None]:
        """Open what takes flag records; None for a listing."""
        if not self.format_name:
            return nullcontext()
        return open_sink(self.output, self.format_name, FLAG_COLUMNS, raw_csv=self.raw_csv)

    def open_summary(self) -> AbstractContextManager[Sink | None]:
        """Open what takes summary records, if anything does."""
        if not self.summary:
            return nullcontext()
        return open_sink(self.summary, format_of(self.summary), SUMMARY_COLUMNS, raw_csv=self.raw_csv)


def write_through_journal(results: Results, outputs: Outputs, journal: Journal) -> Iterator[Record]:
    """Write results into a journal, then the files; yield the summary records of all articles, an earlier run's too."""
    for position, result in results:
        journal.write(position, outputs.kept(result), summary_record(summarize(result)))
    journal.checkpoint()
    with outputs.open_flags() as flags, outputs.open_summary() as summary:
        assert flags  # a listing goes to no file
        for record in journal.records("flags"):
            flags.write(record)
        for row in journal.records("summary"):
            if summary:
                summary.write(row)
            yield row
    journal.remove()


def write_at_once(results: Results, outputs: Outputs) -> Iterator[Record]:
    """Write each result as it comes; yield the summary records."""
    with outputs.open_flags() as flags, outputs.open_summary() as summary:
        show = _listing(outputs.labels)
        for _, result in results:
            if flags:
                for record in outputs.kept(result):
                    flags.write(record)
            else:
                show(result)
            row = summary_record(summarize(result))
            if summary:
                summary.write(row)
            yield row


def _listing(labels: frozenset[Label]) -> Callable[[ArticleResult], None]:
    from rich.console import Console  # imported here for cost

    from flagger.sinks.listing import print_result

    console = Console(soft_wrap=True)
    return lambda result: print_result(console, result, labels)
