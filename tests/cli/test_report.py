import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Outcome

Run = Callable[..., Outcome]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "a.txt").write_text("Police said the bridge was closed.\n\nA third man reportedly fled.\n")
    (articles / "b.txt").write_text("It could reopen by June.\n")
    return articles


def _articles(page: Path) -> list[dict[str, Any]]:
    found = re.findall(r'class="article">(.*?)</script>', page.read_text("utf-8"), re.DOTALL)
    return [json.loads(text) for text in found]


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "parquet"])
def test_the_report_of_a_file_is_that_of_its_scoring(
    run: Run, folder: Path, tmp_path: Path, small_model: Path, suffix: str
) -> None:
    flags, written, made = tmp_path / f"flags.{suffix}", tmp_path / "written.html", tmp_path / "made.html"
    assert run("score", folder, "-o", flags, "--report", written, "--model", small_model).code == 0
    assert run("report", flags, "--output", made) == (0, "", "")
    assert made.read_bytes() == written.read_bytes()
    assert [(Path(a["id"]).name, len(a["sentences"])) for a in _articles(made)] == [("a.txt", 2), ("b.txt", 1)]


def test_the_report_of_a_scoring_holds_every_label_and_every_failure(
    run: Run, folder: Path, tmp_path: Path, small_model: Path
) -> None:
    (folder / "c.txt").write_text("")
    page = tmp_path / "report.html"
    outcome = run("score", folder, "--only", "estimated", "--report", page, "--model", small_model)
    assert outcome.code == 1
    assert {json.loads(line)["label"] for line in outcome.out.splitlines()} <= {"estimated"}
    *scored, failed = _articles(page)
    assert sum(len(article["sentences"]) for article in scored) == 3
    assert (Path(failed["id"]).name, failed["status"]) == ("c.txt", "empty")
    assert failed["reason"]


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["report", "{folder}/a.txt", "-o", "{folder}/r.html"], "expected flags as .jsonl"),
        (["report", "{folder}/none.jsonl", "-o", "{folder}/r.html"], "cannot read"),
        (["report", "{folder}/bad.jsonl", "-o", "{folder}/r.html"], "bad.jsonl: line 1"),
        (["report", "{folder}/bad.jsonl", "-o", "{folder}/bad.jsonl"], "give it the suffix .html"),
        (["report", "{folder}/bad.jsonl"], "--output"),
        (["score", "{folder}/a.txt", "--report", "{folder}/r.txt"], "give it the suffix .html"),
    ],
)
def test_wrong_usage_is_told(run: Run, folder: Path, args: list[str], told: str) -> None:
    (folder / "bad.jsonl").write_text('{"text": "It fell."}\n')
    outcome = run(*(arg.format(folder=folder) for arg in args))
    assert outcome.code == 2
    assert told in outcome.err
    assert (folder / "bad.jsonl").read_text() == '{"text": "It fell."}\n'
    assert not (folder / "r.html").exists()
