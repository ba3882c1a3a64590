"""flagger models: what is shipped, or one model in detail."""

from typing import Annotated

import typer


def models(
    name: Annotated[str | None, typer.Argument(help="Describe this model: a shipped name or a folder.")] = None,
) -> None:
    """List the shipped models, or print one model's card."""
    # Imported here for cost: artifacts brings pydantic.
    from flagger.artifacts import CARD_FILE, DEFAULT_MODEL, find_model, read_info, read_metrics, shipped_models

    if name:
        folder = find_model(name)
        read_info(folder, any_labels=True)
        typer.echo((folder / CARD_FILE).read_text(encoding="utf-8"))
        return
    for folder in shipped_models():
        info = read_info(folder)
        scores = ", ".join(f"{n} macro-F1 {m['macro_f1']:.3f}" for n, m in read_metrics(folder).items())
        default = " (default)" if folder.name == DEFAULT_MODEL else ""
        typer.echo(f"{folder.name}{default}: {info.kind}, {info.version}; {scores}")
