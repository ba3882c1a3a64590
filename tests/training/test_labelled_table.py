import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flagger.errors import DatasetError
from flagger.reading.tables import ROWS
from flagger.training.imported import Imported
from flagger.training.labelled_table import Columns, import_table, read_column

ROW_LIST: list[dict[str, Any]] = [
    {"doc": "a", "text": 'He said "it, well;\tperhaps".\nThen left. ', "y": 1},
    {"doc": "b", "text": "The bridge is closed.", "y": 0},
    {"doc": "a", "text": " ", "y": 0},
    {"doc": "a", "text": "Żółw śpi.", "y": 0},
]
RENAMED = {"0": "certain", "1": "uncertain"}


def _write(folder: Path, name: str, rows: list[dict[str, Any]]) -> Path:
    path = folder / name
    if ".parquet" in name:
        pq.write_table(pa.Table.from_pylist(rows), path)
    elif ".jsonl" in name:
        path.write_text("".join(json.dumps(row) + "\n\n" for row in rows), encoding="utf-8")
    else:
        with path.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, rows[0], delimiter="\t" if ".tsv" in name else ",")
            writer.writeheader()
            writer.writerows(rows)
    if name.endswith(".gz"):
        path.write_bytes(gzip.compress(path.read_bytes()))
    return path


def _labelled(imported: Imported) -> list[tuple[str, list[tuple[str, str]]]]:
    return [(a.id, [(s.text, s.final.label) for s in a.sentences]) for a in imported.articles]


@pytest.mark.parametrize("gz", ["", ".gz"])
@pytest.mark.parametrize("suffix", ROWS)
def test_every_format_gives_the_same_articles(tmp_path: Path, suffix: str, gz: str) -> None:
    path = _write(tmp_path, f"t{suffix}{gz}", ROW_LIST)
    grouped = import_table(path, "test", Columns("text", "y", "doc"), RENAMED)
    quote = ROW_LIST[0]["text"].strip()
    assert _labelled(grouped) == [
        ("a", [(quote, "uncertain"), ("Żółw śpi.", "certain")]),
        ("b", [("The bridge is closed.", "certain")]),
    ]
    assert grouped.n_passed_over == 1
    assert {article.split for article in grouped.articles} == {"test"}
    single = import_table(path, "train", Columns("text", "y"), {})
    stem = path.stem  # without the last suffix
    assert _labelled(single)[::2] == [(f"{stem}#1", [(quote, "1")]), (f"{stem}#4", [("Żółw śpi.", "0")])]
    assert read_column(path, "doc") == {"a", "b"}


@pytest.mark.parametrize(
    ("row", "columns", "told"),
    [
        ({"text": "It fell.", "y": 2}, Columns("text", "y"), "line 5: expected one of 0, 1 in column 'y', found '2'"),
        ({"text": "It fell.", "y": None}, Columns("text", "y"), "line 5: expected one of 0, 1 in column 'y', found ''"),
        ({"text": ["x"], "y": 1}, Columns("text", "y"), "line 5: expected a text or a number in column 'text', found"),
        ({"text": "It fell.", "y": 1}, Columns("text", "y", "d"), "line 5: expected a document's name in column 'd'"),
        ({"text": "It fell."}, Columns("text", "y"), "Expected a column 'y', found the columns: 'd', 'text' (line 5)"),
    ],
)  # fmt: skip
def test_a_faulty_row_is_told_with_its_line(tmp_path: Path, row: dict[str, Any], columns: Columns, told: str) -> None:
    rows = [{"text": "It rose.", "y": 0, "d": "x"}, {"text": "It stood.", "y": 1, "d": "x"}, {"d": "", **row}]
    with pytest.raises(DatasetError) as raised:
        import_table(_write(tmp_path, "t.jsonl", rows), "train", columns, RENAMED)
    assert told in str(raised.value)
    assert "t.jsonl" in str(raised.value)


def test_labels_are_taken_as_they_are_but_not_nothing(tmp_path: Path) -> None:
    path = _write(tmp_path, "t.csv", [{"text": "It fell.", "label": " fact "}, {"text": "It may.", "label": " "}])
    with pytest.raises(
        DatasetError, match=r"t\.csv: row ending in line 3: expected a label in column 'label', found ''"
    ):
        import_table(path, "train", Columns(), {})


def test_numbers_are_labels_and_an_empty_cell_is_none(tmp_path: Path) -> None:
    """A column of numbers with an empty cell comes as floats, the empty one as NaN; true is no number."""
    path = tmp_path / "t.jsonl"
    path.write_text('{"text": "It fell.", "label": 1.0}\n{"text": "It rose.", "label": 1}\n')
    (one, other) = _labelled(import_table(path, "train", Columns(), {}))
    assert (one[1], other[1]) == ([("It fell.", "1")], [("It rose.", "1")])
    for value, told in (
        ("NaN", "expected a label in column 'label', found ''"),
        ("true", "found a value of type bool"),
    ):
        path.write_text(f'{{"text": "It fell.", "label": {value}}}\n')
        with pytest.raises(DatasetError, match=told):
            import_table(path, "train", Columns(), {})


def test_half_a_character_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text('{"text": "It \\ud83d fell.", "label": "a"}')
    assert _labelled(import_table(path, "train", Columns(), {})) == [("t#1", [("It \ufffd fell.", "a")])]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("t.csv", b"text,label\nIt fell, hard,1\n", "Expected 2 cells, found 3 cells .row ending in line 2"),
        ("t.csv", b'text,label\n"It fell,1\n', "Broken CSV"),
        ("t.csv", b"text,label\n", "no sentence"),
        ("t.csv", b"text,y\nIt fell,1\n", "Expected a column 'label', found the columns: 'text', 'y' .line 1"),
        ("t.csv", b"", "Expected a column 'text', found the columns: none .line 1"),
        ("t.tsv", b"\x89PNG\r\n", "Expected text, found a PNG image"),
        ("t.jsonl", b'{"text": "It fell.", "label": "a"}\n{"text"\n', "Line 2 is not valid JSON"),
        ("t.jsonl", b"[]\n", "Expected a JSON object in line 1"),
        ("t.parquet", b"PAR1 no", "Expected a Parquet table"),
        ("t.csv.gz", b"no gzip", "Expected gzip data"),
        ("t.xlsx", b"", r"expected one of \.jsonl, \.csv, \.tsv, \.parquet, found the suffix '\.xlsx'"),
    ],
)
def test_a_broken_table_is_told(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DatasetError, match=told):
        import_table(tmp_path / name, "train", Columns(), {})
    with pytest.raises(DatasetError, match="cannot be opened"):
        import_table(tmp_path / "none.csv", "train", Columns(), {})
