"""flagger report: a page for reading, from flags that were scored before."""

from pathlib import Path
from typing import Annotated

import typer


def report(
    flags: Annotated[Path, typer.Argument(help="Flags that flagger score wrote: .jsonl, .csv or .parquet.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Write the page here: .html.")],
) -> None:
    """Turn scored flags into one page that shows, filters and exports them, offline."""
    # Imported here for cost.
    from flagger.recorded import read_flags
    from flagger.sinks import open_report

    with open_report(output) as sink:
        for records in read_flags(flags):
            for record in records:
                sink.write(record)
