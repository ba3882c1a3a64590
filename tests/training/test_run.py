import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from flagger.artifacts import read_info
from flagger.classifiers import load_classifier
from flagger.errors import ConfigError, DatasetError, ModelError
from flagger.labels import LABELS
from flagger.pipeline import Flagger
from flagger.training.config import BaselineConfig, load_config
from flagger.training.dataset import Reading
from flagger.training.export import output_folder
from flagger.training.fit_calibration import fit_biases, fit_shift, fit_temperature
from flagger.training.run import read_data, train
from tests.conftest import (
    AS_HEDGES,
    HEDGES,
    hedged_articles,
    small_articles,
    small_config,
    smoke_config,
    write_articles,
)


def test_same_data_and_recipe_same_model_bit_for_bit(small_dataset: Path, small_model: Path, tmp_path: Path) -> None:
    """In another process, where no object lies at the same address."""
    code = (
        "import sys; from pathlib import Path; from flagger.training.run import train\n"
        "from tests.conftest import small_config; train(small_config(Path(sys.argv[1]), Path(sys.argv[2])))"
    )
    again = tmp_path / "again"
    environment = os.environ | {"PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", code, small_dataset, again], check=True, env=environment)
    names = sorted(path.name for path in small_model.iterdir())
    assert names == ["README.md", "classifier.skops", "config.json", "metrics.json", "model.json"]
    for name in ("classifier.skops", "metrics.json"):
        assert (again / name).read_bytes() == (small_model / name).read_bytes(), name
    assert (again / "README.md").read_text().replace(str(again), str(small_model)) == (
        small_model / "README.md"
    ).read_text()


def test_the_folder_tells_how_it_was_made(small_model: Path) -> None:
    info = read_info(small_model)
    assert json.loads((small_model / "config.json").read_text())["features"]["n_features"] == 4096
    card = (small_model / "README.md").read_text()
    metrics = json.loads((small_model / "metrics.json").read_text())
    for told in (info.dataset_sha256, str(info.temperature), f"{metrics['test']['macro_f1']:.3f}", "## Limits"):
        assert told in card


def test_an_outside_set_is_measured_and_nothing_else(small_dataset: Path, small_model: Path, tmp_path: Path) -> None:
    outside = write_articles(tmp_path / "outside.jsonl", small_articles()[:1])
    config = small_config(small_dataset, tmp_path / "m").model_copy(update={"outside": {"street": str(outside)}})
    folder, metrics = train(config)
    assert metrics["street"]["n_sentences"] == 5
    assert (folder / "classifier.skops").read_bytes() == (small_model / "classifier.skops").read_bytes()


def test_the_card_names_a_recipe_only_if_it_trains_the_model_again(
    small_dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = str(write_articles(tmp_path / "outside.jsonl", small_articles()[:1]))
    given = {"seeds": 2, "shares": [0.75], "outside": {"street": outside}}
    config = small_config(small_dataset, tmp_path / "m").model_copy(update=given)
    monkeypatch.chdir(tmp_path)
    recipe = Path("configs", "small.toml")
    recipe.parent.mkdir()
    told = f"\nflagger train {recipe} --set outside.street={outside} --set seeds=2 --set 'shares=[0.75]'\n"
    for n_features in (4096, 8192):
        recipe.write_text(
            f'name = "small"\nkind = "baseline"\noutput = "{tmp_path / "m"}"\ndata.articles = "{small_dataset}"\n'
            f"features.n_features = {n_features}\n"
        )
        folder, _ = train(config)
        assert (told in (folder / "README.md").read_text()) is (n_features == 4096)


def test_a_folder_that_is_no_model_is_not_replaced(small_dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").touch()
    told: list[str] = []
    with pytest.raises(ConfigError, match="is none of flagger's folders"):
        train(small_config(small_dataset, tmp_path), told.append)
    assert not told  # before anything is trained
    assert (tmp_path / "thesis.doc").exists()


@pytest.mark.parametrize("suffix", [".checkpoints", ".torch"])
def test_what_lies_beside_the_output_is_not_replaced(suffix: str, tmp_path: Path) -> None:
    other = tmp_path / f"m{suffix}"
    other.mkdir()
    (other / "notes.txt").touch()
    with pytest.raises(ConfigError, match=f"m{suffix} exists and is none of flagger's folders"):
        output_folder(smoke_config(f"output={tmp_path / 'm'}"))


def test_what_training_starts_from_is_not_written_over(tmp_path: Path) -> None:
    overrides = ["encoder={}", f"encoder.base={tmp_path / 'm.torch'}", f"output={tmp_path / 'm'}"]
    with pytest.raises(ConfigError, match=r"write over encoder\.base"):
        output_folder(smoke_config(*overrides))


def test_a_missing_label_is_told(tmp_path: Path) -> None:
    articles = [a for a in small_articles() if a.id != "train-2"]
    with pytest.raises(DatasetError, match="no articles in the split 'test'"):
        train(small_config(write_articles(tmp_path / "a.jsonl", articles[:3]), tmp_path / "m"))
    without = [a for a in articles if a.split != "train"] + [
        a.__class__(**{**{k: getattr(a, k) for k in a.__slots__}, "sentences": a.sentences[:2]})
        for a in articles
        if a.split == "train"
    ]
    with pytest.raises(DatasetError, match="no sentence labelled estimated, unverified"):
        train(small_config(write_articles(tmp_path / "b.jsonl", without), tmp_path / "m"))


def test_a_teacher_that_is_not_there_is_told_before_training() -> None:
    with pytest.raises(ModelError, match="no model at 'nowhere/at-all'"):
        read_data(smoke_config('distillation.teachers=["nowhere/at-all"]'))


def test_a_label_that_no_sentence_has_is_not_held_back() -> None:
    assert not fit_biases(np.eye(4), np.array([0, 1, 2, 2])).any()


def test_the_temperature_undoes_overconfidence() -> None:
    generator = np.random.default_rng(0)
    logits = generator.normal(size=(2000, 4))
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = np.array([generator.choice(4, p=row) for row in probabilities])
    assert fit_temperature(logits * 3, labels) == pytest.approx(3, rel=0.1)


def test_biases_undo_what_was_said_too_often_or_too_surely() -> None:
    generator = np.random.default_rng(0)
    logits = generator.normal(size=(20000, 4))
    labels = (logits + generator.gumbel(size=logits.shape)).argmax(axis=1)  # drawn by the logits' own probabilities
    found = fit_biases(3 * (logits + np.array([1, 0, 0, -2])), labels)
    assert found == pytest.approx(3 * np.array([-1.25, -0.25, -0.25, 1.75]), abs=0.2)


def test_transformers_loads_what_was_trained(smoke_model: Path) -> None:
    from transformers import AutoModel, AutoTokenizer

    texts = ["Two men were arrested.", "A third man reportedly fled."]
    folder = f"{smoke_model}.torch"
    assert {"model.safetensors", "config.json", "tokenizer.json"} <= {path.name for path in Path(folder).iterdir()}
    model, tokenizer = AutoModel.from_pretrained(folder).eval(), AutoTokenizer.from_pretrained(folder)
    assert list(model.config.id2label.values()) == list(LABELS)
    encoded = tokenizer(texts, padding=True, return_tensors="pt")
    found = model(encoded["input_ids"], encoded["attention_mask"]).label_logits.detach().numpy()
    (exported,) = load_classifier(smoke_model, read_info(smoke_model)).predict([texts])
    assert found == pytest.approx(exported.logits, abs=0.05)


def test_a_transformer_becomes_a_model_folder_like_any_other(smoke_model: Path) -> None:
    info = read_info(smoke_model)
    assert (info.kind, info.name) == ("transformer", "smoke")
    assert {p.name for p in smoke_model.iterdir()} == {*info.files, "model.json", "README.md", "pictures"}
    card = (smoke_model / "README.md").read_text()
    pictures = {path.name for path in (smoke_model / "pictures").iterdir()}
    assert {"training.svg", "test-confusion.svg", "test-reliability.svg"} < pictures
    assert all(f"](pictures/{name})" in card for name in pictures)
    assert not Path(f"{smoke_model}.checkpoints").exists()
    flags = Flagger.load(smoke_model).flag("Two men were arrested. A third man reportedly fled.")
    assert len(flags) == 2
    assert sum(flags[0].probabilities.values()) == pytest.approx(1)


def test_a_shift_gives_a_label_its_best_f1() -> None:
    margins = np.array([-3.0, -1.0, -0.5, 0.5, -2.0])
    wanted = np.array([False, True, True, True, False])
    logits = np.stack([-margins, np.full(5, -9.0), np.zeros(5)], axis=1)  # of three labels, the last is favoured
    shift = fit_shift(logits, 2, wanted)
    assert ((logits + np.array([0, 0, shift])).argmax(axis=1) == 2).tolist() == wanted.tolist()
    assert fit_shift(logits, 2, margins > 0) == 0.0  # what is best already stays


def test_a_shift_allows_for_missed_labels() -> None:
    """Four in ten sentences that should have the label lack it: the best F1 of what is labelled is cautious."""
    generator = np.random.default_rng(0)
    margins = generator.normal(-4, 8, size=20000)  # most sentences plainly have the label or plainly lack it
    true = generator.random(20000) < 1 / (1 + np.exp(-margins))
    labelled = true & (generator.random(20000) < 0.6)
    chance = 0.6 / (1 + np.exp(-margins))  # what a classifier learns that is trained on such labels
    logits = np.log(np.stack([1 - chance, chance], axis=1))
    cautious, bold = (fit_shift(logits, 1, labelled, incomplete=incomplete) for incomplete in (False, True))
    assert abs(bold - fit_shift(logits, 1, true)) <= 0.3
    assert bold > cautious


@pytest.mark.parametrize("labels", [HEDGES, HEDGES[::-1]])
def test_a_favoured_label_gets_its_best_f1(hedged_dataset: Path, tmp_path: Path, labels: tuple[str, str]) -> None:
    given = [f"data.articles={hedged_dataset}", f"data.labels={json.dumps(labels)}", "features.n_features=4096"]
    given += ["logistic.c=0.01", "logistic.balanced=false", f"output={tmp_path / 'm'}"]  # too stiff to say both labels
    found = []
    for favour in ([], ["decision.favoured=certain"]):
        folder, metrics = train(load_config(Path("configs/baseline.toml"), [*given, *favour]))
        found.append(metrics["validation"]["labels"]["certain"]["f1"])
    assert found[0] == 0.0
    assert found[1] > 0.6
    assert "`certain` is said as often as gives it the best F1" in (folder / "README.md").read_text()


def test_a_favoured_label_that_is_none_is_told(hedged_dataset: Path, tmp_path: Path) -> None:
    config = smoke_config(f"data.articles={hedged_dataset}", AS_HEDGES, "decision.favoured=unsure")
    with pytest.raises(ConfigError, match=r"decision\.favoured: expected one of certain, uncertain, found 'unsure'"):
        train(config)
    with pytest.raises(ConfigError, match=r"decision\.incomplete: says something of decision\.favoured"):
        train(smoke_config(f"data.articles={hedged_dataset}", AS_HEDGES, "decision.incomplete=true"))


def test_a_baseline_of_another_corpus_tells_its_labels(hedged_model: Path) -> None:
    info = read_info(hedged_model, any_labels=True)
    assert info.labels == HEDGES
    assert json.loads((hedged_model / "config.json").read_text())["data"]["labels"] == list(HEDGES)
    card = (hedged_model / "README.md").read_text()
    assert "`certain`, `uncertain`" in card
    assert f"flagger evaluate {hedged_model} " in card
    assert not [word for word in ("GUIDELINE", "apache", "flagger score", "invented") if word in card]
    (prediction,) = load_classifier(hedged_model, info).predict([["It could reopen by June.", "It was built in 1931."]])
    assert [HEDGES[column] for column in prediction.logits.argmax(axis=1)] == ["uncertain", "certain"]


def test_a_transformer_of_another_corpus_copes_without_spans(tmp_path: Path) -> None:
    bare = [
        replace(article, sentences=tuple(replace(s, final=Reading(s.final.label)) for s in article.sentences))
        for article in hedged_articles()
    ]
    data = write_articles(tmp_path / "bare.jsonl", bare)
    folder, metrics = train(
        smoke_config(f"data.articles={data}", AS_HEDGES, "decision.favoured=uncertain", f"output={tmp_path / 'm'}")
    )
    info = read_info(folder, any_labels=True)
    assert info.labels == HEDGES
    assert "cues" not in metrics["test"]
    assert metrics["validation"]["export"]["same_label"] == 1.0
    (prediction,) = load_classifier(folder, info).predict([["Rain fell.", "Rain may fall."]])
    assert prediction.logits.shape == (2, 2)


def test_a_baseline_without_cues_to_learn_from_finds_none(tmp_path: Path) -> None:
    bare = [
        replace(article, sentences=tuple(replace(s, final=Reading(s.final.label)) for s in article.sentences))
        for article in hedged_articles()
    ]
    data = write_articles(tmp_path / "bare.jsonl", bare)
    given = [f"data.articles={data}", AS_HEDGES, "features.n_features=4096", f"output={tmp_path / 'm'}"]
    folder, _ = train(load_config(Path("configs/baseline.toml"), given))
    classifier = load_classifier(folder, read_info(folder, any_labels=True))
    assert all(p.cues == [[]] * 5 for p in classifier.predict([article.texts for article in bare]))


def test_resuming_another_recipe_is_refused(small_dataset: Path, tmp_path: Path) -> None:
    checkpoints = tmp_path / "m.checkpoints"
    checkpoints.mkdir()
    (checkpoints / "started.json").write_text("{}")
    with pytest.raises(ConfigError, match="was begun with another recipe or other data"):
        train(smoke_config(f"data.articles={small_dataset}", f"output={tmp_path / 'm'}"), resume=True)


def test_other_seeds_and_shares_are_measured_and_the_first_seed_ships(
    small_dataset: Path, small_model: Path, tmp_path: Path
) -> None:
    config = small_config(small_dataset, tmp_path / "m").model_copy(update={"seeds": 3, "shares": [0.5, 0.75]})
    folder, metrics = train(config)
    assert (folder / "classifier.skops").read_bytes() == (small_model / "classifier.skops").read_bytes()
    assert set(metrics["test"]["trials"]) == {"seed-14", "seed-15", "share-0.5", "share-0.75"}
    card = (folder / "README.md").read_text()
    assert "Mean and standard deviation of 3 trainings by the same recipe, with the seeds 13 to 15" in card
    told = f"{metrics['test']['macro_f1']:.3f} ± 0.000"  # the baseline's solver has no chance in it
    assert told in card


def test_a_share_without_one_of_the_labels_is_told_before_anything_is_trained(tmp_path: Path) -> None:
    # Neither of the two train articles has all labels, both together have.
    articles = [replace(a, sentences=a.sentences[:3]) if a.split == "train" else a for a in small_articles()]
    data = write_articles(tmp_path / "a.jsonl", articles)
    told: list[str] = []
    config = small_config(data, tmp_path / "m").model_copy(update={"shares": [0.5]})
    with pytest.raises(DatasetError, match=r"trial share-0\.5 has no sentence labelled (estimated|no_claim)"):
        train(config, told.append)
    assert told == []


def test_a_run_cut_off_between_trials_goes_on_there(small_dataset: Path, tmp_path: Path) -> None:
    def config(name: str) -> BaselineConfig:
        return small_config(small_dataset, tmp_path / name).model_copy(update={"seeds": 2, "shares": [0.5]})

    def kill(message: str) -> None:
        if message.startswith("share-0.5: fitting"):
            raise KeyboardInterrupt

    clean, wanted = train(config("clean"))
    with pytest.raises(KeyboardInterrupt):
        train(config("cut"), kill)
    told: list[str] = []
    cut, metrics = train(config("cut"), told.append, resume=True)
    assert not [line for line in told if line.startswith("seed-14: fitting")]
    assert metrics == wanted
    assert (cut / "classifier.skops").read_bytes() == (clean / "classifier.skops").read_bytes()
    assert not Path(f"{cut}.checkpoints").exists()
