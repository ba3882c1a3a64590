import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from flagger.errors import DatasetError
from flagger.exports.label_studio import label_studio_tasks
from flagger.labels import Label
from flagger.results import ArticleResult
from flagger.training.dataset import LabelledArticle, read_articles, write_articles
from flagger.training.imported import Imported
from flagger.training.label_studio import import_label_studio
from tests.exports.articles import OTHER, RECORDS
from tests.flag_files import flagged, records_of, results


def _tasks(*articles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Label Studio's export of tasks whose predictions an annotator took over."""
    tasks = json.loads("".join(label_studio_tasks(articles)))
    return [
        {"id": number, "data": task["data"], "annotations": [{"id": 1, "result": task["predictions"][0]["result"]}]}
        for number, task in enumerate(tasks, start=1)
    ]


def _import(folder: Path, tasks: object, **metadata: str) -> Imported:
    (folder / "export.json").write_text(json.dumps(tasks))
    return import_label_studio(folder / "export.json", metadata)


def _units(text: str, offset: int) -> int:
    return len(text[:offset].encode("utf-16-le")) // 2


def _in_utf16(tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for task in tasks:
        for item in task["annotations"][0]["result"]:
            for edge in ("start", "end"):
                item["value"][edge] = _units(task["data"]["text"], item["value"][edge])
    return tasks


def _words(article: LabelledArticle) -> list[tuple[str, str, list[str], str | None]]:
    return [
        (
            sentence.text,
            str(sentence.final.label),
            [sentence.text[start:end] for start, end in sentence.final.cues],
            sentence.text[slice(*sentence.final.source)] if sentence.final.source else None,
        )
        for sentence in article.sentences
    ]


EXPECTED = [
    (r["text"], r["label"], [cue["text"] for cue in r["cues"]], r["source"] and r["source"]["text"]) for r in RECORDS
]


@pytest.mark.parametrize("convert", [lambda tasks: tasks, _in_utf16], ids=["code points", "UTF-16"])
def test_what_was_exported_comes_back(tmp_path: Path, convert: Callable[[Any], Any]) -> None:
    imported = _import(tmp_path, convert(_tasks(RECORDS, OTHER)))
    assert imported.n_passed_over == 0
    first, other = imported.articles
    assert _words(first) == EXPECTED
    assert (first.id, first.title, first.country) == ("in/łódź fire.txt", "in/łódź fire.txt", "ZZ")
    assert (first.topic, first.register, first.stratum, first.split) == ("unknown", "unknown", "natural", "train")
    assert [sentence.paragraph for sentence in first.sentences] == [0, 1, 1, 1]
    assert other.id == "b.txt"
    write_articles(tmp_path / "a.jsonl", imported.articles)
    assert read_articles(tmp_path / "a.jsonl") == imported.articles


def test_regions_of_both_kinds_of_offsets_in_one_task_are_told_apart(tmp_path: Path) -> None:
    tasks = _tasks(RECORDS)
    text = tasks[0]["data"]["text"]
    for item in tasks[0]["annotations"][0]["result"][-2:]:  # the last sentence and its choice, set anew
        for edge in ("start", "end"):
            item["value"][edge] = _units(text, item["value"][edge])
    assert _words(_import(tmp_path, tasks).articles[0]) == EXPECTED
    cue = {"start": 4, "end": 6, "text": "aa", "labels": ["cue"]}
    both = flagged(
        "🔥 aaaa. 🔥 It fell.", [("🔥 aaaa.", Label.ESTIMATED, [], None), ("🔥 It fell.", Label.CONFIRMED, [], None)]
    )
    mixed = _tasks(records_of(both))
    result = mixed[0]["annotations"][0]["result"]
    result[2]["value"] |= {"start": 9, "end": 20}  # UTF-16 units, the first sentence counts code points
    result.append({"id": "new", "type": "labels", "value": cue})
    with pytest.raises(DatasetError, match=r"task 1: region new: its offsets fit the text in two ways"):
        _import(tmp_path, mixed)


@settings(max_examples=50, deadline=None)
@given(results(min_sentences=1))
def test_whatever_the_text_both_ways_of_counting_give_the_same(
    tmp_path_factory: pytest.TempPathFactory, article: ArticleResult
) -> None:
    folder = tmp_path_factory.mktemp("export")
    # What the dataset does not hold is not drawn: blank sentences, overlapping cues, marks without a claim.
    records = [
        record | {"cues": [], "source": None, "article_id": "x", "path": "x"}
        for record in records_of(article)
        if record["text"].strip()
    ]
    if not records:
        return
    tasks = _tasks(records)
    plain = _import(folder, copy.deepcopy(tasks)).articles
    assert [s.text for s in plain[0].sentences] == [record["text"].strip() for record in records]
    assert _import(folder, _in_utf16(tasks)).articles == plain


def test_metadata_comes_from_the_task_then_the_options(tmp_path: Path) -> None:
    tasks = _tasks(RECORDS)
    tasks[0]["data"] |= {"title": "Fire", "country": "PL"}
    (article,) = _import(tmp_path, tasks, country="DE", topic="fire", split="test").articles
    assert (article.title, article.country, article.topic, article.split) == ("Fire", "PL", "fire", "test")


def test_edges_are_trimmed_and_cues_brought_to_convention(tmp_path: Path) -> None:
    text = "It could have been set."
    tasks = _tasks(records_of(flagged(text, [(text, Label.ESTIMATED, [], None)])))
    value = {"start": 2, "end": 9, "text": " could ", "labels": ["cue"]}
    tasks[0]["annotations"][0]["result"].append({"id": "c", "type": "labels", "value": value})
    ((_, _, cues, _),) = _words(_import(tmp_path, tasks).articles[0])
    assert cues == ["could"]


def test_the_ground_truth_counts_and_skipped_tasks_do_not(tmp_path: Path) -> None:
    tasks = _tasks(RECORDS, OTHER, OTHER)
    tasks[0]["annotations"].append({"ground_truth": True, "result": tasks[0]["annotations"][0]["result"]})
    tasks[1]["annotations"][0]["was_cancelled"] = True
    tasks[2]["annotations"] = []
    imported = _import(tmp_path, tasks)
    assert ([article.id for article in imported.articles], imported.n_passed_over) == (["in/łódź fire.txt"], 2)


Change = Callable[[dict[str, Any]], object]


def _region(name: str, **changes: Any) -> Change:
    def change(task: dict[str, Any]) -> None:
        for item in task["annotations"][0]["result"]:
            if item["id"] == name:
                item["value"].update(changes)

    return change


WRONG: list[tuple[Change, str]] = [
    (_region("s1-cue0", text="reportedly died"), "task 1: region s1-cue0: its text is 'reportedly died', but"),
    (_region("s1-cue0", start="36"), "task 1: region s1-cue0: expected whole numbers with 0 <= start < end"),
    (_region("s3", end=10_000), "task 1: region s3: its text is 'What a day!', but"),
    (_region("s1", text=None), "task 1: region s1: has no 'text', so that offsets in a text with emoji"),
    (_region("s1", labels=["PERSON"]), "task 1: region s1: expected one label of sentence, cue, source"),
    (_region("s1", labels=["cue"]), "task 1: region s1: this cue lies in no sentence"),
    (_region("s1", choices=["maybe"]), "task 1: region s1: expected one choice of confirmed, estimated"),
    (_region("s1", choices=["no_claim"]), "task 1: region s1: a no_claim sentence has no cue and no source"),
    (_region("s2-cue0", labels=["source"]), "task 1: region s2: this sentence has 2 sources"),
    (lambda task: task["annotations"].append({"result": []}), "task 1: 2 annotations: delete all but one"),
    (lambda task: task["annotations"][0].update(result={}), "task 1: 'result' of the annotation must be a list"),
    (lambda task: task["data"].pop("text"), "task 1: expected the article as a string in 'data': 'text'"),
    (lambda task: task["data"].update(text="\ud83d"), "task 1: the text has half a character at 0"),
    (lambda task: task["data"].update(split="dev"), "task 1: article in/łódź fire.txt: 'split' is 'dev'"),
    (lambda task: task["annotations"][0]["result"].clear(), "'sentences' must be a list with at least one"),
    (lambda task: task["annotations"][0]["result"].extend(task["annotations"][0]["result"][:1]), "overlaps the one"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "told"), WRONG, ids=[told for _, told in WRONG])
def test_a_fault_names_task_and_region(tmp_path: Path, change: Change, told: str) -> None:
    tasks = _tasks(RECORDS)
    change(tasks[0])
    with pytest.raises(DatasetError) as raised:
        _import(tmp_path, tasks)
    assert told in str(raised.value)
    assert "nothing was imported" in str(raised.value)


def test_an_article_that_comes_twice_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"task 2: the article b.txt is also that of .*task 1"):
        _import(tmp_path, _tasks(OTHER, OTHER))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "found no JSON"),
        ('[{"text": "It fell.", "label": []}]', "not as JSON-MIN"),
        ("{}", "expected a list of tasks"),
        ("[]", "none of 0 tasks is annotated"),
    ],
)
def test_a_file_of_something_else_is_told(tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / "e.json").write_text(content)
    with pytest.raises(DatasetError, match=told):
        import_label_studio(tmp_path / "e.json", {})
    with pytest.raises(DatasetError, match="cannot read"):
        import_label_studio(tmp_path / "none.json", {})
