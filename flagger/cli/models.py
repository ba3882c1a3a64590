"""flagger models: what is shipped, or one model in detail."""

from pathlib import Path
from typing import Annotated

import typer


def models(
    name: Annotated[str | None, typer.Argument(help="Describe this model: a shipped name or a folder.")] = None,
    torch: Annotated[
        Path | None,
        typer.Option(help="Write this transformer to a folder that transformers loads and encoder.base may name."),
    ] = None,
) -> None:
    """List the shipped models, or print one model's card."""
    # Imported here for cost: artifacts brings pydantic.
    from flagger.artifacts import CARD_FILE, DEFAULT_MODEL, find_model, read_info, read_metrics, shipped_models
    from flagger.errors import ModelError

    if torch and not name:
        raise typer.BadParameter("say which model", param_hint="'--torch'")
    if name:
        folder = find_model(name)
        if torch:
            _write_for_torch(folder, torch)
            return
        read_info(folder, any_labels=True)
        try:
            typer.echo((folder / CARD_FILE).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise ModelError(f"cannot read {folder / CARD_FILE}: {error}") from error
        return
    for folder in shipped_models():
        info = read_info(folder)
        scores = ", ".join(f"{n} macro-F1 {m['macro_f1']:.3f}" for n, m in read_metrics(folder).items())
        default = " (default)" if folder.name == DEFAULT_MODEL else ""
        typer.echo(f"{folder.name}{default}: {info.kind}, {info.version}; {scores}")


def _write_for_torch(folder: Path, target: Path) -> None:
    from flagger.errors import ConfigError

    try:
        from flagger.training.import_transformer import write_for_torch
    except ImportError as error:
        raise ConfigError(f"--torch needs the extra 'train': pip install 'flagger[train]' ({error})") from error
    write_for_torch(folder, target)
    typer.echo(f"wrote {target}")
