from pathlib import Path

import pytest

from flagger.errors import DatasetError
from flagger.training.markup import sentence_line
from flagger.training.readings import blank_sheet, dispute_sheet, merge_readings, read_sheets
from tests.conftest import small_articles

FIRST = small_articles()[:2]


def _sheet(path: Path, *changes: tuple[str, str]) -> Path:
    """A second reading that agrees with the first, but for the changes."""
    text = "".join(
        f"===\n# id: {article.id}\n" + "".join(f"{sentence_line(s)}\n" for s in article.sentences) for article in FIRST
    )
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_blank_sheet_shows_texts_and_paragraphs_and_nothing_else() -> None:
    article = FIRST[0]
    assert blank_sheet([article]) == (
        "===\n# id: train-1\n\n? | The bridge\n? | Police said the bridge was closed on Monday.\n"
        "? | The cause is not yet known on Monday.\n? | It could reopen by June, about a year late on Monday.\n"
        "? | The bridge was built in 1931 on Monday.\n"
    )


def test_a_second_reading_that_agrees_is_added(tmp_path: Path) -> None:
    seconds = read_sheets([_sheet(tmp_path / "s.txt", ("{{could}}", "could"))], FIRST)
    assert dispute_sheet(FIRST, seconds) == ""
    merged = merge_readings(FIRST, seconds)
    assert [[s.final for s in a.sentences] for a in merged] == [[s.final for s in a.sentences] for a in FIRST]
    second = merged[0].sentences[3].second
    assert second
    assert len(second.cues) == 1  # the second reader's own marks
    assert not any(s.resolved for a in merged for s in a.sentences)


def test_a_dispute_needs_a_third_reading(tmp_path: Path) -> None:
    seconds = read_sheets([_sheet(tmp_path / "s.txt", ("c | Two men", "n | Two men"))], FIRST)
    disputes = dispute_sheet(FIRST, seconds)
    assert disputes == (
        "===\n# id: train-2\n\nc | Two men were arrested on Monday.\nn | Two men were arrested on Monday.\n"
    )
    settled = tmp_path / "d.txt"
    for text, told in (
        (disputes, "expected 1 sentences, found 2"),
        (disputes.replace("train-2", "train-1"), "no dispute in this article|expected 0 sentences"),
        (disputes.replace("Two men", "Three men"), "line 1 should be 'Two men"),
    ):
        settled.write_text(text)
        with pytest.raises(DatasetError, match=told):
            merge_readings(FIRST, seconds, [settled])
    with pytest.raises(DatasetError, match="expected 1 sentences, found 0"):
        merge_readings(FIRST, seconds)
    settled.write_text(disputes.replace("c | Two men were arrested on Monday.\n", ""))
    with pytest.raises(DatasetError, match="article train-2: the disputes of this article were settled before"):
        merge_readings(FIRST, seconds, [settled, settled])
    sentence = merge_readings(FIRST, seconds, [settled])[1].sentences[0]
    assert (sentence.final.label, sentence.first_label, sentence.resolved) == ("no_claim", "confirmed", True)


def test_first_readings_of_one_id_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="article train-1: there are two articles of this id"):
        read_sheets([_sheet(tmp_path / "s.txt", ("", ""))], [*FIRST, FIRST[0]])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("id: train-2", "id: train-9"), "article train-9: no such article"),
        (("id: train-2", "id: train-1"), "article train-1: a second reading of this article was given before"),
        (("Two men", "Two boys"), "line 1 should be 'Two men were arrested on Monday.', found 'Two boys"),
        (("c | Two men were arrested on Monday.\n", ""), "line 1 should be"),
        (("c | Two men", "? | Two men"), "expected one of c, e, u, n"),
    ],
)
def test_a_sheet_that_is_not_of_these_articles_is_refused(tmp_path: Path, change: tuple[str, str], told: str) -> None:
    with pytest.raises(DatasetError, match=told):
        read_sheets([_sheet(tmp_path / "s.txt", change)], FIRST)
