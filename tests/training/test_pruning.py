from copy import deepcopy
from pathlib import Path
from shutil import copytree

import pytest
import torch
from torch import nn

from flagger.errors import ConfigError
from flagger.labels import LABELS
from flagger.training.config import EncoderConfig, TransformerConfig
from flagger.training.fit_transformer import fit_transformer
from flagger.training.joint_model import JointModel
from flagger.training.pretrained import base_folder
from flagger.training.pruning import Batch, change_tokens, prune_neurons
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
    return JointModel.from_encoder(base_folder(settings.base), settings, 0.0, LABELS).eval()


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


def pruned(trained: Path, *overrides: str, **training: object) -> TransformerConfig:
    """The recipe that prunes what a training has left for torch."""
    return smoke_config("encoder={}", f'encoder.base="{trained}"', *overrides, **training)


@pytest.fixture
def whole(smoke_model: Path, tmp_path: Path) -> Path:
    """A model whose feed-forward layers say something, which a moment's training does not give."""
    torch.manual_seed(13)
    folder = copytree(f"{smoke_model}.torch", tmp_path / "whole")
    model = JointModel.from_pretrained(folder)
    for layer in model.encoder.encoder.layer:
        nn.init.normal_(layer.intermediate.dense.weight)
        nn.init.normal_(layer.output.dense.weight, std=0.1)
    model.save_pretrained(folder)
    return folder


def test_a_pruned_model_comes_near_the_whole_one(whole: Path, tmp_path: Path) -> None:
    """In all layers, and nearer than right after pruning; it is saved and loads again."""
    aim = JointModel.from_pretrained(whole).eval()
    apart = []
    for learning_rate in (1e-9, 3e-3):
        config = pruned(whole, "pruning.intermediate_size=40", epochs=20, patience=20, learning_rate=learning_rate)
        model, *_ = fit_transformer(TRAIN, VALIDATION, config, checkpoints=tmp_path / str(learning_rate))
        found, wanted = (of(**BATCH, output_hidden_states=True).hidden_states for of in (model, aim))
        apart.append([(a - b).square().mean().item() for a, b in zip(found, wanted, strict=True)])
    assert all(after < before / 2 for before, after in zip(*(of[1:] for of in apart), strict=True)), apart
    model.save_pretrained(tmp_path / "pruned")
    again = JointModel.from_pretrained(tmp_path / "pruned").eval()
    assert again.config.encoder.intermediate_size == 40
    torch.testing.assert_close(again(**BATCH).label_logits, model(**BATCH).label_logits)


def test_changed_tokens_are_words_up_to_a_share() -> None:
    torch.manual_seed(13)
    ids = torch.arange(100, 300).repeat(500, 1)
    is_word = torch.ones_like(ids, dtype=torch.bool)
    is_word[:, [0, -1]] = False
    changed = change_tokens(ids, is_word, 0.3, torch.tensor([7, 8]))
    is_changed = changed != ids
    assert not is_changed[:, [0, -1]].any()
    assert set(changed[is_changed].tolist()) == {7, 8}
    shares = is_changed.float().mean(dim=1)
    assert 0.13 < shares.mean() < 0.17
    assert shares.min() < 0.02
    assert 0.25 < shares.max() < 0.4
    assert torch.equal(change_tokens(ids, is_word, 0.0, torch.tensor([7])), ids)


def test_more_neurons_than_there_are_is_told(whole: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"pruning\.intermediate_size: 129 were asked for, the encoder has 128"):
        fit_transformer(TRAIN, VALIDATION, pruned(whole, "pruning.intermediate_size=129"), checkpoints=tmp_path)


def test_an_untrained_model_is_not_pruned(tmp_path: Path) -> None:
    config = smoke_config("encoder={}", "pruning.intermediate_size=50")
    with pytest.raises(ConfigError, match=r"pruning: .* is no model of these labels"):
        fit_transformer(TRAIN, VALIDATION, config, checkpoints=tmp_path)


def test_an_encoder_of_another_kind_is_told(model: JointModel) -> None:
    model.encoder.encoder = None
    with pytest.raises(ConfigError, match="only encoders of BERT's kind"):
        prune_neurons(model, [BATCH], loss_of, 8)
