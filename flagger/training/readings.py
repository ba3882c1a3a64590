"""Second and third readings of labelled articles: blank sheets out, filled sheets back in.

A sheet is the inline markup of markup.py. A blank one has ``?`` for every label and no marks; the second reader puts
letters and marks. Where the labels of two readers differ, a sheet of disputes has both lines of a sentence, one under
the other; the third reader keeps one of the two, or mends it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from flagger.errors import DatasetError
from flagger.training.dataset import Fault, LabelledArticle, LabelledSentence, Reading
from flagger.training.markup import BLANK, read_markup, sentence_line


def blank_sheet(articles: Iterable[LabelledArticle]) -> str:
    """Return the articles for a second reader: texts and paragraphs, without labels, marks and what hints at them."""
    return "".join(_block(article.id, _blank_lines(article.sentences)) for article in articles)


def _blank_lines(sentences: Sequence[LabelledSentence]) -> Iterator[str]:
    paragraph = None
    for sentence in sentences:
        if sentence.paragraph != paragraph:
            yield ""
        paragraph = sentence.paragraph
        yield f"{BLANK} | {sentence.text}"


def dispute_sheet(articles: Iterable[LabelledArticle], seconds: dict[str, LabelledArticle]) -> str:
    """Return every sentence whose two labels differ, with both readings; empty when there is none.

    Args:
        articles: First readings.
        seconds: Second readings by article id, sentence by sentence as in the first.
    """
    blocks = []
    for article in articles:
        if article.id in seconds and (disputed := _disputed(article, seconds[article.id])):
            lines = [
                line
                for i in disputed
                for line in ("", *(sentence_line(a.sentences[i]) for a in (article, seconds[article.id])))
            ]
            blocks.append(_block(article.id, lines))
    return "".join(blocks)


def _block(article_id: str, lines: Iterable[str]) -> str:
    return "\n".join(["===", f"# id: {article_id}", *lines, ""])


def read_sheets(files: Sequence[Path], articles: Sequence[LabelledArticle]) -> dict[str, LabelledArticle]:
    """Read filled second readings and hold them against the articles that they read.

    Returns:
        Article id -> its second reading.

    Raises:
        DatasetError: If a line is faulty, an article is unknown or read twice, or its sentences are not the article's.
    """
    by_id: dict[str, LabelledArticle] = {}
    readings: dict[str, LabelledArticle] = {}
    faults: list[Fault] = []
    for article in articles:
        if article.id in by_id:
            faults.append(Fault("first readings", "there are two articles of this id", article.id))
        by_id[article.id] = article
    for file, reading in read_markup(files):
        if reading.id not in by_id:
            faults.append(Fault(file, "no such article among the first readings", reading.id))
        elif reading.id in readings:
            faults.append(Fault(file, "a second reading of this article was given before", reading.id))
        elif difference := _first_difference(by_id[reading.id].texts, reading.texts):
            faults.append(Fault(file, difference, reading.id))
        else:
            readings[reading.id] = reading
    if faults:
        raise DatasetError("\n".join(map(str, faults)))
    return readings


def merge_readings(
    articles: Sequence[LabelledArticle], seconds: dict[str, LabelledArticle], settled: Sequence[Path] = ()
) -> list[LabelledArticle]:
    """Add second readings to articles, and the outcome of a third where the two labels differ.

    Args:
        articles: First readings; those without a second one stay as they are.
        seconds: What read_sheets returned.
        settled: Filled sheets of disputes.

    Raises:
        DatasetError: If a dispute is not settled, or a settled line is none of the disputes.
    """
    thirds: dict[str, LabelledArticle] = {}
    merged: list[LabelledArticle] = []
    faults: list[Fault] = []
    for file, third in read_markup(settled):
        if third.id in thirds:
            faults.append(Fault(file, "the disputes of this article were settled before", third.id))
        thirds[third.id] = third
    for article in articles:
        second = seconds.get(article.id)
        if second is None:
            merged.append(article)
            continue
        disputed = _disputed(article, second)
        outcome = thirds.pop(article.id).sentences if article.id in thirds else ()
        if difference := _first_difference([article.texts[i] for i in disputed], [s.text for s in outcome]):
            faults.append(Fault("disputes", difference, article.id))
            continue
        finals = {i: s.final for i, s in zip(disputed, outcome, strict=True)}
        merged.append(
            replace(
                article,
                sentences=tuple(
                    _merged(sentence, second.sentences[i].final, finals.get(i))
                    for i, sentence in enumerate(article.sentences)
                ),
            )
        )
    faults += [Fault("disputes", "there is no dispute in this article", key) for key in thirds]
    if faults:
        raise DatasetError("\n".join(map(str, faults)))
    return merged


def _merged(sentence: LabelledSentence, second: Reading, third: Reading | None) -> LabelledSentence:
    if third is None:
        return replace(sentence, second=second)
    return replace(sentence, final=third, second=second, first_label=sentence.final.label)


def _disputed(article: LabelledArticle, second: LabelledArticle) -> list[int]:
    pairs = zip(article.sentences, second.sentences, strict=True)
    return [i for i, (a, b) in enumerate(pairs) if a.final.label != b.final.label]


def _first_difference(expected: list[str], found: list[str]) -> str:
    for i, (a, b) in enumerate(zip(expected, found, strict=False)):
        if a != b:
            return f"line {i + 1} should be {a[:80]!r}, found {b[:80]!r}"
    if len(expected) != len(found):
        return f"expected {len(expected)} sentences, found {len(found)}"
    return ""
