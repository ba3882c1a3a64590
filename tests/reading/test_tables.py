import csv
import gzip
import json
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flagger.reading import ReadOptions, read_stream
from flagger.reading.opened import ArticleError, OpenedFile
from flagger.reading.tables import Row, _parquet_value, read_rows
from flagger.results import Article, FailedArticle, Status


class Pipe(BytesIO):
    def seekable(self) -> bool:
        return False


def rows(data: bytes | str, suffix: str, **options: Any) -> list[tuple[str, str]]:
    """Each row as its id and its text, or its status."""
    stream = BytesIO(data.encode() if isinstance(data, str) else data)
    found = list(read_stream(stream, suffix, "t", ReadOptions(**options)))
    return [(row.id, row.text if isinstance(row, Article) else row.status.value) for row in found]


def reasons(data: bytes | str, suffix: str, **options: Any) -> list[str]:
    stream = BytesIO(data.encode() if isinstance(data, str) else data)
    return [
        row.reason for row in read_stream(stream, suffix, "t", ReadOptions(**options)) if isinstance(row, FailedArticle)
    ]


def parquet(columns: dict[str, Any], **options: Any) -> bytes:
    sink = BytesIO()
    pq.write_table(pa.table(columns), sink, **options)
    return sink.getvalue()


THREE = [{"id": "a", "text": "One."}, {"id": "b", "text": "Two\nlines, é."}, {"id": "c", "text": "Three."}]
JSONL = "".join(json.dumps(row) + "\n" for row in THREE)
CSV = 'id,text\r\na,One.\r\nb,"Two\nlines, é."\r\nc,Three.\r\n'
PARQUET = parquet({"id": [row["id"] for row in THREE], "text": [row["text"] for row in THREE]})
EXPECTED = [("t#a", "One."), ("t#b", "Two\nlines, é."), ("t#c", "Three.")]


@pytest.mark.parametrize(
    ("data", "suffix"), [(JSONL.encode(), ".jsonl"), (CSV.encode(), ".csv"), (PARQUET, ".parquet")]
)
def test_each_format_also_from_gzip_and_a_pipe(data: bytes, suffix: str) -> None:
    assert rows(data, suffix) == EXPECTED
    assert rows(gzip.compress(data), suffix + ".gz") == EXPECTED
    assert [article.id for article in read_stream(Pipe(data), suffix, "t")] == ["t#a", "t#b", "t#c"]


def test_blank_lines_before_the_header_are_nothing() -> None:
    assert rows("\n \n" + CSV, ".csv") == EXPECTED
    assert "row ending in line 4" in reasons("\n\nid,text\n1,2,3\n", ".csv")[0]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_encodings(encoding: str) -> None:
    assert rows(CSV.encode(encoding), ".csv") == EXPECTED
    assert rows(JSONL.encode(encoding), ".jsonl") == EXPECTED


@pytest.mark.parametrize(
    ("line", "expected", "reason"),
    [
        ("{bad", "malformed", "Line 2 is not valid JSON"),
        ("[" * 100_000, "malformed", "Line 2 is not valid JSON"),
        ('{"text": ' + "9" * 5000 + "}", "malformed", "Line 2 is not valid JSON"),
        ("[1]", "malformed", "Expected a JSON object in line 2, found a value of type list."),
        ("null", "malformed", "Expected a JSON object in line 2, found nothing."),
        ('{"body": "x"}', "malformed", "Expected a column 'text', found the columns: 'body'."),
        ('{"text": null}', "malformed", "Expected a string in column 'text', found nothing (line 2)."),
        ('{"text": 3}', "malformed", "found a value of type int (line 2)"),
        ('{"text": " \\n"}', "empty", "no text"),
        ('{"text": "' + "x" * 300 + '"}', "too_large", "Line 2 is longer than 200 characters."),
        ('{"text": "' + "x" * 150 + '"}', "too_large", "longer than the limit of 100 characters"),
    ],
)
def test_a_bad_json_line_fails_alone(line: str, expected: str, reason: str) -> None:
    limits = {"max_chars": 100} if expected == "too_large" else {}
    data = f'{{"text": "One."}}\n{line}\n\n{{"text": "Four."}}'
    assert rows(data, ".jsonl", **limits) == [("t#1", "One."), ("t#2", expected), ("t#4", "Four.")]
    assert reason in reasons(data, ".jsonl", **limits)[0]


def test_lone_surrogates_become_replacement_characters() -> None:
    data = r'{"id": "\ud800", "title": "\udfff", "text": "a \ud83d b \ud83d\ude00"}'
    (article,) = read_stream(BytesIO(data.encode()), ".jsonl", "t")
    assert article == Article("a \ufffd b 😀", "t#\ufffd", "t", title="\ufffd")


def test_title_date_and_author_columns() -> None:
    data = '{"text": "One.", "title": " Two\\n words ", "date": "2024-10-23", "author": ["no", "string"]}'
    (article,) = read_stream(BytesIO(data.encode()), ".jsonl", "t")
    assert article == Article("One.", "t#1", "t", title="Two words", date="2024-10-23")


def test_ids_stay_unique() -> None:
    data = "".join(json.dumps({"id": key, "text": "x"}) + "\n" for key in ("a", "a", 3, None, "", "a", "4"))
    assert [key for key, _ in rows(data, ".jsonl")] == ["t#a", "t#a~2", "t#3", "t#4", "t#5", "t#a~6", "t#4~7"]


@pytest.mark.parametrize(("data", "suffix"), [("n,body\n7,One.\n", ".csv"), ('{"n": 7, "body": "One."}', ".jsonl")])
def test_columns_by_name(data: str, suffix: str) -> None:
    assert rows(data, suffix, text_column="body", id_column="n") == [("t#7", "One.")]
    assert rows(data, suffix, text_column="body") == [("t#1", "One.")]
    assert "Expected a column 'key'" in reasons(data, suffix, text_column="body", id_column="key")[0]


@pytest.mark.parametrize(
    ("data", "suffix"), [("id,body\n1,x\n2,y\n", ".csv"), (parquet({"id": [1, 2], "body": ["x", "y"]}), ".parquet")]
)
def test_a_table_without_the_text_column_fails_as_a_whole(data: bytes | str, suffix: str) -> None:
    assert rows(data, suffix) == [("t", "malformed")]
    assert reasons(data, suffix) == ["Expected a column 'text', found the columns: 'id', 'body'."]


@pytest.mark.parametrize("data", ["text;n\nOne, two.;1\n", "n\ttext\n1\tOne, two.\n", 'text,n\n"One, two.",1\n'])
def test_csv_delimiters(data: str) -> None:
    assert rows(data, ".csv") == [("t#1", "One, two.")]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2,unquoted, comma", "Expected 2 cells, found 3 cells (row ending in line 3)"),
        ("2", "Expected 2 cells, found 1 cells (row ending in line 3)"),
        ('2,"a" b', "Broken CSV, row ending in line 3, from line 3 on: "),
        ('2,"a\nb" c', "Broken CSV, row ending in line 4, from line 3 on: "),
    ],
)
def test_a_bad_csv_row_fails_alone(row: str, reason: str) -> None:
    data = f"id,text\na,One.\n{row}\n\nc,Three.\n"
    assert rows(data, ".csv") == [("t#a", "One."), ("t#2", "malformed"), ("t#c", "Three.")]
    assert reason in reasons(data, ".csv")[0]


def test_a_csv_quote_never_closed_is_told() -> None:
    assert rows('id,text\na,One.\nb,"Two.\nc,Three.\n', ".csv") == [("t#a", "One."), ("t#2", "malformed")]


@pytest.mark.parametrize("text", ["x" * 150, "x" * 300, '"' + "x" * 60 + "\n" + "x" * 60 + '"'])
def test_a_csv_row_above_the_limit_ends_the_file_and_says_so(text: str) -> None:
    data = f"id,text\na,One.\nb,{text}\nc,Three.\n"
    assert rows(data, ".csv", max_chars=100) == [("t#a", "One."), ("t#2", "too_large")]
    assert "the rest was not read" in reasons(data, ".csv", max_chars=100)[0]


def test_long_cells_need_no_global_setting() -> None:
    before = csv.field_size_limit()
    text = "word " * 100_000
    assert rows(f'text\n"{text}"\n', ".csv") == [("t#1", text)]
    assert csv.field_size_limit() == before


@pytest.mark.parametrize(
    ("data", "suffix"),
    [(b"", ".csv"), (b"\n\n", ".csv"), (b"id,text\n", ".csv"), (b"", ".jsonl"), (b"\n \n", ".jsonl"),
     (parquet({"text": pa.array([], pa.string())}), ".parquet"), (gzip.compress(b"", mtime=0), ".csv.gz")],
)  # fmt: skip
def test_tables_without_rows_are_empty(data: bytes, suffix: str) -> None:
    assert rows(data, suffix) == [("t", "empty")]


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_a_binary_with_a_table_suffix(suffix: str) -> None:
    assert rows(b"\x89PNG\r\n\x1a\n" + bytes(100), suffix) == [("t", "binary")]


@pytest.mark.parametrize("data", [b"", b"no table", PARQUET[:-8], PARQUET[: len(PARQUET) // 2], b"PAR1" + bytes(100)])
def test_a_broken_parquet_file_is_malformed(data: bytes) -> None:
    assert rows(data, ".parquet") == [("t", "malformed")]
    assert rows(gzip.compress(data), ".parquet.gz") == [("t", "malformed")]


def test_a_parquet_column_with_a_damaged_name_is_malformed() -> None:
    data = parquet({"text": ["One."], "other": ["x"]}, store_schema=False)
    assert rows(data.replace(b"other", b"\xa1ther"), ".parquet") == [("t", "malformed")]


def test_a_damaged_parquet_page_costs_no_row_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"Text {i}." for i in range(200)]
    data = bytearray(parquet({"text": texts}, row_group_size=100, compression="gzip", use_dictionary=False))
    start = pq.ParquetFile(BytesIO(bytes(data))).metadata.row_group(1).column(0).data_page_offset
    data[start : start + 60] = bytes(60)
    monkeypatch.setattr("flagger.reading.tables.PARQUET_BATCH_ROWS", 50)
    found = rows(bytes(data), ".parquet")
    assert found == [*((f"t#{i + 1}", texts[i]) for i in range(100)), ("t", "malformed")]


@pytest.mark.parametrize(
    "column",
    [
        pa.array(["One.", None]),
        pa.array(["One.", None], pa.large_string()),
        pa.array(["One.", None]).dictionary_encode(),
    ],
)
def test_parquet_strings_and_nulls(column: Any) -> None:
    data = parquet({"text": column, "date": [datetime(2024, 10, 23, 5), None], "author": ["Jane", None]})
    first, second = read_stream(BytesIO(data), ".parquet", "t")
    assert first == Article("One.", "t#1", "t", date="2024-10-23T05:00:00", author="Jane")
    assert isinstance(second, FailedArticle)
    assert second.reason == "Expected a string in column 'text', found nothing (row 2)."


@pytest.mark.parametrize("id_type", ["ns", "s"])
def test_parquet_values_that_python_cannot_hold(id_type: str) -> None:
    bad_utf8 = pa.array([b"a \xff b"]).view(pa.string())
    row_id = pa.array([{"ns": 1, "s": 10**13}[id_type]], pa.timestamp(id_type))
    data = parquet({"text": bad_utf8, "id": row_id, "date": [date(2024, 10, 23)], "title": [3]})
    (article,) = read_stream(BytesIO(data), ".parquet", "t")
    assert isinstance(article, Article)
    assert (article.text, article.date, article.title) == ("a \ufffd b", "2024-10-23", None)


def test_bad_utf8_in_a_parquet_dictionary_is_replaced() -> None:
    column = pa.DictionaryArray.from_arrays(pa.array([0, None]), pa.array([b"a \xff b"]).view(pa.string()))
    assert rows(parquet({"text": column}), ".parquet") == [("t#1", "a \ufffd b"), ("t#2", "malformed")]


def test_a_parquet_cell_that_points_past_its_dictionary_holds_nothing() -> None:
    damaged = pa.DictionaryArray.from_arrays(pa.array([0]), pa.array([], pa.string()), safe=False)
    assert _parquet_value(damaged[0]) is None


def test_a_parquet_column_that_holds_no_strings_fails_row_by_row() -> None:
    assert rows(parquet({"text": [1, 2]}), ".parquet") == [("t#1", "malformed"), ("t#2", "malformed")]


def test_a_gzip_bomb_is_spooled_no_further_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flagger.reading.tables.MAX_SPOOLED_BYTES", 1000)
    assert rows(gzip.compress(bytes(5_000_000)), ".parquet.gz") == [("t", "too_large")]


def test_broken_gzip_keeps_the_rows_before_the_break() -> None:
    lines = "".join(json.dumps({"text": f"Text {i}."}) + "\n" for i in range(60_000))
    found = rows(gzip.compress(lines.encode(), compresslevel=1)[:-2000], ".jsonl.gz")
    assert found[0] == ("t#1", "Text 0.")
    assert found[-1] == ("t", Status.MALFORMED)


def test_a_parquet_row_that_must_be_too_large_is_never_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("rows were read")

    monkeypatch.setattr(pq.ParquetFile, "iter_batches", refuse)
    data = parquet({"text": ["x" * 50_000, "It fell."]}, use_dictionary=False)
    assert rows(data, ".parquet", max_chars=1_000) == [("t", "too_large")]
    assert "bytes in 2 rows" in reasons(data, ".parquet", max_chars=1_000)[0]


def test_one_text_of_many_parquet_rows_is_held_once() -> None:
    text = "It fell. " * 100_000
    data = parquet({"text": [text] * 300}, compression="zstd")
    pa.default_memory_pool().release_unused()
    before = pa.total_allocated_bytes()
    stream = read_stream(BytesIO(data), ".parquet", "t")
    assert next(stream) == Article(text, "t#1", "t")
    assert pa.total_allocated_bytes() - before < 20 * len(text)


@pytest.mark.parametrize("error", [RuntimeError, KeyError, MemoryError, OverflowError])
def test_whatever_pyarrow_raises_is_a_broken_table(monkeypatch: pytest.MonkeyPatch, error: type[Exception]) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error("Repetition level histogram size mismatch")  # as of a file whose footer was changed by a bit

    monkeypatch.setattr(pq, "ParquetFile", fail)
    assert rows(PARQUET, ".parquet") == [("t", "malformed")]


@pytest.mark.parametrize(
    "odd",
    [
        pa.array([1], pa.timestamp("s", tz="Nowhere/Land")),
        pa.array([[b"\xff"]], pa.list_(pa.binary())).cast(pa.list_(pa.binary())),
        pa.ListArray.from_arrays([0, 1], pa.array([b"\xff"]).view(pa.string())),
        pa.array([{"a": 1}]),
        pa.array([10**17], pa.duration("s")),
    ],
)
def test_an_odd_column_costs_nothing_but_itself(odd: pa.Array) -> None:
    for column in ("id", "title", "date", "author"):
        (article,) = read_stream(BytesIO(parquet({"text": ["It fell."], column: odd})), ".parquet", "t")
        assert isinstance(article, Article)


@pytest.mark.parametrize(
    ("suffix", "content", "place"),
    [
        (".csv", b"n,text\n1,Rain.\n", "row ending in line 2"),
        (".tsv", b"n\ttext\n1\tRain.\n", "row ending in line 2"),
        (".jsonl", b'\n{"n": "1", "text": "Rain."}\n', "line 2"),
    ],
)
def test_rows_come_as_they_are_with_their_place(suffix: str, content: bytes, place: str) -> None:
    def raw(columns: list[str]) -> list[Row]:
        return list(read_rows(OpenedFile(BytesIO(content), "t"), suffix, columns))

    assert raw(["text", "n"]) == [(place, {"n": "1", "text": "Rain."})]
    with pytest.raises(ArticleError, match="Expected a column 'm', found the columns: 'n', 'text'"):
        raw(["text", "m"])
