"""A JointModel -> ONNX bytes with small weights.

Word embeddings are stored as signed bytes with a scale for each row, other matrices in half precision, each behind a
node that gives floating point back. Activations stay in floating point, so that a sentence's result cannot depend on
its batch. Measured once, on a trial model and 3,386 validation sentences beside torch: with every matrix in bytes, 3
labels differed and probabilities by up to 0.18; with half precision no label and 0.07, all of it by the embeddings.
Training so keeps these on the bytes' grid (round_embeddings), which leaves 0.003; the bf16 arithmetic of a processor
that has it moves probabilities by up to 0.07, one in a hundred by more than 0.014, and no label.
"""

import logging
import warnings

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import helper, numpy_helper
from torch import nn

from flagger.training.joint_model import JointModel

_OPSET = 23  # the first with Attention, which the runtime computes in one piece
ENCODER_NOTE = "encoder"  # under this key model.onnx keeps the encoder's configuration, to build it again
_SMALLEST = 1024  # weights with fewer elements stay as they are
_STEPS = 127  # a signed byte's steps on either side of 0


class _Outputs(nn.Module):
    def __init__(self, model: JointModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        outputs = self.model(input_ids)
        return outputs.label_logits, outputs.span_logits


def export_onnx(model: JointModel) -> bytes:
    """Return the model as ONNX; classifiers/transformer.py says what its inputs and outputs are."""
    rows, tokens = torch.export.Dim("rows", min=1, max=2**20), torch.export.Dim("tokens", min=2, max=512)
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # it misses torchvision, which nothing here needs
    with warnings.catch_warnings(action="ignore"):  # the exporter uses what torch itself deprecates
        program = torch.onnx.export(
            _Outputs(model).eval(),
            (torch.ones(3, 17, dtype=torch.long),),
            dynamo=True,
            dynamic_shapes=({0: rows, 1: tokens},),
            input_names=["input_ids"],
            output_names=["label_logits", "span_logits"],
            opset_version=_OPSET,
            verbose=False,
        )
    assert program
    exported = compress_weights(program.model_proto, model.config.encoder.vocab_size)
    # The exporter notes where in torch's code a part came from; that differs from run to run and nobody reads it.
    for part in (exported, exported.graph, *exported.graph.node, *exported.graph.input, *exported.graph.output):
        del part.metadata_props[:]
    for tensor in exported.graph.initializer:
        del tensor.metadata_props[:]
    exported.metadata_props.add(key=ENCODER_NOTE, value=model.config.encoder.to_json_string())
    return bytes(exported.SerializeToString(deterministic=True))


def compress_weights(model: onnx.ModelProto, n_words: int) -> onnx.ModelProto:
    """Store a model's matrices small, in place: embeddings of ``n_words`` rows in bytes, others in half precision."""
    graph = model.graph
    matrices = [tensor for tensor in graph.initializer if len(tensor.dims) == 2 and np.prod(tensor.dims) >= _SMALLEST]
    restored = []
    for tensor in matrices:
        matrix = numpy_helper.to_array(tensor)
        if matrix.dtype != np.float32:
            continue
        name = tensor.name
        if matrix.shape[0] == n_words:
            steps, scale = _quantized(matrix)
            stored = {f"{name}.bytes": steps, f"{name}.scale": scale}
            node = helper.make_node("DequantizeLinear", list(stored), [name], f"{name}.float", axis=0)
        else:
            stored = {f"{name}.half": matrix.astype(np.float16)}
            node = helper.make_node("Cast", list(stored), [name], f"{name}.float", to=onnx.TensorProto.FLOAT)
        graph.initializer.remove(tensor)
        graph.initializer.extend(numpy_helper.from_array(values, key) for key, values in stored.items())
        restored.append(node)
    nodes = [*restored, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    del graph.value_info[:]
    onnx.checker.check_model(model)
    return model


def round_embeddings(weights: torch.Tensor) -> torch.Tensor:
    """Return embeddings, shape (n_words, width), on the grid of the bytes in which the export stores them."""
    steps, scale = _quantized(weights.numpy())
    return torch.from_numpy(steps * scale[:, np.newaxis])


def _quantized(matrix: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Return bytes and a scale a row.

    Source: symmetric quantisation, Jacob et al. 2018, arXiv:1712.05877, with a zero point of 0.
    """
    height = np.abs(matrix).max(axis=1)
    scale = np.where(height > 0, height / _STEPS, 1).astype(np.float32)
    return np.rint(matrix / scale[:, np.newaxis]).astype(np.int8), scale
