"""flagger score: batch-score files and folders of articles."""

import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flagger.cli.conditions import parse_condition
from flagger.errors import ConfigError
from flagger.labels import LABELS, Label
from flagger.results import Status

if TYPE_CHECKING:
    from flagger.cli.outputs import Outputs
    from flagger.reading import Inputs

LISTING = "listing"
_FORMATS = (LISTING, "jsonl", "csv", "parquet")
_ENGINES = ("local", "ray")
_SOME_FAILED, _CONDITION_HOLDS, _INTERRUPTED = 1, 3, 130  # the last as shells have it: 128 and the signal's number


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
    report: Annotated[
        str | None,
        typer.Option(help="Write a page for reading here: .html. It holds every label, whatever --only keeps."),
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
    resume: Annotated[bool, typer.Option("--resume", help="Go on where a run with this --output was cut off.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace outputs that are there already.")] = False,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CONDITION",
            help="Exit with 3 if it holds for any article: 'any unverified', 'unverified>0.3' (share of the sentences "
            "with a claim). Repeatable.",
        ),
    ] = None,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="An article without any text is no failure.")
    ] = False,
    log_json: Annotated[
        bool, typer.Option("--log-json", help="Tell progress and failures on standard error as JSON Lines.")
    ] = False,
    engine: Annotated[
        str, typer.Option(help=f"{' or '.join(_ENGINES)}. Ray (pip install 'flagger[ray]') scores on many machines.")
    ] = "local",
    ray_address: Annotated[
        str | None, typer.Option(help="A running Ray cluster. Default: a Ray of its own on this machine.")
    ] = None,
    raw_csv: Annotated[
        bool, typer.Option("--raw-csv", help="Put no ' before CSV cells that a spreadsheet would run as a formula.")
    ] = False,
) -> None:
    """Tag every sentence of many articles.

    Exit code 0: all scored; 1: some articles could not be scored (each is told on standard error and in the summary,
    the rest is scored); 2: wrong usage, or the output cannot be written; 3: a --fail-on condition holds; 130:
    interrupted.
    """
    labels = _labels(only)
    chosen = _format(format_name, output)
    _check_engine(engine, ray_address)
    conditions = [parse_condition(text) for text in fail_on or []]
    from flagger import __version__  # imported here: the package is being initialised when this module loads

    # Imported here for cost: these bring the readers, the sinks and the model's runtime.
    from flagger.artifacts import DEFAULT_MODEL, find_model, read_info
    from flagger.batch import local, ray
    from flagger.batch.journal import BEGINNING, UNFINISHED, Journal, unfinished
    from flagger.cli.outputs import Outputs, write_at_once, write_through_journal
    from flagger.cli.progress import shown_progress
    from flagger.reading import STDIN, ReadOptions, find_inputs

    model = model or DEFAULT_MODEL
    asked = {
        "flagger": __version__,
        "model": read_info(find_model(model)).version,
        "three-way": three_way,
        "text-column": text_column,
        "id-column": id_column,
    }
    is_listing = chosen == LISTING
    outputs = Outputs(
        labels=labels,
        output=output,
        format_name=None if is_listing else chosen,
        summary=summary,
        report=report,
        raw_csv=raw_csv,
    )
    own = outputs.own()
    inputs = find_inputs(paths, lambda path: str(path).endswith(UNFINISHED) or own(path))
    if read := next(filter(own, inputs.paths), None):
        raise ConfigError(f"{read} is to be read and to be written")
    file = _file_to_resume(outputs, inputs, resume=resume, overwrite=overwrite)
    if file and resume and not unfinished(file).exists() and file.exists():
        if conditions:
            raise ConfigError(f"{file} is complete: --fail-on is tested while scoring, which --overwrite does again")
        typer.echo(f"flagger: {file} is complete: nothing to resume", err=True)
        return
    if not log_json:
        _tell_passed_over(inputs)

    accepted = {Status.OK, Status.EMPTY} if allow_empty else {Status.OK}
    n_failed, holds = 0, False
    try:
        with ExitStack() as stack:
            journal = None
            if file:
                journal = Journal(file, asked, inputs.paths, resume=resume, overwrite=overwrite)
                stack.enter_context(journal)
            score_files = partial(ray.score_files, address=ray_address) if engine == "ray" else local.score_files
            results = score_files(
                inputs.paths,
                ReadOptions(text_column=text_column, id_column=id_column),
                model=model,
                three_way=three_way,
                jobs=jobs,
                start=journal.position if journal else BEGINNING,
            )
            progress = shown_progress(inputs, log_json=log_json, quiet=is_listing)
            told = stack.enter_context(progress).told(results)
            rows = write_through_journal(told, outputs, journal) if journal else write_at_once(told, outputs)
            for row in rows:
                n_failed += row["status"] not in accepted
                holds = holds or any(condition(row) for condition in conditions)
    except KeyboardInterrupt:
        can_resume = file and STDIN not in inputs.paths
        typer.echo(f"flagger: interrupted{'; --resume goes on from here' if can_resume else ''}", err=True)
        raise typer.Exit(_INTERRUPTED) from None
    if n_failed and not log_json:
        typer.echo(f"flagger: {_counted(n_failed, 'article')} could not be scored", err=True)
    if holds or n_failed:
        raise typer.Exit(_CONDITION_HOLDS if holds else _SOME_FAILED)


def _labels(only: str | None) -> frozenset[Label]:
    names = [name.strip() for name in only.split(",")] if only else list(LABELS)
    if unknown := [name for name in names if name not in tuple(LABELS)]:
        raise ConfigError(f"--only: {', '.join(map(repr, unknown))} is none of {', '.join(LABELS)}")
    return frozenset(map(Label, names))


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


def _tell_passed_over(inputs: "Inputs") -> None:
    kinds = {
        "file of another format": inputs.n_other_suffix,
        "link": inputs.n_links,
        "output of flagger": inputs.n_left_out,
    }
    if passed_over := [_counted(n, kind) for kind, n in kinds.items() if n]:
        typer.echo(f"flagger: passed over in folders: {', '.join(passed_over)}", err=True)


def _counted(n: int, noun: str) -> str:
    head, *rest = noun.split(" ", 1)
    return " ".join([f"{n:,}", head if n == 1 else f"{head}s", *rest])


def _file_to_resume(outputs: "Outputs", inputs: "Inputs", *, resume: bool, overwrite: bool) -> Path | None:
    """Return the output if a run that is cut off can be resumed: only one that goes to a file of this machine.

    Raises:
        ConfigError: If there are files in the way, or --resume cannot be done.
    """
    from flagger.batch.journal import unfinished  # imported here for cost
    from flagger.reading import STDIN
    from flagger.urls import is_url

    file = Path(outputs.output) if outputs.output and not is_url(outputs.output) else None
    if resume and not file:
        raise ConfigError("--resume needs an --output on this machine")
    if resume and STDIN in inputs.paths:
        raise ConfigError("--resume: standard input cannot be read a second time")
    if overwrite and not outputs.places:
        raise ConfigError("--overwrite needs an --output, a --summary or a --report")
    if overwrite or (file and unfinished(file).exists()):
        return file
    there = outputs.find_there()
    is_complete = resume and len(there) == len(outputs.places)
    if there and not is_complete:
        raise ConfigError(f"{there[0]} is there already; --overwrite replaces it")
    return file


def _check_engine(name: str, ray_address: str | None) -> None:
    if name not in _ENGINES:
        raise ConfigError(f"--engine: {name!r} is none of {', '.join(_ENGINES)}")
    if ray_address and name != "ray":
        raise ConfigError("--ray-address is for --engine ray")
