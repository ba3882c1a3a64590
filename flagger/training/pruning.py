"""A trained model made narrower: of each feed-forward layer only the neurons that matter most stay.

What is left learns to give what the whole model gives, in all layers.
"""

from collections.abc import Callable, Iterable
from copy import deepcopy
from itertools import chain
from typing import Any

import torch
from torch import nn
from transformers.modeling_outputs import ModelOutput
from typing_extensions import override

from flagger.errors import ConfigError
from flagger.training.config import Pruning
from flagger.training.joint_model import JointModel
from flagger.training.joint_trainer import IGNORED, JointTrainer, distance

Batch = dict[str, Any]
_PRUNED_BY = 4000  # sentences of the train split that tell which neurons matter


def prune_neurons(
    model: JointModel, batches: Iterable[Batch], loss_of: Callable[[JointModel, Batch], torch.Tensor], n_kept: int
) -> None:
    """Keep ``n_kept`` neurons of each feed-forward layer, in place.

    A neuron matters by how far the loss of a sentence would move, to first order, if it fell silent: its activation
    times the gradient there, summed over tokens, without its sign, summed over sentences.
    Source: Molchanov et al. 2017, arXiv:1611.06440, section 2.2.

    Args:
        model: What is pruned.
        batches: Of the training data, as ``loss_of`` takes them. It does not see padding, so that counts for nothing.
        loss_of: The loss of a batch.
        n_kept: How many stay; training then makes up for the others.

    Raises:
        ConfigError: If the encoder has no feed-forward layers of BERT's kind, or they have fewer neurons.
    """
    layers = getattr(getattr(model.encoder, "encoder", None), "layer", [])
    if not all(hasattr(layer, "intermediate") and hasattr(layer, "output") for layer in layers) or not len(layers):
        raise ConfigError("pruning.intermediate_size: only encoders of BERT's kind can be pruned")
    width = model.config.encoder.intermediate_size
    if n_kept > width:
        raise ConfigError(f"pruning.intermediate_size: {n_kept} were asked for, the encoder has {width}")
    importance = torch.zeros(len(layers), width, device=model.device)
    activations: dict[int, torch.Tensor] = {}

    def keep(number: int, activation: torch.Tensor) -> None:
        activation.retain_grad()
        activations[number] = activation

    hooks = [
        layer.intermediate.register_forward_hook(lambda _, __, output, number=number: keep(number, output))
        for number, layer in enumerate(layers)
    ]
    model.eval()
    for batch in batches:
        loss_of(model, batch).backward()
        for number, activation in activations.items():
            assert activation.grad is not None
            importance[number] += (activation * activation.grad).sum(dim=1).abs().sum(dim=0).detach()
    model.zero_grad()
    for hook in hooks:
        hook.remove()
    for layer, of_neurons in zip(layers, importance, strict=True):
        kept = of_neurons.topk(n_kept).indices.sort().values
        inner, outer = layer.intermediate.dense, layer.output.dense
        inner.weight, inner.bias = nn.Parameter(inner.weight[kept].detach()), nn.Parameter(inner.bias[kept].detach())
        outer.weight = nn.Parameter(outer.weight[:, kept].detach())
        inner.out_features = outer.in_features = n_kept
    model.config.encoder.intermediate_size = n_kept


class PrunedTrainer(JointTrainer):
    """Trainer that fits a pruned model to the whole one, on sentences of which tokens are changed at random.

    The loss is the distance of the labels, plus ``span_weight`` times that of the tags, plus ``hidden_weight`` times
    the mean squared error of the tokens' states, summed over layers; that weight falls linearly to 0 in training.
    Source: Jiao et al. 2020, arXiv:1909.10351, sections 3.1 and 3.2: hidden states first, then what is predicted, on
    sentences with changed tokens.
    """

    def __init__(
        self,
        pruning: Pruning,
        *args: Any,  # noqa: ANN401 - the JointTrainer's
        **kwargs: Any,  # noqa: ANN401 - the JointTrainer's
    ) -> None:
        super().__init__(*args, **kwargs)
        self._pruning = pruning
        self._whole = deepcopy(self.model).eval()
        self._tokens = torch.tensor(list(chain.from_iterable(ids[1:-1] for ids in self.train_dataset["input_ids"])))
        self._tokens = self._tokens.to(self.args.device)
        sample = self.train_dataset.shuffle(self.args.seed).select(range(min(_PRUNED_BY, len(self.train_dataset))))
        loss_of = super().joint_loss
        batches = self.get_eval_dataloader(sample)
        prune_neurons(self.model, batches, lambda model, batch: loss_of(model, batch)[0], pruning.intermediate_size)
        for module in self.model.modules():
            if isinstance(module, nn.Dropout):
                module.p = 0.0  # it would only blur what is to be met

    @override
    def joint_loss(self, model: nn.Module, inputs: Batch) -> tuple[torch.Tensor, ModelOutput]:
        ids, mask, temperature = inputs["input_ids"], inputs["attention_mask"], self._pruning.temperature
        is_word = (inputs["tags"] != IGNORED).all(dim=-1)
        if model.training:
            ids = change_tokens(ids, is_word, self._pruning.changed_tokens, self._tokens)
        with torch.no_grad(), self.accelerator.autocast():
            wanted = self._whole(ids, mask, output_hidden_states=model.training)
        found = model(ids, mask, output_hidden_states=model.training)

        def apart(found: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
            return distance(found.float(), (wanted.float() / temperature).softmax(dim=-1), temperature)

        loss = apart(found.label_logits, wanted.label_logits)
        loss += self._span_weight * apart(*(of.span_logits[is_word].flatten(0, -2) for of in (found, wanted)))
        if model.training:
            hidden_weight = self._pruning.hidden_weight * (1 - self.state.global_step / self.state.max_steps)
            for of_layer in zip(found.hidden_states, wanted.hidden_states, strict=True):
                loss += hidden_weight * nn.functional.mse_loss(*(states[mask.bool()].float() for states in of_layer))
        return loss, found


def change_tokens(ids: torch.Tensor, is_word: torch.Tensor, share: float, tokens: torch.Tensor) -> torch.Tensor:
    """Put other tokens in the place of some of each sentence's.

    Args:
        ids: Shape (n, n_tokens).
        is_word: Same shape: which may be changed.
        share: How many at most, 0 to 1; each sentence has its own share up to that.
        tokens: What is drawn from, shape (n_drawn_from,).
    """
    shares = share * torch.rand(len(ids), 1, device=ids.device)
    is_changed = is_word & (torch.rand(ids.shape, device=ids.device) < shares)
    return torch.where(is_changed, tokens[torch.randint(len(tokens), ids.shape, device=ids.device)], ids)
