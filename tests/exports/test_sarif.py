import json
from typing import Any

from hypothesis import given, settings

from flagger.exports.sarif import sarif_log
from flagger.recorded import article_text
from flagger.results import ArticleResult
from flagger.sinks.records import Record
from tests.exports.articles import OTHER, RECORDS
from tests.flag_files import records_of, results


def _run(*articles: list[Record]) -> dict[str, Any]:
    log = json.loads("".join(sarif_log(articles)))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def test_unverified_and_estimated_sentences_are_results() -> None:
    run = _run(RECORDS, OTHER)
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["unverified", "estimated"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert [(result["ruleId"], result["level"]) for result in run["results"]] == [
        ("unverified", "warning"),
        ("estimated", "note"),
    ]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        (location,) = result["locations"]
        assert location["physicalLocation"]["artifactLocation"]["uri"] == "in/%C5%82%C3%B3d%C5%BA%20fire.txt"
    assert run["results"][1]["properties"]["source"]["text"] == "\u05d4\u05de\u05e9\u05d8\u05e8\u05d4"


@settings(max_examples=50, deadline=None)
@given(results(min_sentences=1))
def test_every_region_quotes_its_text(article: ArticleResult) -> None:
    records = records_of(article)
    text = article_text(records)
    for result in _run(records)["results"]:
        region = result["locations"][0]["physicalLocation"]["region"]
        start = region["charOffset"]
        assert text[start : start + region["charLength"]] == region["snippet"]["text"]


def test_no_articles_are_a_log_without_results() -> None:
    assert _run()["results"] == []
