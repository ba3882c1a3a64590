"""flagger flag: one text given on the command line."""

from typing import Annotated

import typer


def flag(
    text: Annotated[str, typer.Argument(help="The text; several sentences are flagged one by one.")],
    model: Annotated[str | None, typer.Option(help="A shipped model's name or a model folder.")] = None,
    three_way: Annotated[
        bool, typer.Option("--three-way", help="Leave no_claim out: every sentence gets one of the three flags.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON Lines instead of a listing.")] = False,
) -> None:
    """Tag the sentences of one text."""
    # Imported here for cost: these bring the model's runtime.
    from rich.console import Console

    from flagger.pipeline import Flagger
    from flagger.sinks import FLAG_COLUMNS, flag_records, open_sink
    from flagger.sinks.listing import print_result

    flagger = Flagger.load(model) if model else Flagger.load()
    result = next(flagger.flag_many([text], three_way=three_way))
    if as_json:
        with open_sink(None, "jsonl", FLAG_COLUMNS) as sink:
            for record in flag_records(result):
                sink.write(record)
    else:
        print_result(Console(soft_wrap=True), result)
