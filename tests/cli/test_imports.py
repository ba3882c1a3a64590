"""flagger data import, and what follows it: a corpus of other labels is checked, trained on and measured."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Outcome
from tests.training.test_szeged_xml import CONLL, SZEGED

Run = Callable[..., Outcome]


def _splits(path: Path) -> list[str]:
    return [json.loads(line)["split"] for line in path.read_text("utf-8").splitlines()]


def test_a_corpus_is_imported_checked_trained_on_and_measured(run: Run, tmp_path: Path) -> None:
    rows = [f"{hedge}{n} boats {verb},{label}\n" for n in range(20) for hedge, verb, label in (
        ("Perhaps ", "may sink", 1),
        ("The ", "sank", 0),
    )]  # fmt: skip
    table, data = tmp_path / "t.csv", tmp_path / "data"
    table.write_text("sentence,y\n" + "".join(rows))
    data.mkdir()
    given = ("--text-column", "sentence", "--label-column", "y", "--label", "1=uncertain", "--label", "0=certain")
    outcome = run("data", "import", "csv", table, *given, "--validation", "0.25", "-o", data / "train.jsonl")
    assert (outcome.code, outcome.out) == (0, "")
    assert f"train: 30 articles written to {data / 'train.jsonl'}, sentences: " in outcome.err
    assert _splits(data / "train.jsonl").count("validation") == 10
    other = tmp_path / "u.csv"
    other.write_text(table.read_text().replace("boats", "grey ships of the line there"))
    assert run("data", "import", "csv", other, *given, "--split", "test", "-o", data / "test.jsonl").code == 0
    checked = run("data", "check", data, "--labels", "uncertain,certain")
    assert "80 articles, 80 sentences" in checked.out
    assert "expected one of confirmed" in run("data", "check", data).err

    overrides = [f"data.articles={data}", 'data.labels=["certain","uncertain"]', f"output={tmp_path / 'm'}"]
    overrides.append("features.n_features=4096")
    assert run("train", "configs/baseline.toml", *(x for o in overrides for x in ("--set", o))).code == 0
    measured = run("evaluate", tmp_path / "m", data, "--split", "test", "-o", tmp_path / "m.json")
    assert "said uncertain" in measured.out
    assert "cue F1" not in measured.out
    assert json.loads((tmp_path / "m.json").read_text())["labels"]["uncertain"]["support"] == 20
    assert "# baseline" in run("models", tmp_path / "m").out
    for command in (("flag", "It may rain."), ("score", "datasets/samples"), ("score", "datasets/samples", "-j", "2")):
        refused = run(*command, "--model", tmp_path / "m")
        assert (refused.code, refused.out) == (2, "")
        assert "this model labels sentences certain, uncertain, scoring needs" in refused.err
        assert "flagger evaluate" in refused.err


def test_szeged_by_the_documents_of_a_table(run: Run, tmp_path: Path) -> None:
    (tmp_path / "c.xml").write_text(SZEGED)
    (tmp_path / "split.tsv").write_text("doc_id\ttext\nWeir_2\tThey\nWeir_2\tThem\n")
    given = ("data", "import", "szeged", tmp_path / "c.xml", "-o", tmp_path / "a.jsonl")
    assert run(*given, "--documents", tmp_path / "split.tsv", "--split", "test").code == 0
    (article,) = map(json.loads, (tmp_path / "a.jsonl").read_text().splitlines())
    assert (article["id"], article["split"], article["sentences"][0]["cues"]) == ("Weir_2", "test", [[5, 13]])
    outcome = run(*given, "--without", "investigation", "--without", "doxastic")
    assert "sentences: 4 certain, 1 uncertain" in outcome.err
    assert "1 sentences without text passed over" in outcome.err
    wrong = run(*given, "--without", "weasel")
    assert (wrong.code, "--without: 'weasel' is none of epistemic, doxastic" in wrong.err) == (2, True)


def test_conll2010(run: Run, tmp_path: Path) -> None:
    (tmp_path / "c.xml").write_text(CONLL)
    assert run("data", "import", "conll2010", tmp_path / "c.xml", "-o", tmp_path / "a.jsonl").code == 0
    assert run("data", "check", tmp_path / "a.jsonl", "--labels", "certain,uncertain").code == 0


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--split", "dev"), "--split 'dev': expected one of train, validation, test"),
        (("--split", "test", "--validation", "0.1"), "--validation takes a share of the train articles"),
        (("--label", "1"), "--label '1': expected FOUND=LABEL"),
        (("--label", "1="), "--label '1=': expected FOUND=LABEL"),
        (("--label", "2=b"), "expected one of 2 in column 'label', found '1'"),
    ],
)
def test_a_wrong_option_is_told_and_nothing_is_written(
    run: Run, tmp_path: Path, options: tuple[str, ...], told: str
) -> None:
    (tmp_path / "t.csv").write_text("text,label\nIt fell.,1\n")
    outcome = run("data", "import", "csv", tmp_path / "t.csv", "-o", tmp_path / "a.jsonl", *options)
    assert outcome.code == 2
    assert told in outcome.err
    assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]
