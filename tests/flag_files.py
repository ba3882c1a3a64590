"""Articles with flags for tests of what reads a flags file: drawn by hypothesis, or written down."""

from collections.abc import Sequence
from pathlib import Path

from hypothesis import strategies as st

from flagger.labels import LABELS, Label
from flagger.results import ArticleResult, SentenceFlag, Span, Status
from flagger.sinks import FLAG_COLUMNS, flag_records, format_of, open_sink
from flagger.sinks.records import Record

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
openings = st.sampled_from(
    ["", "=", "+", "-", "@", "\t", "\r", "\n", "'", "''", "'=", "＝", "é", "e\u0301", "🔥", "שלום"]
)
names = st.builds(str.__add__, openings, texts)


@st.composite
def spans(draw: st.DrawFn, start: int, text: str) -> Span:
    first = draw(st.integers(0, len(text) - 1))
    last = draw(st.integers(first + 1, len(text)))
    return Span(start + first, start + last, text[first:last])


@st.composite
def results(draw: st.DrawFn, min_sentences: int = 0) -> ArticleResult:
    """An article whose sentences stand one after the other, some of them perhaps left out."""
    flags = []
    index = end = 0
    for _ in range(draw(st.integers(min_sentences, 4))):
        start, text = end + draw(st.integers(0, 3)), draw(names)
        end = start + len(text)
        probabilities = {str(label): draw(st.floats(0, 1)) for label in LABELS}
        label = draw(st.sampled_from(LABELS))
        flags.append(
            SentenceFlag(
                index=index,
                start=start,
                end=end,
                text=text,
                label=label,
                probabilities=probabilities,
                confidence=probabilities[label],
                needs_review=draw(st.booleans()),
                cues=draw(st.lists(spans(start, text), max_size=2)),
                source=draw(st.none() | spans(start, text)),
                model="stub@0",
            )
        )
        index += draw(st.sampled_from([1, 1, 1, 3]))
    return ArticleResult(draw(names), draw(st.none() | names), Status.OK, flags=flags)


def flagged(
    text: str, sentences: Sequence[tuple[str, Label, Sequence[str], str | None]], article_id: str = "news.txt"
) -> ArticleResult:
    """An article from its text and, a sentence, its text, label, the texts of its cues and of its source."""
    flags = []
    end = 0
    for index, (sentence, label, cues, source) in enumerate(sentences):
        start = text.index(sentence, end)
        end = start + len(sentence)

        def span(part: str, start: int = start, sentence: str = sentence) -> Span:
            at = start + sentence.index(part)
            return Span(at, at + len(part), part)

        others = {str(other): 0.04 for other in LABELS}
        flags.append(
            SentenceFlag(
                index,
                *(start, end, sentence, label),
                probabilities=others | {str(label): 0.88},
                confidence=0.88,
                needs_review=False,
                cues=[span(cue) for cue in cues],
                source=None if source is None else span(source),
                model="stub@0",
            )
        )
    return ArticleResult(article_id, article_id, Status.OK, flags=flags)


def records_of(result: ArticleResult) -> list[Record]:
    return list(flag_records(result))


def write_flags(path: Path, *articles: ArticleResult, raw_csv: bool = False) -> Path:
    with open_sink(path, format_of(path), FLAG_COLUMNS, raw_csv=raw_csv) as sink:
        for result in articles:
            for record in flag_records(result):
                sink.write(record)
    return path
