from pathlib import Path

import pytest

from flagger.errors import ConfigError
from flagger.labels import LABELS
from flagger.training.config import load_config
from tests.conftest import AS_HEDGES, HEDGES

RECIPE = 'name = "x"\nkind = "baseline"\noutput = "out"\n'
PRUNING = RECIPE.replace("baseline", "transformer") + "[pruning]\nintermediate_size = 8\n"


def _recipe(folder: Path, text: str) -> Path:
    path = folder / "r.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_overrides_beat_the_file(tmp_path: Path) -> None:
    path = _recipe(tmp_path, RECIPE + "[logistic]\nc = 2.0\n")
    assert load_config(path).logistic.c == 2.0
    config = load_config(
        path, ["logistic.c=3.5", "output=some/where", "features.word_ngrams=[1, 2]", "outside.a=b.jsonl"]
    )
    assert (config.logistic.c, config.output, config.features.word_ngrams) == (3.5, "some/where", [1, 2])
    assert config.outside == {"a": "b.jsonl"}


@pytest.mark.parametrize(
    ("text", "overrides", "told"),
    [
        (RECIPE + "colour = 1\n", [], "colour: unknown key"),
        (RECIPE + "[logistic]\ncc = 1.0\n", [], "logistic.cc: unknown key"),
        (RECIPE + '[logistic]\nc = "high"\n', [], "logistic.c: Input should be a valid number, found 'high'"),
        (RECIPE + "[logistic]\nc = 0.0\n", [], "logistic.c: Input should be greater than 0"),
        (RECIPE + "seed = true\n", [], "seed: Input should be a valid integer"),
        (RECIPE + '[data]\nlabels = ["a"]\n', [], "data.labels: Tuple should have at least 2 items"),
        (RECIPE + '[data]\nlabels = ["a", "a"]\n', [], "data.labels: Value error, expected different labels"),
        (RECIPE + '[data]\nlabels = ["a", 1]\n', [], "data.labels.1: Input should be a valid string, found 1"),
        ('kind = "baseline"\n', [], "name: Field required"),
        (RECIPE.replace("baseline", "svm"), [], "kind: expected one of baseline, transformer, found 'svm'"),
        ("= broken", [], "is not TOML"),
        (RECIPE, ["logistic.c"], "expected section.key=value"),
        (RECIPE, ["name.x=1"], "'name' is not a section"),
        (RECIPE, ["seed=-1"], "seed: Input should be greater than or equal to 0"),
        (RECIPE, ["logistic.c=inf"], "logistic.c: Input should be a finite number"),
        (RECIPE, ["features.word_ngrams=[2, 1]"], "features.word_ngrams: Value error, expected the smaller length"),
        (RECIPE, ["outside.test=a.jsonl"], "outside.test.[key]: Value error, a split of the data has this name"),
        (RECIPE, ["outside={'../x'='a.jsonl'}"], "outside.../x.[key]: String should match pattern"),
        (PRUNING, ['distillation.teachers=["a"]', "encoder.n_layers=2"], "not go with distillation, encoder.n_layers"),
        (RECIPE, ["=1"], "expected section.key=value"),
    ],
)
def test_a_fault_names_the_key_and_the_file(tmp_path: Path, text: str, overrides: list[str], told: str) -> None:
    path = _recipe(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load_config(path, overrides)
    assert told in str(caught.value)
    assert overrides or str(path) in str(caught.value)


def test_other_labels_are_written_down_and_flagger_s_own_are_not(tmp_path: Path) -> None:
    path = _recipe(tmp_path, RECIPE)
    assert load_config(path).data.labels == LABELS
    assert load_config(path).model_dump()["data"] == {"articles": "datasets/articles"}
    data = load_config(path, [AS_HEDGES]).data
    assert data.labels == HEDGES
    assert data.model_dump()["labels"] == HEDGES


def test_a_slash_at_the_end_of_the_output_is_nothing(tmp_path: Path) -> None:
    assert load_config(_recipe(tmp_path, RECIPE), ["output=runs/mine/"]).output == "runs/mine"


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot read"):
        load_config(tmp_path / "none.toml")


@pytest.mark.parametrize("path", sorted(Path("configs").rglob("*.toml")), ids=str)
def test_every_shipped_recipe_loads(path: Path) -> None:
    config = load_config(path)
    assert config.name in config.output


@pytest.mark.parametrize("path", sorted(Path("configs").glob("*.toml")), ids=lambda path: path.stem)
def test_every_recipe_of_the_project_loads(path: Path) -> None:
    assert load_config(path).name == path.stem
