"""flagger evaluate: measure a model on labelled articles."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from flagger.cli.renaming import renaming
from flagger.errors import ConfigError, writing

_TABLE_WIDTH = 110
_SPANS = {"cue": "cues", "source": "sources"}


def evaluate(
    model: Annotated[str, typer.Argument(help="A shipped model's name or a model folder.")],
    data: Annotated[Path, typer.Argument(help="Labelled articles: a .jsonl file or a folder of them.")],
    split: Annotated[str | None, typer.Option(help="Only the articles of this split: train, validation, test.")] = None,
    labels: Annotated[
        list[str] | None,
        typer.Option(
            "--label",
            metavar="FOUND=LABEL",
            help="Count the model's label as another, e.g. estimated=uncertain: none or all; repeatable.",
        ),
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Also write every figure here as JSON.")] = None,
    plots: Annotated[
        Path | None,
        typer.Option(help="Also write a confusion matrix and a reliability diagram into this folder, as SVG."),
    ] = None,
) -> None:
    """Print precision, recall and F1 a label, the confusion matrix, the calibration error, cue and source F1.

    The articles must have the model's labels, or what --label makes of them. Cues and sources are measured where they
    mark any.
    """
    # Imported here for cost: evaluation brings sklearn.
    from flagger.artifacts import find_model, read_info
    from flagger.classifiers import load_classifier
    from flagger.training.dataset import read_articles
    from flagger.training.evaluation import evaluate as measure
    from flagger.training.evaluation import merge_labels, score_articles

    folder = find_model(model)
    info = read_info(folder, any_labels=True)
    renamed = _of_all(renaming(labels), info.labels)
    articles = read_articles(data, split, tuple(dict.fromkeys(renamed.values())))
    scored, temperature = score_articles(load_classifier(folder, info), articles, info.labels), info.temperature
    if labels:
        scored, temperature = merge_labels(scored, temperature, renamed), 1.0
    metrics = {"model": info.version, **measure(scored, temperature)}
    _show(metrics)
    if plots:
        try:
            from flagger.training.plots import plot_scored
        except ImportError as error:
            raise ConfigError(f"--plots needs the extra 'train': pip install 'flagger[train]' ({error})") from error
        for path in plot_scored(plots, split or data.stem, scored, temperature):
            typer.echo(f"wrote {path}", err=True)
    if output:
        with writing(output):
            output.write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf-8")


def _of_all(renamed: dict[str, str], labels: tuple[str, ...]) -> dict[str, str]:
    """Return what each of a model's labels counts as, in their order: itself if none is renamed."""
    if renamed and set(renamed) != set(labels):
        raise ConfigError(f"--label: expected each of {', '.join(labels)}, found {', '.join(renamed)}")
    return {label: renamed.get(label, label) for label in labels}


def _show(metrics: dict[str, Any]) -> None:
    from rich.console import Console  # imported here for cost
    from rich.markup import escape
    from rich.table import Table

    console = Console(width=max(Console().width, _TABLE_WIDTH))  # a narrower terminal would cut the figures off
    console.print(f"{escape(metrics['model'])} on {metrics['n_articles']} articles, {metrics['n_sentences']} sentences")
    spans = (f"  {name} F1 {metrics[key]['f1']:.3f}" for name, key in _SPANS.items() if key in metrics)
    console.print(
        f"macro-F1 {metrics['macro_f1']:.3f}  accuracy {metrics['accuracy']:.3f}  "
        f"calibration error {metrics['calibration_error']:.3f}{''.join(spans)}"
    )
    if sure := metrics.get("sure"):
        console.print(f"on the {sure['n_sentences']} sure ones: macro-F1 {sure['macro_f1']:.3f}")
    labels = list(map(escape, metrics["labels"]))
    table = Table("label", "precision", "recall", "F1", "support", *(f"said {label}" for label in labels))
    for (label, values), confused in zip(metrics["labels"].items(), metrics["confusion_matrix"], strict=True):
        rates = (f"{values[key]:.3f}" for key in ("precision", "recall", "f1"))
        table.add_row(escape(label), *rates, str(values["support"]), *map(str, confused))
    console.print(table)
