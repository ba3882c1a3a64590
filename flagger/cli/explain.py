"""flagger explain: why a text got its flags."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flagger.errors import ConfigError
from flagger.results import ArticleResult, SentenceFlag, Status

if TYPE_CHECKING:
    from rich.console import Console

    from flagger.explanation import Example, Explanation

_TRAINED_ON = Path("datasets/articles")


def explain(
    text: Annotated[str, typer.Argument(help="The text; several sentences are explained one by one.")],
    model: Annotated[str | None, typer.Option(help="A shipped model's name or a model folder.")] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            help="Labelled articles to find sentences like it in: a .jsonl file or a folder of them. "
            f"Default: what the shipped models were trained on, in {_TRAINED_ON}."
        ),
    ] = None,
    nearest: Annotated[int, typer.Option(min=0, help="How many of them.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON Lines, one a sentence.")] = False,
) -> None:
    """Tell why a text got its flags: cues, source, what each cue does to the label, and labelled sentences like it."""
    # Imported here for cost: these bring the model's runtime.
    from rich.console import Console

    from flagger.explanation import explain as explain_text
    from flagger.pipeline import Flagger

    flagger = Flagger.load(model) if model else Flagger.load()
    explanations = explain_text(flagger, text, _examples(data) if nearest else [], n_nearest=nearest)
    console = Console(soft_wrap=True)
    for explanation in explanations:
        if as_json:
            typer.echo(json.dumps(_record(explanation), ensure_ascii=False))
        else:
            _print(console, explanation)


def _examples(data: Path | None) -> list["Example"]:
    from flagger.explanation import Example  # imported here for cost, as is the next
    from flagger.training.dataset import read_articles

    if data and not data.exists():
        raise ConfigError(f"--data: there is no file or folder {data}")
    if not data and not _TRAINED_ON.exists():
        typer.echo(f"flagger: {_TRAINED_ON} is not here; --data names labelled articles to compare with", err=True)
        return []
    articles = read_articles(data) if data else read_articles(_TRAINED_ON, "train")
    return [
        Example(article.id, sentence.text, sentence.final.label)
        for article in articles
        for sentence in article.sentences
    ]


def _record(explanation: "Explanation") -> dict[str, object]:
    from flagger.sinks.records import span_record  # imported here for cost

    return {
        **_flagged(explanation.flag),
        "without": [
            {"cue": span_record(occlusion.cue), **_flagged(occlusion.flag)} for occlusion in explanation.occlusions
        ],
        "nearest": [
            {**asdict(neighbour.example), "similarity": neighbour.similarity} for neighbour in explanation.nearest
        ],
    }


def _flagged(flag: SentenceFlag) -> dict[str, object]:
    from flagger.sinks import flag_records  # imported here for cost

    (record,) = flag_records(ArticleResult("", None, Status.OK, "", None, [flag]))
    return {name: value for name, value in record.items() if name not in ("article_id", "path")}


def _print(console: "Console", explanation: "Explanation") -> None:
    from rich.text import Text  # imported here for cost, as is the next

    from flagger.sinks.listing import flag_line
    from flagger.sinks.printable import printable

    plain = not console.is_terminal
    console.print(flag_line(explanation.flag, plain=plain))
    told = ", ".join(f"{label} {p:.2f}" for label, p in explanation.flag.probabilities.items())
    console.print(Text(f"  probabilities: {told}"))
    for occlusion in explanation.occlusions:
        console.print(Text(f"  without “{printable(occlusion.cue.text)}”:"))
        console.print(Text("    ").append_text(flag_line(occlusion.flag, plain=plain)))
    if explanation.nearest:
        console.print(Text("  worded most like it, among labelled sentences:"))
    for neighbour in explanation.nearest:
        example = neighbour.example
        console.print(Text(f"    {neighbour.similarity:.2f} {example.label}: {printable(example.text)}"))
    console.print()
