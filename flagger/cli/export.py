"""flagger export: a flags file in another program's format."""

from pathlib import Path
from typing import Annotated

import typer

from flagger.cli.own_input import refuse_own_input


def export(
    flags: Annotated[Path, typer.Argument(help="Flags that score wrote: .jsonl, .csv or .parquet.")],
    to: Annotated[
        str, typer.Option("--to", help="label-studio, spacy, brat, w3c-annotation, conll or sarif.", metavar="FORMAT")
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Write this file; for brat a new folder, or a .zip file.")
    ],
) -> None:
    """Turn flags into another program's format, to annotate, search or show them there."""
    from flagger.exports import export as write  # imported here for cost
    from flagger.recorded import read_flags

    refuse_own_input(output, flags)
    n_articles = write(read_flags(flags), to, output)
    typer.echo(f"{n_articles} article{'s' * (n_articles != 1)} written to {output}", err=True)
