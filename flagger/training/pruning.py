"""A trained encoder made narrower: of each feed-forward layer only the neurons that matter most stay."""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import nn

from flagger.errors import ConfigError
from flagger.training.joint_model import JointModel

Batch = dict[str, Any]


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
        raise ConfigError("encoder.intermediate_size: only encoders of BERT's kind can be pruned")
    width = model.config.encoder.intermediate_size
    if n_kept > width:
        raise ConfigError(f"encoder.intermediate_size: {n_kept} were asked for, the encoder has {width}")
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
