import json
import re
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from flagger.exports import label_studio
from flagger.exports.label_studio import label_studio_tasks
from flagger.labels import LABELS
from flagger.recorded import article_text
from flagger.results import ArticleResult
from tests.exports.articles import OTHER, RECORDS
from tests.flag_files import records_of, results


def test_a_task_has_its_text_and_regions_that_share_an_id_with_their_choice() -> None:
    task, _ = json.loads("".join(label_studio_tasks([RECORDS, OTHER])))
    assert task["data"] == {
        "text": article_text(RECORDS),
        "article_id": "in/łódź fire.txt",
        "path": "in/łódź fire.txt",
    }
    (prediction,) = task["predictions"]
    assert (prediction["model_version"], prediction["score"]) == ("stub@0", 0.88)
    third = [item for item in prediction["result"] if item["id"].startswith("s2")]
    assert [(item["id"], item["from_name"], item["type"]) for item in third] == [
        ("s2", "span", "labels"),
        ("s2", "label", "choices"),
        ("s2-cue0", "span", "labels"),
        ("s2-cue1", "span", "labels"),
        ("s2-source", "span", "labels"),
    ]
    assert third[1]["value"]["choices"] == ["estimated"]
    assert {item["score"] for item in third} == {0.88}


@settings(max_examples=50, deadline=None)
@given(st.lists(results(min_sentences=1), max_size=2))
def test_every_region_quotes_its_text(articles: list[ArticleResult]) -> None:
    tasks = json.loads("".join(label_studio_tasks(map(records_of, articles))))
    assert len(tasks) == len(articles)
    for task in tasks:
        for item in task["predictions"][0]["result"]:
            value = item["value"]
            assert task["data"]["text"][value["start"] : value["end"]] == value["text"]


def test_the_documented_interface_names_what_tasks_use() -> None:
    shown = re.search(r"<View>.*</View>", label_studio.__doc__ or "", re.DOTALL)
    assert shown
    view = ElementTree.fromstring(shown.group())
    assert [tag.get("value") for tag in view.iter("Choice")] == list(LABELS)
    names = {tag.get("name"): {part.get("value") for part in tag} for tag in view}
    (task,) = json.loads("".join(label_studio_tasks([RECORDS])))
    for item in task["predictions"][0]["result"]:
        assert set(item["value"][item["type"]]) <= names[item["from_name"]]
