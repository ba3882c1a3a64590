import csv
import io
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from fsspec.implementations.memory import MemoryFile, MemoryFileSystem
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from flagger.errors import ConfigError
from flagger.labels import LABELS, Label
from flagger.results import ArticleResult, SentenceFlag, Span, Status
from flagger.sinks import FLAG_COLUMNS, SUMMARY_COLUMNS, flag_records, format_of, open_sink, summary_record
from flagger.sinks.csv import guard, unguard
from flagger.sinks.listing import print_result
from flagger.sinks.urls import create_url
from flagger.summary import summarize

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


@st.composite
def results(draw: st.DrawFn) -> ArticleResult:
    flags = []
    for index in range(draw(st.integers(0, 4))):
        text = draw(texts)
        whole = Span(0, len(text), text)
        flags.append(
            SentenceFlag(
                index=index,
                start=0,
                end=len(text),
                text=text,
                label=draw(st.sampled_from(LABELS)),
                probabilities=dict.fromkeys(map(str, LABELS), 0.25),
                confidence=0.25,
                needs_review=draw(st.booleans()),
                cues=[whole] * draw(st.integers(0, 2)),
                source=draw(st.none() | st.just(whole)),
                model="stub@0",
            )
        )
    return ArticleResult(draw(texts), draw(st.none() | texts), Status.OK, flags=flags)


def _write(path: Path, result: ArticleResult) -> None:
    with open_sink(path, format_of(path), FLAG_COLUMNS) as sink:
        for record in flag_records(result):
            sink.write(record)


def _read_csv(path: Path) -> list[dict[str, Any]]:
    casts = {
        "int": int,
        "float": float,
        "bool": lambda cell: {"true": True, "false": False}[cell],
        "text": unguard,
        "span": lambda cell: json.loads(cell) if cell else None,
        "spans": json.loads,
    }
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    for row in rows:
        assert None not in row
    return [
        {c.name: casts[c.type](row[c.name]) if row[c.name] or c.name != "path" else None for c in FLAG_COLUMNS}
        for row in rows
    ]


@settings(max_examples=40, deadline=None)
@given(results())
def test_every_format_gives_back_what_was_written(
    tmp_path_factory: pytest.TempPathFactory, result: ArticleResult
) -> None:
    folder = tmp_path_factory.mktemp("sinks")
    expected = list(flag_records(result))
    for suffix in ("jsonl", "csv", "parquet"):
        _write(folder / f"flags.{suffix}", result)
    assert [json.loads(line) for line in (folder / "flags.jsonl").read_bytes().splitlines()] == expected
    assert pq.read_table(folder / "flags.parquet").to_pylist() == expected
    assert _read_csv(folder / "flags.csv") == expected


@settings(deadline=None)
@given(st.builds(str.__add__, st.sampled_from(["", *"=+-@\t\r\n'＝", "''", "'="]), st.text()))
def test_no_cell_begins_like_a_formula_and_each_can_be_read_back(text: str) -> None:
    cell = guard(text)
    assert not cell.startswith(tuple("=+-@\t\r\n＝＋－＠"))
    assert unguard(cell) == text


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("-3 degrees", "'-3 degrees"),
        ("'It fell,' he said.", "''It fell,' he said."),
        ("It = fell.", "It = fell."),
        ("", ""),
    ],
)
def test_only_what_begins_like_a_formula_is_guarded(text: str, cell: str) -> None:
    assert guard(text) == cell


def test_raw_csv_leaves_the_cells_as_they_are(tmp_path: Path) -> None:
    result = ArticleResult("=1+1", "-a.txt", Status.MALFORMED, "@broken")
    cells = {}
    for raw in (False, True):
        with open_sink(tmp_path / "s.csv", "csv", SUMMARY_COLUMNS, raw_csv=raw) as sink:
            sink.write(summary_record(summarize(result)))
        cells[raw] = (tmp_path / "s.csv").read_text().splitlines()[1].split(",")
    assert cells[True][:5] == ["1", "=1+1", "-a.txt", "malformed", "@broken"]
    assert cells[False][:5] == ["1", "'=1+1", "'-a.txt", "malformed", "'@broken"]
    assert cells[False][5:] == cells[True][5:]


def test_the_schema_is_the_documented_one() -> None:
    assert [column.name for column in FLAG_COLUMNS] == (
        "schema_version article_id path sentence start end text label p_confirmed p_estimated p_unverified "
        "p_no_claim confidence needs_review cues source model"
    ).split()


def test_a_failed_article_has_a_summary_row(tmp_path: Path) -> None:
    result = ArticleResult("a.txt", "a.txt", Status.MALFORMED, "broken gzip")
    for suffix in ("jsonl", "csv", "parquet"):
        with open_sink(tmp_path / f"s.{suffix}", suffix, SUMMARY_COLUMNS) as sink:
            sink.write(summary_record(summarize(result)))
    (row,) = pq.read_table(tmp_path / "s.parquet").to_pylist()
    assert row == json.loads((tmp_path / "s.jsonl").read_text())
    assert (row["status"], row["reason"], row["n_sentences"], row["share_confirmed"]) == (
        "malformed",
        "broken gzip",
        0,
        None,
    )


def test_an_interrupted_file_does_not_look_whole(tmp_path: Path) -> None:
    path = tmp_path / "flags.jsonl"
    with pytest.raises(RuntimeError), open_sink(path, "jsonl", FLAG_COLUMNS):
        raise RuntimeError
    assert not path.exists()


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot write"), open_sink(tmp_path / "no" / "f.csv", "csv", FLAG_COLUMNS):
        pass


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "parquet"])
def test_a_url_gets_the_bytes_that_a_file_gets(suffix: str, tmp_path: Path) -> None:
    result = ArticleResult("a", None, Status.OK, flags=[])
    for place in (tmp_path / f"f.{suffix}", f"memory://sinks/f.{suffix}", f"file://{tmp_path}/g.{suffix}"):
        for _ in range(2):  # the second replaces the first
            with open_sink(place, format_of(place), SUMMARY_COLUMNS) as sink:
                sink.write(summary_record(summarize(result)))
    wanted = (tmp_path / f"f.{suffix}").read_bytes()
    assert (tmp_path / f"g.{suffix}").read_bytes() == wanted
    assert MemoryFileSystem().cat_file(f"/sinks/f.{suffix}") == wanted
    assert not MemoryFileSystem().exists(f"/sinks/f.{suffix}.partial")


def test_an_interrupted_url_does_not_look_whole() -> None:
    with pytest.raises(RuntimeError), open_sink("memory://cut.jsonl", "jsonl", FLAG_COLUMNS):
        raise RuntimeError
    assert not MemoryFileSystem().glob("/cut.jsonl*")


def test_a_url_that_takes_no_more_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError("the token has expired")

    monkeypatch.setattr(MemoryFile, "write", refuse)
    told = "cannot write memory://full.jsonl: PermissionError: the token has expired"
    with pytest.raises(ConfigError, match=told), create_url("memory://full.jsonl") as handle:
        handle.write(b"x" * 100_000)
    assert not MemoryFileSystem().glob("/full.jsonl*")


def test_a_url_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    url = f"file://{tmp_path}/no/f.csv"
    with pytest.raises(ConfigError, match=f"cannot write {url}: FileNotFound"), open_sink(url, "csv", FLAG_COLUMNS):
        pass


def test_an_unknown_suffix_is_told() -> None:
    with pytest.raises(ConfigError, match=r"'\.xml'; use one of jsonl, csv, parquet"):
        format_of(Path("flags.xml"))


def test_the_listing_marks_cues_and_disarms_control_characters() -> None:
    text = "It reportedly \x1b[31mfell\u202e."
    flag = SentenceFlag(
        0, 0, len(text), text, Label.UNVERIFIED, {}, 0.91, True, [Span(3, 13, "reportedly")], Span(0, 2, "It"), "m"
    )
    out = io.StringIO()
    console = Console(file=out, width=200)
    print_result(console, ArticleResult("a\n.txt", None, Status.OK, flags=[flag]))
    print_result(console, ArticleResult("b.txt", None, Status.EMPTY, "nothing"))
    shown = out.getvalue()
    assert "? unverified 0.91~ It *reportedly* \ufffd[31mfell\ufffd.  [source: It]" in shown
    assert "a .txt: 1 unverified" in shown
    assert "b.txt: empty (nothing)" in shown
    assert "\x1b" not in shown
