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
    *,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the last checkpoint of a run cut off.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only check the recipe and the data.")] = False,
) -> None:
    """Train, calibrate, evaluate and package a model."""
    # Imported here for cost: training brings sklearn's estimators.
    from flagger.training.config import load_config
    from flagger.training.run import read_data
    from flagger.training.run import train as run

    recipe = load_config(config, overrides)
    if dry_run:
        splits, outside = read_data(recipe)
        for name, articles in (splits | outside).items():
            typer.echo(f"{name}: {len(articles)} articles, {sum(len(a.sentences) for a in articles)} sentences")
    else:
        run(recipe, report=lambda message: typer.echo(message, err=True), resume=resume)
