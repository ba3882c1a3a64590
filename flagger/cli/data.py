"""flagger data: check and build labelled data."""

import json
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from flagger.cli.imports import app as imports
from flagger.errors import ConfigError, writing

app = typer.Typer(help="Check and build labelled data.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(imports, name="import")

_DEFAULT = Path("datasets/articles")
_Articles = Annotated[Path, typer.Argument(help="Labelled articles: a .jsonl file or a folder of them.")]


@app.command()
def check(
    path: _Articles = _DEFAULT,
    labels: Annotated[
        str | None, typer.Option(help="The labels of another corpus, e.g. certain,uncertain. Default: flagger's own.")
    ] = None,
) -> None:
    """Name every fault of labelled articles by file, article and sentence. Exit code 1 if there is any."""
    from flagger.training.validation import check as validate  # imported here for cost: it brings sklearn

    articles, faults = validate(path, tuple(map(str.strip, labels.split(",")))) if labels else validate(path)
    for fault in faults:
        typer.echo(str(fault), err=True)
    sentences = [sentence for article in articles for sentence in article.sentences]
    counts = Counter(str(sentence.final.label) for sentence in sentences)
    typer.echo(f"{len(articles)} articles, {len(sentences)} sentences, {len(faults)} faults")
    typer.echo(", ".join(f"{label} {n} ({n / len(sentences):.0%})" for label, n in counts.most_common()))
    if faults:
        raise typer.Exit(1)


@app.command("compile")
def compile_markup(
    files: Annotated[list[Path], typer.Argument(help="Articles in the inline markup that CONTRIBUTING.md describes.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Write labelled articles (.jsonl) here.")],
) -> None:
    """Turn articles written in the inline markup into labelled articles with offsets."""
    from flagger.training.markup import compile_files  # imported here for cost

    n_articles = compile_files(files, output)
    typer.echo(f"{n_articles} articles written to {output}", err=True)


@app.command()
def sheet(
    path: _Articles = _DEFAULT,
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="Write the sheet (.txt) here.")],
    split: Annotated[str | None, typer.Option(help="Only the articles of this split.")] = None,
) -> None:
    """Write what nobody has read twice as a blank sheet for a second reader: the text without its labels."""
    from flagger.training.dataset import read_articles  # imported here for cost
    from flagger.training.readings import blank_sheet

    unread = [a for a in read_articles(path, split) if any(s.second is None for s in a.sentences)]
    with writing(output):
        output.write_text(blank_sheet(unread), encoding="utf-8")
    typer.echo(f"{len(unread)} articles written to {output}", err=True)


@app.command()
def merge(
    path: Annotated[Path, typer.Argument(help="Labelled articles: a .jsonl file.")],
    sheets: Annotated[list[Path], typer.Argument(help="Filled sheets of a second reader.")],
    *,
    disputes: Annotated[Path | None, typer.Option(help="Write the sentences whose labels differ here.")] = None,
    settled: Annotated[list[Path] | None, typer.Option(help="Disputes that a third reader settled.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the articles (.jsonl) with both readings here.")
    ] = None,
) -> None:
    """Add second readings to articles; where labels differ, a third reading decides.

    First with --disputes, for the third reader; then, when those are settled, with --settled and --output.
    """
    from flagger.training.dataset import read_articles, write_articles  # imported here for cost
    from flagger.training.readings import dispute_sheet, merge_readings, read_sheets

    if not disputes and not output:
        raise ConfigError("merge needs --disputes or --output, or there is nothing to write")
    articles = read_articles(path)
    seconds = read_sheets(sheets, articles)
    if disputes:
        with writing(disputes):
            disputes.write_text(dispute_sheet(articles, seconds), encoding="utf-8")
        typer.echo(f"disputes written to {disputes}", err=True)
    if output:
        write_articles(output, merge_readings(articles, seconds, settled or []))
        typer.echo(f"{len(articles)} articles written to {output}, {len(seconds)} read a second time", err=True)


@app.command()
def agreement(
    path: _Articles = _DEFAULT,
) -> None:
    """Print how far the two readers agree: Cohen's kappa by label, stratum and split, F1 of spans. As JSON."""
    from flagger.training.agreement import agreement as compute  # imported here for cost: it brings sklearn
    from flagger.training.dataset import read_articles

    typer.echo(json.dumps(compute(read_articles(path)), indent=2))


@app.command()
def artefacts(
    path: _Articles = _DEFAULT,
) -> None:
    """Print how well labels can be guessed, on validation, from what should not tell them."""
    from flagger.training.artefacts import guess_labels  # imported here for cost: it brings sklearn
    from flagger.training.dataset import read_articles

    typer.echo(json.dumps(guess_labels(read_articles(path, "train"), read_articles(path, "validation")), indent=2))


@app.command()
def rulings(
    path: _Articles = _DEFAULT,
    guideline: Annotated[Path, typer.Option(help="The guideline with the traps and the table.")] = Path(
        "datasets/GUIDELINE.md"
    ),
    listed: Annotated[Path, typer.Option("--list", help="Which sentences show which ruling.")] = Path(
        "datasets/rulings.json"
    ),
) -> None:
    """Print how many sentences show each trap and ruling of the guideline. Exit code 1 if one is short of ten."""
    from flagger.training.dataset import read_articles  # imported here for cost
    from flagger.training.rulings import count_rulings, read_list, read_rulings

    counts, faults = count_rulings(read_rulings(guideline), read_list(listed), read_articles(path))
    for wording, count in counts.items():
        typer.echo(f"{count:4} {wording}")
    for fault in faults:
        typer.echo(fault, err=True)
    if faults:
        raise typer.Exit(1)


@app.command()
def manifest(
    path: Annotated[Path, typer.Argument(help="A folder of labelled articles.")] = _DEFAULT,
) -> None:
    """Print hashes and counts of a dataset; datasets/manifest.json holds the project's."""
    from flagger.training.manifest import build_manifest  # imported here for cost

    typer.echo(json.dumps(build_manifest(path), indent=2))
