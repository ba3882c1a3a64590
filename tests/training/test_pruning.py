from copy import deepcopy
from pathlib import Path

import pytest
import torch

from flagger.errors import ConfigError
from flagger.training.config import EncoderConfig
from flagger.training.fit_transformer import fit_transformer
from flagger.training.joint_model import JointModel
from flagger.training.pretrained import base_folder
from flagger.training.pruning import Batch, prune_neurons
from tests.conftest import small_articles, smoke_config

TRAIN, VALIDATION = small_articles()[:2], small_articles()[2:4]
BATCH = {"input_ids": torch.tensor([[101, 5, 6, 102], [101, 7, 102, 0]]), "attention_mask": torch.ones(2, 4)}


def loss_of(model: JointModel, batch: Batch) -> torch.Tensor:
    loss: torch.Tensor = model(**batch).label_logits.square().sum()
    return loss


@pytest.fixture
def model() -> JointModel:
    torch.manual_seed(13)
    settings = EncoderConfig(width=32, n_layers=2)
    return JointModel.from_encoder(base_folder(settings.base), settings, 0.0, 4).eval()


def test_neurons_that_do_nothing_go_first(model: JointModel) -> None:
    """Half of the neurons, scattered, have no way out: without them the model says what it said."""
    n_neurons = model.config.encoder.intermediate_size
    mute = torch.randperm(n_neurons)[: n_neurons // 2]
    for layer in model.encoder.encoder.layer:
        layer.output.dense.weight.data[:, mute] = 0
    before = model(**BATCH)
    prune_neurons(model, [BATCH, BATCH], loss_of, n_neurons // 2)
    after = model(**BATCH)
    assert model.encoder.encoder.layer[1].intermediate.dense.weight.shape == (n_neurons // 2, 32)
    torch.testing.assert_close(after.label_logits, before.label_logits)
    torch.testing.assert_close(after.span_logits, before.span_logits)


def test_padding_has_no_say(model: JointModel) -> None:
    """A neuron that speaks up in padding alone is not kept for it."""
    masked = {**BATCH, "attention_mask": torch.tensor([[1, 1, 1, 1], [1, 1, 1, 0]])}
    cut = {key: rows[1:, :3] for key, rows in masked.items()}
    alone = {key: rows[1:] for key, rows in masked.items()}
    kept = []
    for batch in (cut, alone):
        other = deepcopy(model)
        prune_neurons(other, [batch], loss_of, 40)
        kept.append(other.encoder.encoder.layer[0].intermediate.dense.weight)
    assert torch.equal(*kept)


def test_a_pruned_model_trains_and_loads_again(tmp_path: Path) -> None:
    model, *_ = fit_transformer(TRAIN, VALIDATION, smoke_config("encoder.intermediate_size=50"), checkpoints=tmp_path)
    model.save_pretrained(tmp_path / "pruned")
    again = JointModel.from_pretrained(tmp_path / "pruned").eval()
    assert again.config.encoder.intermediate_size == 50
    torch.testing.assert_close(again(**BATCH).label_logits, model(**BATCH).label_logits)


def test_more_neurons_than_there_are_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"encoder\.intermediate_size: 129 were asked for, the encoder has 128"):
        fit_transformer(TRAIN, VALIDATION, smoke_config("encoder.intermediate_size=129"), checkpoints=tmp_path)


def test_an_encoder_of_another_kind_is_told(model: JointModel) -> None:
    model.encoder.encoder = None
    with pytest.raises(ConfigError, match="only encoders of BERT's kind"):
        prune_neurons(model, [BATCH], loss_of, 8)
