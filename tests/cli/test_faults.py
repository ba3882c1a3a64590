"""A small run of tests/benchmarks/faults.py; the whole has 10,000 files."""

from pathlib import Path

from tests.benchmarks.faults import FAULTS, check


def test_no_file_costs_another_its_records(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    table, n_lost = check(300, seed=2, model="baseline", jobs=1, folder=folder)
    assert n_lost == 0, table
    assert len(table.splitlines()) == 2 + len(FAULTS) + 1
