"""The torch model that is trained: an encoder with two heads, one for the sentence's label and one for its spans.

The label head reads the first token beside the mean of all tokens. The span head gives each token the logits of TAGS
for each of SPAN_KINDS.

Importing this module tells transformers of both classes: ``AutoModel.from_pretrained("models/transformer.torch")`` then
loads what ``flagger train`` has left there, without code from elsewhere.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import nn
from transformers import AutoConfig, AutoModel, PreTrainedConfig, PreTrainedModel
from transformers.modeling_outputs import ModelOutput

from flagger.classifiers.transformer import SPAN_KINDS, TAGS
from flagger.errors import ConfigError
from flagger.training.config import EncoderConfig


class JointConfig(PreTrainedConfig):
    """The encoder's own configuration and what the heads need."""

    model_type = "flagger"
    sub_configs: ClassVar = {"encoder": AutoConfig}

    def __init__(
        self,
        encoder: dict[str, Any] | PreTrainedConfig | None = None,
        dropout: float = 0.1,
        **kwargs: Any,  # noqa: ANN401 - the base class's own
    ) -> None:
        self.encoder: PreTrainedConfig = AutoConfig.for_model(**encoder) if isinstance(encoder, dict) else encoder
        self.dropout = dropout
        super().__init__(**kwargs)


class JointModel(PreTrainedModel):
    """Labels a sentence and tags its cue and source tokens in one pass."""

    config_class = JointConfig
    goes_on = False
    """Whether from_encoder took up all heads of a trained model."""

    def __init__(self, config: JointConfig) -> None:
        super().__init__(config)
        self.encoder = AutoModel.from_config(config.encoder, add_pooling_layer=False)
        width = config.encoder.hidden_size
        self.dropout = nn.Dropout(config.dropout)
        self.label_head = nn.Linear(2 * width, config.num_labels)
        self.span_head = nn.Linear(width, len(SPAN_KINDS) * len(TAGS))
        self.post_init()

    def forward(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor | None = None,
        *,
        output_hidden_states: bool = False,
    ) -> ModelOutput:
        """Return label and span logits.

        Args:
            input_ids: Shape (n_sentences, n_tokens).
            attention_mask: Same shape, 1 for a token and 0 for padding; without one there is no padding.
            output_hidden_states: Whether to return the tokens' states too.

        Returns:
            ``label_logits`` of shape (n_sentences, n_labels) and ``span_logits`` of shape (n_sentences, n_tokens,
            n_span_kinds, n_tags). Where asked for, ``hidden_states``: those of the embeddings and of each layer, each
            of shape (n_sentences, n_tokens, width).
        """
        encoded = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, output_hidden_states=output_hidden_states
        )
        tokens = encoded.last_hidden_state
        if attention_mask is None:
            mean = tokens.mean(dim=1)
        else:
            weights = attention_mask.unsqueeze(-1).to(tokens.dtype)
            mean = (tokens * weights).sum(dim=1) / weights.sum(dim=1)
        label_logits = self.label_head(self.dropout(torch.cat([tokens[:, 0], mean], dim=-1)))
        span_logits = self.span_head(self.dropout(tokens)).unflatten(-1, (len(SPAN_KINDS), len(TAGS)))
        states = {"hidden_states": encoded.hidden_states} if output_hidden_states else {}
        return ModelOutput(label_logits=label_logits, span_logits=span_logits, **states)

    @classmethod
    def from_encoder(
        cls, base: str | Path, settings: EncoderConfig, dropout: float, labels: Sequence[str]
    ) -> "JointModel":
        """Put fresh heads on an encoder, or take up a model of this class with the heads that it has.

        Args:
            base: A folder or a hub id that transformers can load.
            settings: Which of its layers to keep, or how wide a random one to make.
            dropout: Before the heads, 0 to 1.
            labels: What a sentence may be labelled, in order; of a model with others the label head is not taken up.

        Raises:
            ConfigError: If there is no such encoder or it has fewer layers.
        """
        try:
            config = AutoConfig.from_pretrained(base)
            is_joint = isinstance(config, JointConfig)
            options = {} if is_joint else {"add_pooling_layer": False}
            pretrained = None if settings.width else AutoModel.from_pretrained(base, **options)
        except (OSError, ValueError, TypeError) as error:
            raise ConfigError(f"encoder.base: cannot load an encoder from {str(base)!r}: {error}") from error
        config = config.encoder if is_joint else config
        n_layers = settings.n_layers or config.num_hidden_layers
        if n_layers > config.num_hidden_layers:
            raise ConfigError(
                f"encoder.n_layers: {n_layers} were asked for, the encoder has {config.num_hidden_layers}"
            )
        if settings.width:
            config.hidden_size, config.intermediate_size = settings.width, 4 * settings.width
            config.num_attention_heads = settings.width // 8
        kept = [round(i * (config.num_hidden_layers - 1) / max(n_layers - 1, 1)) for i in range(n_layers)]
        config.num_hidden_layers = n_layers
        model = cls(JointConfig(encoder=config, dropout=dropout, num_labels=len(labels)))
        if pretrained is not None:
            encoder = pretrained.encoder if is_joint else pretrained
            encoder.encoder.layer = nn.ModuleList([encoder.encoder.layer[i] for i in kept])
            model.encoder.load_state_dict(encoder.state_dict())
            if is_joint:
                model.span_head.load_state_dict(pretrained.span_head.state_dict())
            if is_joint and list(pretrained.config.id2label.values()) == [*map(str, labels)]:
                model.label_head.load_state_dict(pretrained.label_head.state_dict())
                model.goes_on = True
        return model


AutoConfig.register(JointConfig.model_type, JointConfig)
AutoModel.register(JointConfig, JointModel)
