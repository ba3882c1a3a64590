import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flagger import Flagger, Label
from flagger.cli import app
from flagger.explanation import Example, Neighbour, explain, without

TEXT = "It fell. The dam may break, engineers said."
EXAMPLES = [
    Example("a", "The dam may burst.", Label.ESTIMATED),
    Example("b", "Quite another matter.", Label.NO_CLAIM),
    Example("c", "The dam broke.", Label.CONFIRMED),
]


@pytest.fixture(scope="module")
def flagger() -> Flagger:
    return Flagger.load("baseline")


def test_a_cue_taken_out_changes_the_label(flagger: Flagger) -> None:
    fell, dam = explain(flagger, TEXT, [])
    assert fell.occlusions == ()
    (occlusion,) = dam.occlusions
    assert (dam.flag.label, occlusion.cue.text) == (Label.ESTIMATED, "may")
    assert occlusion.flag.text == "The dam break, engineers said."
    assert occlusion.flag.label is not Label.ESTIMATED
    assert dam.nearest == ()


def test_the_nearest_sentences_come_first_and_share_a_word(flagger: Flagger) -> None:
    fell, dam = explain(flagger, TEXT, EXAMPLES, n_nearest=3)
    assert [neighbour.example.article_id for neighbour in dam.nearest] == ["a", "c"]
    assert dam.nearest[0].similarity > dam.nearest[1].similarity > 0
    assert fell.nearest == ()
    (same,) = explain(flagger, "The dam broke.", EXAMPLES, n_nearest=1)
    assert same.nearest == (Neighbour(EXAMPLES[2], 1.0),)


def test_what_is_left_reads_as_a_sentence() -> None:
    assert without("It may, perhaps, fall.", 8, 15) == "It may,, fall."
    assert without("He reportedly left.", 3, 13) == "He left."
    assert without("He left, reportedly.", 9, 19) == "He left,."
    assert without("Rumour", 0, 6) == ""


def test_the_command_tells_it_in_words_and_as_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "articles.jsonl"
    sentence = {"text": "The dam may burst.", "label": "estimated", "cues": [[8, 11]], "source": None}
    data.write_text(json.dumps({"id": "a", "sentences": [sentence]}) + "\n", "utf-8")
    command = ["explain", TEXT, "--model", "baseline", "--data", str(data)]
    told = CliRunner().invoke(app, command)
    assert told.exit_code == 0
    assert "without “may”:" in told.stdout
    assert "estimated: The dam may burst." in told.stdout
    fell, dam = map(json.loads, CliRunner().invoke(app, [*command, "--json"]).stdout.splitlines())
    assert dam["label"] == "estimated"
    assert dam["without"][0]["cue"] == {"start": 17, "end": 20, "text": "may"}
    assert dam["without"][0]["text"] == "The dam break, engineers said."
    assert dam["nearest"][0]["article_id"] == "a"
    assert fell["nearest"] == []

    monkeypatch.chdir(tmp_path)
    bare = CliRunner().invoke(app, ["explain", TEXT, "--model", "baseline"])
    assert "--data names labelled articles" in bare.stderr
    assert "worded most like it" not in bare.stdout
