"""A JointModel -> ONNX bytes with 8-bit weights.

Each weight matrix is stored as signed bytes with a scale for each output channel (for embeddings: each row) and a
DequantizeLinear node; activations stay in floating point, so that a sentence's result cannot depend on its batch.
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

_OPSET = 20
_SMALLEST = 1024  # weights with fewer elements stay as they are
_STEPS = 127  # a signed byte's steps on either side of 0


class _Outputs(nn.Module):
    def __init__(self, model: JointModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        outputs = self.model(input_ids, attention_mask)
        return outputs.label_logits, outputs.span_logits


def export_onnx(model: JointModel) -> bytes:
    """Return the model as ONNX; classifiers/transformer.py says what its inputs and outputs are."""
    rows, tokens = torch.export.Dim("rows", min=1, max=2**20), torch.export.Dim("tokens", min=2, max=512)
    # Two tensors: one given twice would be taken for one input. With padding: without it the encoder drops the mask.
    examples = (torch.ones(3, 17, dtype=torch.long), torch.ones(3, 17, dtype=torch.long).tril())
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # it misses torchvision, which nothing here needs
    with warnings.catch_warnings(action="ignore"):  # the exporter uses what torch itself deprecates
        program = torch.onnx.export(
            _Outputs(model).eval(),
            examples,
            dynamo=True,
            dynamic_shapes=({0: rows, 1: tokens}, {0: rows, 1: tokens}),
            input_names=["input_ids", "attention_mask"],
            output_names=["label_logits", "span_logits"],
            opset_version=_OPSET,
            verbose=False,
        )
    assert program
    exported = quantize_weights(program.model_proto)
    # The exporter notes where in torch's code a part came from; that differs from run to run and nobody reads it.
    for part in (exported, exported.graph, *exported.graph.node, *exported.graph.input, *exported.graph.output):
        del part.metadata_props[:]
    for tensor in exported.graph.initializer:
        del tensor.metadata_props[:]
    return bytes(exported.SerializeToString(deterministic=True))


def quantize_weights(model: onnx.ModelProto) -> onnx.ModelProto:
    """Replace the floating-point matrices of a model's MatMul, Gemm and Gather nodes by bytes and scales, in place.

    Source: symmetric per-channel quantisation, Jacob et al. 2018, arXiv:1712.05877, with a zero point of 0.
    """
    graph = model.graph
    weights = {tensor.name: tensor for tensor in graph.initializer}
    axes: dict[str, int] = {}
    for node in graph.node:
        for position, name in enumerate(node.input):
            if name in weights and len(weights[name].dims) == 2 and np.prod(weights[name].dims) >= _SMALLEST:
                if node.op_type == "Gather" and position == 0:
                    axes[name] = 0
                elif node.op_type in ("MatMul", "Gemm") and position == 1:
                    transposed = any(a.name == "transB" and a.i for a in node.attribute)
                    axes[name] = 0 if transposed else 1
    added = []
    for name, axis in axes.items():
        matrix = numpy_helper.to_array(weights[name])
        if matrix.dtype != np.float32:
            continue
        quantized, scale = _quantized(matrix, axis)
        graph.initializer.remove(weights[name])
        graph.initializer.append(numpy_helper.from_array(quantized, f"{name}.bytes"))
        graph.initializer.append(numpy_helper.from_array(scale, f"{name}.scale"))
        added.append(
            helper.make_node("DequantizeLinear", [f"{name}.bytes", f"{name}.scale"], [name], f"{name}.float", axis=axis)
        )
    nodes = [*added, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    del graph.value_info[:]
    onnx.checker.check_model(model)
    return model


def _quantized(matrix: npt.NDArray[np.float32], axis: int) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    height = np.abs(matrix).max(axis=1 - axis)
    scale = np.where(height > 0, height / _STEPS, 1).astype(np.float32)
    return np.rint(matrix / np.expand_dims(scale, 1 - axis)).astype(np.int8), scale
