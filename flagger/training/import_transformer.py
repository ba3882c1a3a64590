"""A transformer's model folder -> what transformers' from_pretrained reads, to train on: the export's way back."""

import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from tokenizers import Tokenizer
from transformers import AutoConfig, PreTrainedConfig
from transformers.utils import logging

from flagger.artifacts import read_info
from flagger.classifiers.base import refusing
from flagger.classifiers.transformer import TOKENIZER_FILE, WEIGHTS_FILE, load
from flagger.errors import ModelError, writing
from flagger.training.export_transformer import ENCODER_NOTE
from flagger.training.joint_model import JointConfig, JointModel
from flagger.training.pretrained import PACKAGED, base_folder, save_for_torch

_PROBE = "About 40 people are said to be missing."
_TOLERANCE = 0.2  # of a logit: the runtime may compute in bf16


def write_for_torch(folder: Path, target: Path) -> None:
    """Write the transformer of a model folder as torch has it, with the precision that its export kept.

    Args:
        folder: The model folder.
        target: Where to; nothing may be there.

    Raises:
        ModelError: If the model is missing, damaged or no transformer, its weights are not laid out as the export does
            it, or there is something at ``target``.
        ConfigError: If nothing can be written there.
    """
    logging.disable_progress_bar()
    info = read_info(folder, any_labels=True)
    if info.kind != "transformer":
        raise ModelError(f"{folder} holds a {info.kind}: only a transformer can be written for torch")
    if target.exists():
        raise ModelError(f"{target} is there already")
    (prediction,) = load(folder, info).predict([[_PROBE]])
    with refusing(f"{folder} cannot be written for torch"):
        model = import_onnx((folder / WEIGHTS_FILE).read_bytes(), len(info.labels))
        tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        with torch.no_grad():
            logits = model(torch.tensor([tokenizer.encode(_PROBE).ids])).label_logits.numpy()
    if np.abs(logits - prediction.logits).max() > _TOLERANCE:
        raise ModelError(f"{folder}: torch gives other logits with its weights")
    with writing(target):
        save_for_torch(model, tokenizer, info.labels, target)


def import_onnx(content: bytes, n_labels: int) -> JointModel:
    """Return the model of ``n_labels`` labels that export_onnx wrote as ``content``, ready to compute.

    Raises:
        ModelError: If it did not write it.
    """
    with refusing(f"{WEIGHTS_FILE} does not hold the weights of a flagger transformer"):
        exported = onnx.load_from_string(content)
    weights = _weights(exported.graph)
    model = JointModel(JointConfig(encoder=_encoder(exported, weights), num_labels=n_labels))
    try:
        model.load_state_dict({name: weights[name] for name in model.state_dict()})
    except (KeyError, RuntimeError) as error:
        raise ModelError(f"{WEIGHTS_FILE} does not hold the weights of a flagger transformer: {error}") from error
    model.eval()
    return model


def _encoder(exported: onnx.ModelProto, weights: dict[str, torch.Tensor]) -> PreTrainedConfig:
    for entry in exported.metadata_props:
        if entry.key == ENCODER_NOTE:
            return AutoConfig.for_model(**json.loads(entry.value))
    # The export did not always note it, but then it was the default one.
    config = AutoConfig.from_pretrained(base_folder(PACKAGED))
    config.num_hidden_layers = sum(name.endswith(".intermediate.dense.weight") for name in weights)
    return config


def _weights(graph: onnx.GraphProto) -> dict[str, torch.Tensor]:
    """Return a graph's constants by their names in the JointModel, in floating point, matrices as torch has them."""
    values = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    products = {}
    for node in graph.node:
        inputs, output = list(node.input), node.output[0]
        if node.op_type == "Cast" and inputs[0] in values:
            values[output] = values[inputs[0]].astype(np.float32)
        elif node.op_type == "DequantizeLinear" and inputs[0] in values:
            values[output] = values[inputs[0]] * values[inputs[1]][:, np.newaxis]
        elif node.op_type == "MatMul" and inputs[1] in values:
            products[output] = values[inputs[1]]
        elif node.op_type == "Add" and inputs[0] in products and inputs[1].endswith(".bias"):
            # The exporter turns a linear layer's matrix, and names its product by no name of the layer's.
            values[inputs[1].removesuffix("bias") + "weight"] = products[inputs[0]].T
    return {name.removeprefix("model."): torch.tensor(value) for name, value in values.items()}
