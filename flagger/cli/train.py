"""flagger train: a model folder from a config file."""

from pathlib import Path
from typing import Annotated

import typer


def train(
    config: Annotated[Path, typer.Argument(help="A recipe, e.g. configs/baseline.toml.")],
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="SECTION.KEY=VALUE", help="Override a key of the recipe; repeatable."),
    ] = None,
) -> None:
    """Train, calibrate, evaluate and package a model."""
    # Imported here for cost: training brings sklearn's estimators.
    from flagger.training.config import load_config
    from flagger.training.run import train as run

    run(load_config(config, overrides), report=lambda message: typer.echo(message, err=True))
