"""transformers' Trainer with the joint loss over a sentence's label and its spans."""

from typing import Any

import torch
from torch import nn
from transformers import Trainer
from transformers.modeling_outputs import ModelOutput
from typing_extensions import override

from flagger.classifiers.transformer import OUTSIDE
from flagger.errors import ConfigError
from flagger.training.config import Distillation, FineTuning

IGNORED = -100  # a tag that counts for nothing: of padding and special tokens


class JointTrainer(Trainer):
    """Trainer with one loss over label and spans: the label's cross-entropy plus ``span_weight`` times the tags'.

    Where there are teachers, their word takes a part of both (Hinton et al. 2015, arXiv:1503.02531, section 2).
    """

    def __init__(
        self,
        settings: FineTuning,
        teaching: Distillation | None,
        *,
        mask_id: int,
        **kwargs: Any,  # noqa: ANN401 - the Trainer's
    ) -> None:
        super().__init__(**kwargs)
        self._teaching = teaching
        self._token_dropout = settings.token_dropout
        self._mask_id = mask_id
        self._span_weight = settings.span_weight
        self._label_loss = nn.CrossEntropyLoss(label_smoothing=settings.label_smoothing)
        self._span_loss = nn.CrossEntropyLoss(ignore_index=IGNORED)

    @override
    def compute_loss(
        self,
        model: nn.Module,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: torch.Tensor | int | None = None,
    ) -> torch.Tensor | tuple[torch.Tensor, dict[str, torch.Tensor]]:
        loss, outputs = self.joint_loss(model, inputs)
        if not torch.isfinite(loss):
            raise ConfigError("the loss is no longer a number: lower training.learning_rate or set precision to 'fp32'")
        return (loss, {"loss": loss, **outputs}) if return_outputs else loss

    def joint_loss(self, model: nn.Module, inputs: dict[str, Any]) -> tuple[torch.Tensor, ModelOutput]:
        """Return the loss of a batch, as collate gives it, and what the model says of it."""
        ids = inputs["input_ids"]
        if model.training and self._token_dropout:
            ids = drop_tokens(ids, inputs["tags"], self._token_dropout, self._mask_id)
        outputs = model(ids, inputs["attention_mask"])
        tags = inputs["tags"].flatten()
        label_logits, span_logits = outputs.label_logits.float(), outputs.span_logits.float().flatten(0, -2)
        label_loss, span_loss = self._label_loss(label_logits, inputs["labels"]), self._span_loss(span_logits, tags)
        if self._teaching and "taught" in inputs:
            weight, temperature = self._teaching.weight, self._teaching.temperature
            counts = tags != IGNORED
            taught_tags = inputs["taught_tags"].flatten(0, -2)[counts]
            label_loss = label_loss.lerp(distance(label_logits, inputs["taught"], temperature), weight)
            span_loss = span_loss.lerp(distance(span_logits[counts], taught_tags, temperature), weight)
        return label_loss + self._span_weight * span_loss, outputs


def distance(logits: torch.Tensor, taught: torch.Tensor, temperature: float) -> torch.Tensor:
    """Return how far a learner is from its teachers: the Kullback-Leibler divergence, a mean over rows.

    Args:
        logits: The learner's, shape (n, n_classes).
        taught: The teachers' probabilities, softened by ``temperature``, same shape.
        temperature: Its square makes up for the smaller gradients of softened probabilities.
    """
    learned = (logits / temperature).log_softmax(dim=-1)
    return temperature**2 * nn.functional.kl_div(learned, taught, reduction="batchmean")


def drop_tokens(ids: torch.Tensor, tags: torch.Tensor, share: float, mask_id: int) -> torch.Tensor:
    """Mask tokens at random, but none of a cue or source, no special token and no padding.

    Args:
        ids: Shape (n, n_tokens).
        tags: Shape (n, n_tokens, n_span_kinds), as collate gives them.
        share: How many, 0 to 1.
        mask_id: What stands in their place.
    """
    is_outside = (tags == OUTSIDE).all(dim=-1)
    return ids.masked_fill(is_outside & (torch.rand(ids.shape, device=ids.device) < share), mask_id)
