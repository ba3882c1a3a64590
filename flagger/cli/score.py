"""flagger score: batch-score files and folders of articles."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from flagger.errors import ConfigError
from flagger.labels import LABELS, Label
from flagger.results import ArticleResult, Status

if TYPE_CHECKING:
    from flagger.sinks import Sink

LISTING = "listing"
_FORMATS = (LISTING, "jsonl", "csv", "parquet")
_ENGINES = ("local", "ray")


def score(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH",
            help="Files, folders (searched recursively), glob patterns, URLs of these, or - for standard input.",
        ),
    ],
    output: Annotated[
        str | None, typer.Option("--output", "-o", help="Write the flags to this file or URL: .jsonl, .csv, .parquet.")
    ] = None,
    format_name: Annotated[
        str | None,
        typer.Option("--format", help=f"{', '.join(_FORMATS)}. Default: the output's suffix; listing on a terminal."),
    ] = None,
    summary: Annotated[
        str | None, typer.Option(help="Write one row an article to this file or URL, with its status.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="A shipped model's name or a model folder.")] = None,
    only: Annotated[str | None, typer.Option(help="Keep these labels only, e.g. unverified,estimated.")] = None,
    three_way: Annotated[
        bool, typer.Option("--three-way", help="Leave no_claim out: every sentence gets one of the three flags.")
    ] = False,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=1, help="Processes, or Ray workers, that score side by side.")
    ] = 1,
    text_column: Annotated[str, typer.Option(help="Column of the text in .jsonl, .csv and .parquet.")] = "text",
    id_column: Annotated[
        str | None, typer.Option(help="Column of the id there. Default: id if there is one, else the row's number.")
    ] = None,
    engine: Annotated[
        str, typer.Option(help=f"{' or '.join(_ENGINES)}. Ray (pip install 'flagger[ray]') scores on many machines.")
    ] = "local",
    ray_address: Annotated[
        str | None, typer.Option(help="A running Ray cluster. Default: a Ray of its own on this machine.")
    ] = None,
) -> None:
    """Tag every sentence of many articles.

    Exit code 0: all scored; 1: some articles could not be scored (each is told on standard error and in the summary,
    the rest is scored); 2: wrong usage, nothing was scored.
    """
    labels = _labels(only)
    chosen = _format(format_name, output)
    _check_engine(engine, ray_address)
    # Imported here for cost: these bring the readers, the sinks and the model's runtime.
    from flagger.artifacts import DEFAULT_MODEL
    from flagger.batch.local import score_articles
    from flagger.batch.ray import score_paths
    from flagger.reading import ReadOptions, find_inputs, read
    from flagger.sinks import SUMMARY_COLUMNS, format_of, open_sink, summary_record
    from flagger.summary import summarize

    inputs = find_inputs(paths)
    if inputs.n_other_suffix or inputs.n_links:
        typer.echo(
            f"flagger: passed over in folders: {inputs.n_other_suffix} files of other formats, {inputs.n_links} links",
            err=True,
        )
    options = ReadOptions(text_column=text_column, id_column=id_column)
    n_failed = 0
    with ExitStack() as stack:
        write = _writer(stack, chosen, output, labels)
        summary_sink: Sink | None = None
        if summary:
            summary_sink = stack.enter_context(open_sink(summary, format_of(summary), SUMMARY_COLUMNS))
        chosen_model = model or DEFAULT_MODEL
        if engine == "ray":
            results = score_paths(
                inputs.paths, options, model=chosen_model, three_way=three_way, jobs=jobs, address=ray_address
            )
        else:
            articles = (article for path in inputs.paths for article in read(path, options))
            results = score_articles(articles, model=chosen_model, three_way=three_way, jobs=jobs)
        for result in _progress(results, len(inputs.paths), quiet=chosen == LISTING):
            write(result)
            if summary_sink:
                summary_sink.write(summary_record(summarize(result)))
            if result.status is not Status.OK:
                n_failed += 1
                typer.echo(f"flagger: {result.id}: {result.status}: {result.reason}", err=True)
    if n_failed:
        typer.echo(f"flagger: {n_failed} article{'s' * (n_failed > 1)} could not be scored", err=True)
        raise typer.Exit(1)


def _labels(only: str | None) -> frozenset[Label]:
    names = [name.strip() for name in only.split(",")] if only else list(LABELS)
    if unknown := [name for name in names if name not in tuple(LABELS)]:
        raise ConfigError(f"--only: {', '.join(map(repr, unknown))} is none of {', '.join(LABELS)}")
    return frozenset(map(Label, names))


def _check_engine(name: str, ray_address: str | None) -> None:
    if name not in _ENGINES:
        raise ConfigError(f"--engine: {name!r} is none of {', '.join(_ENGINES)}")
    if ray_address and name != "ray":
        raise ConfigError("--ray-address is for --engine ray")


def _format(name: str | None, output: str | None) -> str:
    if name is not None and name not in _FORMATS:
        raise ConfigError(f"--format: {name!r} is none of {', '.join(_FORMATS)}")
    if name == LISTING and output:
        raise ConfigError("--format listing is for the terminal; write .jsonl, .csv or .parquet to a file")
    if output and name is None:
        from flagger.sinks import format_of  # imported here for cost

        return format_of(output)
    if name is None:
        return LISTING if sys.stdout.isatty() else "jsonl"
    return name


def _writer(
    stack: ExitStack, format_name: str, output: str | None, labels: frozenset[Label]
) -> Callable[[ArticleResult], None]:
    """Return what writes one result: to the terminal as a listing, or to a sink as records."""
    from flagger.sinks import FLAG_COLUMNS, flag_records, open_sink  # imported here for cost
    from flagger.sinks.listing import print_result

    if format_name == LISTING:
        from rich.console import Console  # imported here for cost

        console = Console(soft_wrap=True)
        return lambda result: print_result(console, result, labels)
    sink = stack.enter_context(open_sink(output, format_name, FLAG_COLUMNS))

    def write(result: ArticleResult) -> None:
        for record in flag_records(result):
            if record["label"] in labels:
                sink.write(record)

    return write


def _progress(results: Iterable[ArticleResult], n_files: int, *, quiet: bool) -> Iterator[ArticleResult]:
    """Show on standard error how many files are done, when that is a terminal."""
    if quiet or not sys.stderr.isatty():
        yield from results
        return
    from rich.console import Console  # imported here for cost
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("files, {task.fields[sentences]:,} sentences,"))
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("scoring", total=n_files, sentences=0)
        n_sentences = n_begun = 0
        path: str | None = None
        for result in results:
            n_begun += n_begun == 0 or result.path != path  # a table gives many results with one path
            path = result.path
            n_sentences += len(result.flags)
            progress.update(task, completed=n_begun - 1, sentences=n_sentences)
            yield result
