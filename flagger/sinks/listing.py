"""ArticleResult -> a listing for people: a sign, a word and a colour a flag, the cues underlined."""

from rich.console import Console
from rich.text import Text

from flagger.labels import LABELS, Label
from flagger.results import ArticleResult, SentenceFlag, Status
from flagger.sinks.printable import printable
from flagger.sinks.records import SIGNS
from flagger.summary import summarize

_STYLES = {Label.CONFIRMED: "green", Label.ESTIMATED: "yellow", Label.UNVERIFIED: "bold red", Label.NO_CLAIM: "dim"}
_LABEL_WIDTH = max(map(len, LABELS))


def print_result(console: Console, result: ArticleResult, only: frozenset[Label] = frozenset(LABELS)) -> None:
    """Print one article: a line of counts, then its sentences, or the reason why there are none."""
    name = printable(result.id) or "text"
    if result.status is not Status.OK:
        console.print(Text(f"{name}: {result.status} ({printable(result.reason)})", style="bold"))
        return
    counts = summarize(result).counts
    totals = ", ".join(f"{n} {label}" for label, n in counts.items() if n)
    console.print(Text(f"{name}: {totals}", style="bold"))
    for flag in result.flags:
        if flag.label in only:
            console.print(flag_line(flag, plain=not console.is_terminal))
    console.print()


def flag_line(flag: SentenceFlag, *, plain: bool) -> Text:
    """Return a flag as a line; ``plain`` puts cues between asterisks for want of underlining."""
    head = f"{SIGNS[flag.label]} {flag.label:<{_LABEL_WIDTH}} {flag.confidence:.2f}{'~' if flag.needs_review else ' '} "
    line = Text(head, style=_STYLES[flag.label])
    position = flag.start
    for cue in flag.cues:
        line.append(printable(flag.text[position - flag.start : cue.start - flag.start]), style="default")
        line.append(f"*{printable(cue.text)}*" if plain else printable(cue.text), style="underline")
        position = cue.end
    line.append(printable(flag.text[position - flag.start :]), style="default")
    if flag.source:
        line.append(f"  [source: {printable(flag.source.text)}]", style="cyan")
    return line
