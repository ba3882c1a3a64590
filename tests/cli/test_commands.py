import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Outcome
from tests.conftest import small_articles, write_articles

Run = Callable[..., Outcome]


def test_flag_prints_a_listing_or_json(run: Run, small_model: Path) -> None:
    listing = run("flag", "A third man reportedly fled.", "--model", small_model)
    assert listing.code == 0
    assert "? unverified" in listing.out
    row = json.loads(run("flag", "A third man reportedly fled.", "--model", small_model, "--json").out)
    assert row["label"] == "unverified"
    assert row["model"].startswith("small@")


def test_flag_of_nothing_says_so(run: Run) -> None:
    assert "empty" in run("flag", " ").out


def test_train_tells_its_steps_and_takes_overrides(run: Run, small_dataset: Path, tmp_path: Path) -> None:
    outcome = run(
        "train",
        "configs/baseline.toml",
        *("--set", f"data.articles={small_dataset}", "--set", f"output={tmp_path / 'm'}"),
        *("--set", "features.n_features=4096"),
    )
    assert outcome.code == 0
    assert "test: macro-F1" in outcome.err
    card = run("models", tmp_path / "m").out
    assert f"flagger score articles/ --model {tmp_path / 'm'}\n" in card
    assert "flagger train" not in card  # no recipe of configs/ trains this one
    (tmp_path / "m" / "README.md").write_bytes(b"\xff")
    outcome = run("models", tmp_path / "m")
    assert (outcome.code, "cannot read" in outcome.err) == (2, True)


def test_a_model_s_card_says_how_to_train_it_again(run: Run) -> None:
    assert "\nflagger train configs/baseline.toml --set outside.real-news-dev=" in run("models", "baseline").out


def test_a_dry_run_only_counts(run: Run, small_dataset: Path) -> None:
    outcome = run("train", "configs/smoke.toml", "--dry-run", *("--set", f"data.articles={small_dataset}"))
    assert outcome.code == 0
    assert "test: 2 articles, 10 sentences" in outcome.out
    outcome = run("train", "configs/smoke.toml", "--dry-run", "--set", "data.articles=nowhere")
    assert outcome.code == 2


@pytest.mark.parametrize(
    ("overrides", "told"),
    [
        (["sede=1"], "sede: unknown key"),
        (["data.articles=nowhere"], "data.articles: there is no file or folder nowhere"),
        (["outside.street=nowhere"], "outside.street: there is no file or folder nowhere"),
    ],
)
def test_a_wrong_recipe_is_usage(run: Run, overrides: list[str], told: str) -> None:
    outcome = run("train", "configs/baseline.toml", *(x for o in overrides for x in ("--set", o)))
    assert outcome.code == 2
    assert told in outcome.err


def test_evaluate_prints_and_writes_the_figures(
    run: Run, small_model: Path, small_dataset: Path, tmp_path: Path
) -> None:
    out, plots = tmp_path / "m.json", tmp_path / "plots"
    outcome = run("evaluate", small_model, small_dataset, "--split", "test", "--output", out, "--plots", plots)
    assert outcome.code == 0
    assert sorted(path.name for path in plots.iterdir()) == ["test-confusion.svg", "test-reliability.svg"]
    metrics = json.loads(out.read_text())
    assert f"macro-F1 {metrics['macro_f1']:.3f}" in outcome.out
    assert metrics["n_sentences"] == 10
    assert len(metrics["confusion_matrix"]) == 4
    assert run("evaluate", small_model, tmp_path / "none.jsonl").code == 2


def test_evaluate_counts_labels_as_another_corpus_s(
    run: Run, small_model: Path, small_dataset: Path, hedged_dataset: Path, tmp_path: Path
) -> None:
    own, merged = tmp_path / "own.json", tmp_path / "merged.json"
    assert run("evaluate", small_model, small_dataset, "--output", own).code == 0
    options = [f"{label}=uncertain" for label in ("estimated", "unverified")]
    options += [f"{label}=certain" for label in ("confirmed", "no_claim")]
    given = [x for option in options for x in ("--label", option)]
    assert run("evaluate", small_model, hedged_dataset, *given, "--output", merged).code == 0
    metrics = json.loads(merged.read_text())
    assert metrics["accuracy"] >= json.loads(own.read_text())["accuracy"]  # merging mends mistakes and makes none
    assert {name: values["support"] for name, values in metrics["labels"].items()} == {"certain": 15, "uncertain": 15}
    outcome = run("evaluate", small_model, hedged_dataset, "--label", "estimated=uncertain")
    assert outcome.code == 2
    assert "--label: expected each of confirmed, estimated, unverified, no_claim, found estimated" in outcome.err


def test_models_lists_and_describes(run: Run) -> None:
    assert "transformer (default)" in run("models").out
    assert "# baseline" in run("models", "baseline").out
    assert run("models", "none").code == 2


def test_data_check_names_faults(run: Run, small_dataset: Path, tmp_path: Path) -> None:
    good = run("data", "check", small_dataset)
    assert (good.code, "6 articles, 30 sentences, 0 faults" in good.out) == (0, True)
    bad = run("data", "check", write_articles(tmp_path / "a.jsonl", small_articles()[:1] * 2))
    assert bad.code == 1
    assert f"{tmp_path}/a.jsonl:2: article train-1: the id is taken" in bad.err


def test_data_compile_writes_articles(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text("===\n# id: a\nc | Rain fell.\n")
    assert run("data", "compile", source, "-o", tmp_path / "a.jsonl").code == 0
    assert json.loads((tmp_path / "a.jsonl").read_text())["sentences"][0]["text"] == "Rain fell."
    source.write_text("oops")
    assert run("data", "compile", source, "-o", tmp_path / "b.jsonl").code == 2


def test_version(run: Run) -> None:
    import flagger

    assert run("--version").out.strip() == flagger.__version__


def test_a_second_reading_goes_out_as_a_sheet_and_comes_back(run: Run, small_dataset: Path, tmp_path: Path) -> None:
    sheet, disputes, out = tmp_path / "sheet.txt", tmp_path / "disputes.txt", tmp_path / "out.jsonl"
    assert run("data", "sheet", small_dataset, "--split", "test", "--output", sheet).code == 0
    blank = sheet.read_text()
    assert blank.count("? | ") == 10
    assert "train-1" not in blank
    sheet.write_text(blank.replace("? | ", "c | "))
    assert run("data", "merge", small_dataset, sheet, "--disputes", disputes).code == 0
    unsettled = run("data", "merge", small_dataset, sheet, "--output", out)
    assert unsettled.code == 2
    assert "expected 3 sentences, found 0" in unsettled.err
    lines = disputes.read_text().splitlines()
    disputes.write_text("\n".join(line for line in lines if not line.startswith("c | ")))
    assert run("data", "merge", small_dataset, sheet, "--settled", disputes, "--output", out).code == 0
    articles = [json.loads(line) for line in out.read_text().splitlines()]
    assert sum(s["resolved"] for a in articles for s in a["sentences"]) == 7
    assert sum(s["second_label"] == "confirmed" for a in articles for s in a["sentences"]) == 10
    assert run("data", "agreement", out).code == 0
    nothing = run("data", "merge", small_dataset, sheet)
    assert (nothing.code, nothing.err.strip()) == (
        2,
        "flagger: merge needs --disputes or --output, or there is nothing to write",
    )


@pytest.mark.parametrize("command", ["sheet", "compile", "merge"])
def test_what_cannot_be_written_is_told(run: Run, small_dataset: Path, tmp_path: Path, command: str) -> None:
    sheet = tmp_path / "sheet.txt"
    assert run("data", "sheet", small_dataset, "--output", sheet).code == 0
    sheet.write_text(sheet.read_text().replace("? | ", "c | "))
    first = {"sheet": [small_dataset], "compile": [sheet], "merge": [small_dataset, sheet]}[command]
    option = "--disputes" if command == "merge" else "--output"
    outcome = run("data", command, *first, option, tmp_path / "none" / "file")
    assert outcome.code == 2
    assert f"cannot write {tmp_path / 'none' / 'file'}" in outcome.err
