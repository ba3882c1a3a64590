import csv
import gzip
import io
import json
from collections.abc import Callable
from itertools import chain, groupby
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flagger.errors import ReadError
from flagger.labels import Label
from flagger.recorded import article_text, read_flags
from flagger.results import ArticleResult
from flagger.sinks import FLAG_COLUMNS
from tests.flag_files import flagged, records_of, results, write_flags

SUFFIXES = ("jsonl", "csv", "parquet")
TEXT = "Fire!\r\n\r\nA third man reportedly fled. 🔥 It could rain.\n"
ARTICLE = flagged(
    TEXT,
    [
        ("Fire!", Label.NO_CLAIM, [], None),
        ("A third man reportedly fled.", Label.UNVERIFIED, ["reportedly"], "A third man"),
        ("🔥 It could rain.", Label.ESTIMATED, ["could"], None),
    ],
)


@settings(max_examples=60, deadline=None)
@given(st.lists(results(), max_size=3))
def test_every_format_gives_back_what_was_written(
    tmp_path_factory: pytest.TempPathFactory, articles: list[ArticleResult]
) -> None:
    folder = tmp_path_factory.mktemp("flags")
    with_flags = [article for article in articles if article.flags]
    # Neighbours of one name would be read as one article; flagger never scores a name twice.
    distinct = [next(same) for _, same in groupby(with_flags, key=lambda article: (article.id, article.path))]
    expected = [records_of(article) for article in distinct]
    for suffix in SUFFIXES:
        assert list(read_flags(write_flags(folder / f"flags.{suffix}", *distinct))) == expected
    raw = list(read_flags(write_flags(folder / "raw.csv", *distinct, raw_csv=True)))
    for read, written in zip(chain(*raw), chain(*expected), strict=True):
        assert {name: value for name, value in read.items() if name not in ("article_id", "path")} == {
            name: value for name, value in written.items() if name not in ("article_id", "path")
        }


@settings(max_examples=60, deadline=None)
@given(results())
def test_offsets_hold_in_the_rebuilt_text(article: ArticleResult) -> None:
    text = article_text(records_of(article))
    for flag in article.flags:
        assert text[flag.start : flag.end] == flag.text


def test_gaps_become_line_feeds_and_what_was_left_out_blanks() -> None:
    records = records_of(ARTICLE)
    assert article_text(records) == "Fire!\n\n\n\nA third man reportedly fled. 🔥 It could rain."
    assert article_text(records[::2]) == f"Fire!{' ' * 33}🔥 It could rain."
    assert article_text([]) == ""


@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
def test_gzip_and_a_byte_order_mark_are_read(tmp_path: Path, suffix: str) -> None:
    content = write_flags(tmp_path / f"flags.{suffix}", ARTICLE).read_bytes()
    (tmp_path / f"g.{suffix}.gz").write_bytes(gzip.compress(b"\xef\xbb\xbf" + content, mtime=0))
    assert list(read_flags(tmp_path / f"g.{suffix}.gz")) == [records_of(ARTICLE)]


def test_articles_come_one_by_one(tmp_path: Path) -> None:
    path = write_flags(
        tmp_path / "flags.jsonl", ARTICLE, flagged("It fell.", [("It fell.", Label.CONFIRMED, [], None)], "b")
    )
    with path.open("a") as handle:
        handle.write("broken\n")
    articles = read_flags(path)
    assert next(articles) == records_of(ARTICLE)
    with pytest.raises(ReadError, match=r"flags.jsonl: line 5: expected a JSON object"):
        next(articles)


def test_a_cell_longer_than_the_csv_modules_default_is_read(tmp_path: Path) -> None:
    text = "word " * 60_000 + "ends."
    article = flagged(text, [(text, Label.CONFIRMED, [], None)])
    assert list(read_flags(write_flags(tmp_path / "f.csv", article))) == [records_of(article)]


def _with(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda row: row.update(changes)


def _span(start: object, end: object, text: object) -> dict[str, object]:
    return {"start": start, "end": end, "text": text}


WRONG: list[tuple[Callable[[dict[str, Any]], object], str]] = [
    (_with(schema_version=2), "expected schema_version 1, found 2"),
    (_with(schema_version=True), "expected schema_version 1, found True"),
    (lambda row: row.pop("label"), "the columns label are missing"),
    (_with(label="maybe"), "expected one of confirmed, estimated, unverified, no_claim in 'label', found 'maybe'"),
    (_with(label=None), "expected a text in 'label', found None"),
    (_with(start="9"), "expected a whole number in 'start', found '9'"),
    (_with(sentence=1.0), "expected a whole number in 'sentence', found 1.0"),
    (_with(sentence=-1), "expected a count from 0 in 'sentence', found -1"),
    (_with(p_estimated=1.5), "expected a number from 0 to 1 in 'p_estimated', found 1.5"),
    (_with(confidence=True), "expected a number from 0 to 1 in 'confidence', found True"),
    (_with(needs_review="true"), "expected true or false in 'needs_review', found 'true'"),
    (_with(text="A lone \ud800."), "expected a text in 'text'"),
    (_with(text="A third man fled."), "expected a text of end - start = 28 characters, found 17"),
    (_with(start=-1), "expected 0 <= start <= end"),
    (_with(start=40), "expected 0 <= start <= end"),
    (_with(start=10**12, end=10**12 + 28), "expected 0 <= start <= end"),
    (_with(cues=None), "expected a list of {start, end, text} in 'cues'"),
    (_with(cues=[_span(9, "11", "A ")]), "expected a list of {start, end, text} in 'cues'"),
    (_with(cues=[{"start": 9, "end": 10}]), "expected a list of {start, end, text} in 'cues'"),
    (_with(cues=[_span(9, 11, "AA")]), "expected the span's text 'A ' in 'cues', found 'AA'"),
    (_with(cues=[_span(8, 10, "\nA")]), "expected spans within the sentence's 9 to 37 in 'cues', found 8 to 10"),
    (_with(source=_span(12, 10, "")), "expected spans within the sentence's 9 to 37 in 'source', found 12 to 10"),
    (_with(source="A"), "expected {start, end, text} or null in 'source'"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "told"), WRONG, ids=[told[:50] for _, told in WRONG])
def test_a_wrong_record_is_told_with_its_line(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], told: str
) -> None:
    rows = records_of(ARTICLE)
    change(rows[1])
    path = tmp_path / "flags.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(ReadError) as raised:
        list(read_flags(path))
    assert f"{path}: line 2: " in str(raised.value)
    assert told in str(raised.value)


def test_nan_is_no_probability(tmp_path: Path) -> None:
    rows = records_of(ARTICLE)
    rows[1]["p_confirmed"] = float("nan")
    (tmp_path / "f.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(ReadError, match=r"line 2: expected a JSON object, found NaN"):
        list(read_flags(tmp_path / "f.jsonl"))
    table = pa.Table.from_pylist(rows)
    pq.write_table(table, tmp_path / "f.parquet")
    with pytest.raises(ReadError, match=r"row 2: expected a number from 0 to 1 in 'p_confirmed', found nan"):
        list(read_flags(tmp_path / "f.parquet"))
    path = _csv(tmp_path, lambda row: row.update(p_confirmed="nan"))
    with pytest.raises(ReadError, match=r"row ending in line 3: expected a number .* 'p_confirmed', found nan"):
        list(read_flags(path))


def test_a_whole_number_is_a_probability_too(tmp_path: Path) -> None:
    rows = records_of(ARTICLE)
    rows[1]["p_confirmed"] = 1
    (tmp_path / "f.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    ((_, record, _),) = read_flags(tmp_path / "f.jsonl")
    assert (record["p_confirmed"], type(record["p_confirmed"])) == (1.0, float)


@pytest.mark.parametrize("order", [(1, 0, 2), (0, 0), (0, 2, 1)])
def test_sentences_out_of_order_are_told(tmp_path: Path, order: tuple[int, ...]) -> None:
    rows = records_of(ARTICLE)
    (tmp_path / "f.jsonl").write_text("".join(json.dumps(rows[index]) + "\n" for index in order))
    with pytest.raises(ReadError, match=r"expected the sentences of article 'news.txt' in order"):
        list(read_flags(tmp_path / "f.jsonl"))


def _csv(folder: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """The article as CSV, its second row changed."""
    text = write_flags(folder / "flags.csv", ARTICLE).read_bytes().decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    change(rows[1])
    with (folder / "flags.csv").open("w", newline="") as handle:
        writer = csv.DictWriter(handle, [column.name for column in FLAG_COLUMNS])
        writer.writeheader()
        writer.writerows(rows)
    return folder / "flags.csv"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_with(start="9.0"), "expected a whole number in 'start', found '9.0'"),
        (_with(start="1_0"), "expected a whole number in 'start', found '1_0'"),
        (_with(p_estimated="high"), "expected a number from 0 to 1 in 'p_estimated', found 'high'"),
        (_with(needs_review="yes"), "expected true or false in 'needs_review', found 'yes'"),
        (_with(cues="[broken"), "expected a list of {start, end, text} in 'cues', found '[broken'"),
        (_with(cues=""), "expected a list of {start, end, text} in 'cues', found None"),
    ],
)
def test_a_wrong_cell_is_told(tmp_path: Path, change: Callable[[dict[str, Any]], object], told: str) -> None:
    with pytest.raises(ReadError) as raised:
        list(read_flags(_csv(tmp_path, change)))
    assert f"flags.csv: row ending in line 3: {told}" in str(raised.value)


def test_what_a_spreadsheet_makes_of_true_is_read(tmp_path: Path) -> None:
    ((_, record, _),) = read_flags(_csv(tmp_path, _with(needs_review="TRUE")))
    assert record["needs_review"] is True


FILES: list[tuple[str, bytes, str]] = [
    ("f.xml", b"", r"f.xml: expected flags as .jsonl, .csv"),
    ("f.parquet.gz", b"", r"expected flags as .jsonl, .csv"),
    ("f.jsonl", b"[1]\n", r"line 1: expected a JSON object, found \[1\]"),
    ("f.jsonl", b"[" * 100_000, r"line 1: expected a JSON object"),
    ("f.jsonl", b'{"a": "\xff"}', r"line 1: expected UTF-8"),
    ("f.jsonl", b"{}", r"line 1: the columns schema_version, .* are missing"),
    ("f.jsonl.gz", b"no gzip", r"expected gzip data, found it broken"),
    ("f.jsonl.gz", gzip.compress(b"{}" * 9_999, mtime=0)[:-9], r"expected gzip data, found it broken"),
    ("f.csv", b"", r"line 0: the columns schema_version, .* are missing"),
    ("f.csv", b"article_id,status\n", r"line 1: the columns schema_version, .* found the columns 'article_id, status'"),
    ("f.parquet", b"PAR1 not really", r"after row 0: expected a Parquet table"),
]


@pytest.mark.parametrize(("name", "content", "told"), FILES)
def test_a_file_of_something_else_is_told(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ReadError, match=told):
        list(read_flags(tmp_path / name))


def test_a_broken_table_is_told(tmp_path: Path) -> None:
    path = write_flags(tmp_path / "f.csv", ARTICLE)
    content = path.read_bytes()
    path.write_bytes(content.replace(b"stub@0\r\n", b"stub@0,more\r\n"))
    with pytest.raises(ReadError, match=r"row ending in line 2: expected 17 cells, found 18"):
        list(read_flags(path))
    path.write_bytes(content + b'1,"never closed')
    with pytest.raises(ReadError, match=r"line 5: expected CSV, found it broken: unexpected end of data"):
        list(read_flags(path))
    pq.write_table(pa.table({"schema_version": [1]}), tmp_path / "f.parquet")
    with pytest.raises(ReadError, match=r"the columns article_id, .* are missing"):
        list(read_flags(tmp_path / "f.parquet"))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"cannot read .*none.jsonl: No such file"):
        list(read_flags(tmp_path / "none.jsonl"))


def test_a_file_without_flags_has_no_articles(tmp_path: Path) -> None:
    for suffix in SUFFIXES:
        assert list(read_flags(write_flags(tmp_path / f"f.{suffix}"))) == []
