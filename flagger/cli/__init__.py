"""The command line: one module a command. A command parses, calls one library function and prints."""

import os
import sys

import typer

from flagger.cli import data, evaluate, explain, export, flag, models, report, score, train
from flagger.errors import FlaggerError

app = typer.Typer(
    name="flagger",
    help="Tag every sentence of an article as confirmed, estimated or unverified, by how it is worded.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("score")(score.score)
app.command("flag")(flag.flag)
app.command("explain")(explain.explain)
app.command("report")(report.report)
app.command("export")(export.export)
app.command("train")(train.train)
app.command("evaluate")(evaluate.evaluate)
app.command("models")(models.models)
app.add_typer(data.app, name="data")


@app.callback(invoke_without_command=True)
def _root(version: bool = typer.Option(False, "--version", help="Print the version and exit.")) -> None:
    if version:
        import flagger  # imported here: the package is being initialised when this module loads

        typer.echo(flagger.__version__)
        raise typer.Exit


def main() -> None:
    """Run the command line; a FlaggerError, or output that cannot be written, becomes one message and exit code 2."""
    try:
        app()
    except FlaggerError as error:
        typer.echo(f"flagger: {error}", err=True)
        sys.exit(2)
    except OSError as error:
        if error.filename is not None:  # what is read or written by name is told where it is opened
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python fails once more as it ends
        typer.echo(f"flagger: cannot write standard output: {error.strerror}", err=True)
        sys.exit(2)
