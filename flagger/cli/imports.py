"""flagger data import: labelled articles from other programs and public corpora."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flagger.cli.own_input import refuse_own_input
from flagger.cli.renaming import renaming
from flagger.errors import ConfigError

if TYPE_CHECKING:
    from flagger.training.imported import Imported

app = typer.Typer(
    help="Turn what other programs and public corpora have into labelled articles.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_Output = Annotated[Path, typer.Option("--output", "-o", help="Write labelled articles (.jsonl) here.")]
_Split = Annotated[str, typer.Option(help="Split of the articles: train, validation or test.")]
_Validation = Annotated[
    float, typer.Option(help="Share of the train articles that becomes the validation split.", min=0, max=0.9)
]
_Seed = Annotated[int, typer.Option(help="Of the choice of that share.")]


@app.command("label-studio")
def label_studio(
    file: Annotated[Path, typer.Argument(help="An export of Label Studio: the JSON one.")],
    *,
    output: _Output,
    topic: Annotated[str | None, typer.Option(help="Topic of articles whose task names none.")] = None,
    register: Annotated[str | None, typer.Option(help="Register of articles whose task names none.")] = None,
    country: Annotated[str | None, typer.Option(help="Country of articles whose task names none.")] = None,
    stratum: Annotated[str | None, typer.Option(help="Stratum of such articles. Default: natural.")] = None,
    split: Annotated[str | None, typer.Option(help="Split of such articles. Default: train.")] = None,
) -> None:
    """Take back what annotators corrected in Label Studio."""
    from flagger.training.dataset import write_articles  # imported here for cost
    from flagger.training.label_studio import import_label_studio

    refuse_own_input(output, file)
    metadata = {"topic": topic, "register": register, "country": country, "stratum": stratum, "split": split}
    imported = import_label_studio(file, metadata)
    write_articles(output, imported.articles)
    if imported.n_passed_over:
        typer.echo(f"{imported.n_passed_over} tasks without an annotation passed over", err=True)
    typer.echo(f"{len(imported.articles)} articles written to {output}", err=True)


@app.command()
def szeged(
    file: Annotated[Path, typer.Argument(help="An XML file of the Szeged Uncertainty Corpus 2.0.")],
    *,
    output: _Output,
    without: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TYPE", help="Leave out epistemic, doxastic, condition or investigation cues; repeatable."
        ),
    ] = None,
    documents: Annotated[
        Path | None, typer.Option(help="Take only the documents that this table (.csv, .tsv, ...) names.")
    ] = None,
    document_column: Annotated[str, typer.Option(help="Where it names them.")] = "doc_id",
    split: _Split = "train",
    validation: _Validation = 0.0,
    seed: _Seed = 13,
) -> None:
    """Import the Szeged Uncertainty Corpus: a sentence with a cue is uncertain, any other certain."""
    from flagger.training.labelled_table import read_column  # imported here for cost
    from flagger.training.szeged_xml import CUE_TYPES, import_szeged

    refuse_own_input(output, file, documents)
    if unknown := sorted(set(without or ()) - set(CUE_TYPES)):
        raise ConfigError(f"--without: {unknown[0]!r} is none of {', '.join(CUE_TYPES)}")
    wanted = read_column(documents, document_column) if documents else None
    _write(output, import_szeged(file, split, without or (), wanted), split, validation, seed)


@app.command()
def conll2010(
    file: Annotated[Path, typer.Argument(help="An XML file of the CoNLL-2010 shared task, task 1, with its labels.")],
    *,
    output: _Output,
    split: _Split = "train",
    validation: _Validation = 0.0,
    seed: _Seed = 13,
) -> None:
    """Import CoNLL-2010, task 1: sentences are certain or uncertain as the file says."""
    from flagger.training.szeged_xml import import_conll2010  # imported here for cost

    refuse_own_input(output, file)
    _write(output, import_conll2010(file, split), split, validation, seed)


@app.command("csv")
def table(
    file: Annotated[Path, typer.Argument(help="A table: .csv, .tsv, .jsonl or .parquet, also with .gz.")],
    *,
    output: _Output,
    text_column: Annotated[str, typer.Option(help="Column of the sentence.")] = "text",
    label_column: Annotated[str, typer.Option(help="Column of its label.")] = "label",
    document_column: Annotated[
        str | None,
        typer.Option(help="Column of its document, whose rows become one article. Default: each row is an article."),
    ] = None,
    labels: Annotated[
        list[str] | None,
        typer.Option(
            "--label", metavar="FOUND=LABEL", help="Rename a label, e.g. 1=uncertain: none or all; repeatable."
        ),
    ] = None,
    split: _Split = "train",
    validation: _Validation = 0.0,
    seed: _Seed = 13,
) -> None:
    """Import a table with a sentence and its label in each row."""
    from flagger.training.labelled_table import Columns, import_table  # imported here for cost

    refuse_own_input(output, file)
    renamed = renaming(labels)
    columns = Columns(text_column, label_column, document_column)
    _write(output, import_table(file, split, columns, renamed), split, validation, seed)


def _write(output: Path, imported: "Imported", split: str, validation: float, seed: int) -> None:
    from flagger.training.dataset import SPLITS, write_articles  # imported here for cost
    from flagger.training.imported import set_aside

    if split not in SPLITS:
        raise ConfigError(f"--split {split!r}: expected one of {', '.join(SPLITS)}")
    if validation and split != "train":
        raise ConfigError(f"--validation takes a share of the train articles, but these are --split {split}")
    articles = set_aside(imported.articles, validation, seed) if validation else imported.articles
    write_articles(output, articles)
    if imported.n_passed_over:
        typer.echo(f"{imported.n_passed_over} sentences without text passed over", err=True)
    for part in SPLITS:
        counts = Counter(s.final.label for article in articles if article.split == part for s in article.sentences)
        if counts:
            n_articles = sum(article.split == part for article in articles)
            told = ", ".join(f"{n} {label}" for label, n in counts.most_common())
            typer.echo(f"{part}: {n_articles} articles written to {output}, sentences: {told}", err=True)
