import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from flagger.classifiers.transformer import BEGIN, INSIDE, OUTSIDE
from flagger.errors import ConfigError, DatasetError
from flagger.labels import LABELS, Label
from flagger.training.config import load_config
from flagger.training.dataset import LabelledArticle, LabelledSentence, Reading
from flagger.training.distillation import taught_by
from flagger.training.fit_transformer import collate, fit_transformer, tag_tokens
from flagger.training.joint_model import JointModel
from flagger.training.joint_trainer import drop_tokens
from tests.conftest import small_articles, smoke_config

IGNORED = -100
TRAIN, VALIDATION = small_articles()[:2], small_articles()[2:4]


def test_tokens_are_tagged_by_the_spans_they_touch() -> None:
    """ "Sources reportedly fled": a cue in two pieces inside a source that runs over it."""
    sentence = LabelledSentence("Sources reportedly fled", Reading(Label.UNVERIFIED, ((8, 18),), (0, 18)))
    offsets = [(0, 0), (0, 7), (8, 14), (14, 18), (19, 23), (0, 0)]
    assert tag_tokens(sentence, offsets) == [
        [IGNORED, IGNORED],
        [OUTSIDE, BEGIN],
        [BEGIN, INSIDE],
        [INSIDE, INSIDE],
        [OUTSIDE, OUTSIDE],
        [IGNORED, IGNORED],
    ]


def test_padding_counts_for_nothing() -> None:
    rows = [
        {"input_ids": [5, 6], "tags": [[0, 0], [1, 0]], "labels": 2},
        {"input_ids": [7], "tags": [[0, 1]], "labels": 0},
    ]
    batch = collate(rows)
    assert batch["input_ids"].tolist() == [[5, 6], [7, 0]]
    assert batch["attention_mask"].tolist() == [[1, 1], [1, 0]]
    assert batch["labels"].tolist() == [2, 0]
    assert batch["tags"][1].tolist() == [[0, 1], [IGNORED, IGNORED]]


def test_only_tokens_outside_of_spans_are_dropped() -> None:
    ids = torch.tensor([[1, 5, 6, 7, 2, 0]])
    tags = torch.tensor(
        [[[IGNORED, IGNORED], [OUTSIDE, OUTSIDE], [BEGIN, OUTSIDE], [OUTSIDE, INSIDE], *[[IGNORED] * 2] * 2]]
    )
    assert drop_tokens(ids, tags, 1.0, 99).tolist() == [[1, 99, 6, 7, 2, 0]]
    assert drop_tokens(ids, tags, 0.0, 99).tolist() == ids.tolist()
    many, outside = torch.full((100, 100), 5), torch.zeros((100, 100, 2))
    assert (drop_tokens(many, outside, 0.1, 99) == 99).float().mean().item() == pytest.approx(0.1, abs=0.02)


def test_training_goes_on_where_it_was_cut_off(tmp_path: Path) -> None:
    """Killed after the first of two epochs and resumed, it ends with the weights of one clean run."""
    config = smoke_config(epochs=2)
    clean, *_ = fit_transformer(TRAIN, VALIDATION, config, checkpoints=tmp_path / "clean")

    class KilledError(Exception):
        pass

    def kill(told: str) -> None:
        if told.startswith("epoch 2"):
            raise KilledError

    with pytest.raises(KilledError):
        fit_transformer(TRAIN, VALIDATION, config, checkpoints=tmp_path / "cut", report=kill)
    (saved,) = (tmp_path / "cut").glob("checkpoint-*")
    half = 2 * int(saved.name.removeprefix("checkpoint-"))
    (tmp_path / "cut" / f"checkpoint-{half}").mkdir()  # where the kill fell into the writing of the next one
    told: list[str] = []
    resumed, *_ = fit_transformer(TRAIN, VALIDATION, config, checkpoints=tmp_path / "cut", report=told.append)
    assert [line.split(":")[0] for line in told] == ["epoch 2 of 2"]
    for name, weights in clean.state_dict().items():
        assert torch.equal(weights, resumed.state_dict()[name]), name


def test_a_training_that_had_stopped_is_not_gone_on_with(tmp_path: Path) -> None:
    config = smoke_config(epochs=4, patience=1, learning_rate=1e-12, precision="fp32")
    told: list[str] = []
    first, *_ = fit_transformer(TRAIN, VALIDATION, config, checkpoints=tmp_path, report=told.append)
    assert len(told) == 2
    again, *_ = fit_transformer(TRAIN, VALIDATION, config, checkpoints=tmp_path, report=told.append)
    assert len(told) == 2
    for name, weights in first.state_dict().items():
        assert torch.equal(weights, again.state_dict()[name]), name


def test_a_loss_that_is_no_number_is_told(tmp_path: Path) -> None:
    config = smoke_config(epochs=8, learning_rate=1e38, precision="fp32")
    with pytest.raises(ConfigError, match=r"lower training\.learning_rate"):
        fit_transformer(TRAIN, VALIDATION, config, checkpoints=tmp_path)


def test_a_sentence_that_the_encoder_cannot_read_whole_is_told(tmp_path: Path) -> None:
    endless = LabelledArticle("endless", (LabelledSentence("rain " * 600, Reading(Label.CONFIRMED)),))
    with pytest.raises(DatasetError, match="article endless: a sentence has 602 tokens, the encoder reads 512"):
        fit_transformer([endless], VALIDATION, smoke_config(), checkpoints=tmp_path)


@pytest.mark.parametrize(
    ("override", "told"),
    [
        ("encoder.base=nowhere/at-all", r"encoder\.base: cannot load a"),
        ("encoder.n_layers=7", r"encoder\.n_layers: 7 were asked for, the encoder has 6"),
    ],
)
def test_an_encoder_that_is_not_there_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, override: str, told: str
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    config = load_config(Path("configs/smoke.toml"), [override])
    with pytest.raises(ConfigError, match=told):
        fit_transformer(TRAIN, VALIDATION, config, checkpoints=tmp_path)


def test_the_teachers_word_weighs_what_the_recipe_says(smoke_model: Path, tmp_path: Path) -> None:
    """Taught by itself alone, a model has nothing to learn, of labels or of tags; what these say counts the rest."""
    start = [f'encoder.base="{smoke_model}.torch"', f'distillation.teachers=["{smoke_model}"]']
    train = [replace(article, sentences=tuple(map(_without_cues, article.sentences))) for article in TRAIN]
    losses = []
    for weight in (0.2, 0.6, 1.0):
        config = smoke_config("encoder={}", *start, f"distillation.weight={weight}", epochs=1, precision="fp32")
        *_, (epoch,) = fit_transformer(train, VALIDATION, config, checkpoints=tmp_path / str(weight))
        losses.append(epoch.loss)
    some, more, alone = losses
    assert alone < 0.02 * some, losses
    assert more == pytest.approx((some + alone) / 2, rel=1e-3)


def _without_cues(sentence: LabelledSentence) -> LabelledSentence:
    """Return a sentence of which the teachers' word is taken, right or wrong."""
    return replace(sentence, final=replace(sentence.final, cues=()))


def test_the_start_counts_in_the_mean_as_the_recipe_says(smoke_model: Path, tmp_path: Path) -> None:
    weights = []
    for share in (0, 0.25):
        overrides = ["encoder={}", f'encoder.base="{smoke_model}.torch"', f"training.base_share={share}"]
        config = smoke_config(*overrides, epochs=1, precision="fp32")
        model, *_ = fit_transformer(TRAIN, VALIDATION, config, checkpoints=tmp_path / str(share))
        weights.append(model.span_head.weight)
    start = JointModel.from_pretrained(f"{smoke_model}.torch").span_head.weight
    end, mean = weights
    assert not torch.equal(start, end)
    torch.testing.assert_close(mean, 0.25 * start + 0.75 * end)


def test_an_encoder_without_heads_has_no_share(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"training\.base_share: .* is no model of these labels"):
        fit_transformer(TRAIN, VALIDATION, smoke_config(base_share=0.5), checkpoints=tmp_path)


@pytest.mark.parametrize("override", ["training.base_share=0.5", "pruning.intermediate_size=8"])
def test_a_base_with_its_labels_in_another_order_is_told(smoke_model: Path, override: str, tmp_path: Path) -> None:
    labels = json.dumps([*map(str, reversed(LABELS))])
    config = smoke_config("encoder={}", f'encoder.base="{smoke_model}.torch"', f"data.labels={labels}", override)
    with pytest.raises(ConfigError, match="is no model of these labels"):
        fit_transformer(TRAIN, VALIDATION, config, checkpoints=tmp_path)


def test_a_teacher_of_other_labels_is_told(hedged_model: Path, tmp_path: Path) -> None:
    config = smoke_config(f'distillation.teachers=["{hedged_model}"]')
    with pytest.raises(ConfigError, match="labels sentences certain, uncertain, not confirmed, estimated"):
        fit_transformer(TRAIN, VALIDATION, config, checkpoints=tmp_path)


def test_a_teacher_that_is_no_transformer_is_told(small_model: Path, tmp_path: Path) -> None:
    config = smoke_config(f'distillation.teachers=["{small_model}"]')
    with pytest.raises(ConfigError, match="holds a baseline, not a transformer"):
        fit_transformer(TRAIN, VALIDATION, config, checkpoints=tmp_path)


def test_a_teacher_that_reads_other_tokens_is_told(smoke_model: Path) -> None:
    config = smoke_config(f'distillation.teachers=["{smoke_model}"]')
    assert config.distillation
    with pytest.raises(ConfigError, match="cuts sentences into other tokens"):
        taught_by(config.distillation, ["Rain fell."], [[1, 2, 3]], config.data.labels)
