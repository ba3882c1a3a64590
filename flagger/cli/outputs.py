"""What `flagger score` writes: through a journal into files, or at once to standard output."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from flagger.batch.journal import Journal
from flagger.cli.progress import Results
from flagger.errors import ConfigError
from flagger.labels import Label
from flagger.results import ArticleResult, Status
from flagger.sinks import (
    FLAG_COLUMNS,
    SUMMARY_COLUMNS,
    check_report,
    flag_records,
    format_of,
    open_report,
    open_sink,
    summary_record,
)
from flagger.sinks.records import Record
from flagger.summary import summarize
from flagger.urls import is_url, url_exists

Write = Callable[[Iterable[Record], Record], None]
"""Takes an article's flag records and its summary record."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outputs:
    """What to write, and where. Raises ConfigError where that cannot be."""

    labels: frozenset[Label]
    """Flags with other labels are left out, but not of the report."""
    output: str | None
    """A file or URL; None: standard output."""
    format_name: str | None
    """Of the flags; None leaves them out."""
    summary: str | None
    report: str | None
    raw_csv: bool

    def __post_init__(self) -> None:
        if self.summary:
            format_of(self.summary)
        if self.report:
            check_report(self.report)
        for file in self.files:
            if not file.parent.is_dir():
                raise ConfigError(f"cannot write {file}: there is no folder {file.parent}")
            if file.is_dir():
                raise ConfigError(f"cannot write {file}: it is a folder")
        if len({place if is_url(place) else Path(place).resolve() for place in self.places}) < len(self.places):
            raise ConfigError("--output, --summary and --report must be different files")

    @property
    def files(self) -> list[Path]:
        """Those to write on this machine."""
        return [Path(place) for place in self.places if not is_url(place)]

    @property
    def places(self) -> list[str]:
        """All files and URLs to write."""
        return [place for place in (self.output, self.summary, self.report) if place]

    def find_there(self) -> list[str]:
        """Return those that exist; of a URL that asks the other side."""
        return [place for place in self.places if (url_exists(place) if is_url(place) else Path(place).exists())]

    def own(self) -> Callable[[Path | str], bool]:
        """Return what tells whether a path is one of these."""
        files = {file.resolve() for file in self.files}
        names = {file.name for file in files}  # asked first: a folder may hold a million files
        return lambda path: (
            path in self.places if isinstance(path, str) else path.name in names and path.resolve() in files
        )

    @contextmanager
    def open(self) -> Iterator[Write]:
        """Open them all; each file appears under its name only when it is complete."""
        with ExitStack() as stack:
            flags = summaries = report = None
            opened = partial(open_sink, raw_csv=self.raw_csv)
            if self.format_name:
                flags = stack.enter_context(opened(self.output, self.format_name, FLAG_COLUMNS))
            if self.summary:
                summaries = stack.enter_context(opened(self.summary, format_of(self.summary), SUMMARY_COLUMNS))
            if self.report:
                report = stack.enter_context(open_report(self.report))

            def write(records: Iterable[Record], summary: Record) -> None:
                for record in records:
                    if flags and record["label"] in self.labels:
                        flags.write(record)
                    if report:
                        report.write(record)
                if report and summary["status"] != Status.OK:
                    report.write_failed(summary)
                if summaries:
                    summaries.write(summary)

            yield write


def write_through_journal(results: Results, outputs: Outputs, journal: Journal) -> Iterator[Record]:
    """Write results into a journal, then the files; yield the summary records of all articles, an earlier run's too."""
    for position, result in results:
        journal.write(position, flag_records(result), summary_record(summarize(result)))
    journal.checkpoint()
    with outputs.open() as write:
        records = journal.records("flags")
        for summary in journal.records("summary"):
            write(islice(records, summary["n_sentences"]), summary)
            yield summary
    journal.remove()


def write_at_once(results: Results, outputs: Outputs) -> Iterator[Record]:
    """Write each result as it comes, as a listing if flags have no format; yield the summary records."""
    show = None if outputs.format_name else _listing(outputs.labels)
    with outputs.open() as write:
        for _, result in results:
            summary = summary_record(summarize(result))
            write(flag_records(result), summary)
            if show:
                show(result)
            yield summary


def _listing(labels: frozenset[Label]) -> Callable[[ArticleResult], None]:
    from rich.console import Console  # imported here for cost

    from flagger.sinks.listing import print_result

    console = Console(soft_wrap=True)
    return lambda result: print_result(console, result, labels)
