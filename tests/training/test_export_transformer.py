from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from flagger.classifiers.transformer import TransformerClassifier
from flagger.training.export_transformer import export_onnx, round_embeddings
from flagger.training.fit_transformer import fit_transformer
from flagger.training.pretrained import window_of
from tests.conftest import small_articles, smoke_config

INT8, HALF, BFLOAT16 = onnx.TensorProto.INT8, onnx.TensorProto.FLOAT16, onnx.TensorProto.BFLOAT16


def test_the_export_says_what_the_torch_model_says(tmp_path: Path) -> None:
    articles = small_articles()
    model, tokenizer, _ = fit_transformer(articles[:2], articles[2:4], smoke_config(), checkpoints=tmp_path)
    weights = export_onnx(model)
    assert weights == export_onnx(model)  # the same bytes for the same model
    graph = onnx.load_from_string(weights).graph
    assert {t.data_type for t in graph.initializer if len(t.dims) == 2 and t.dims[0] * t.dims[1] > 1024} == {INT8, HALF}
    assert not [node for node in graph.node if node.op_type == "Cast" and node.attribute[0].i == BFLOAT16]
    documents = [article.texts for article in articles]
    found = TransformerClassifier(weights, tokenizer.to_str().encode(), window_of(model)).predict(documents)
    for texts, prediction in zip(documents, found, strict=True):
        for text, logits in zip(texts, prediction.logits, strict=True):
            ids = torch.tensor([tokenizer.encode(text).ids])
            with torch.no_grad():
                expected = model(ids, torch.ones_like(ids)).label_logits[0].numpy()
            assert logits == pytest.approx(expected, abs=0.05)
    assert np.ptp([p.logits for p in found[:1]]) > 0


def test_rounded_embeddings_are_stored_as_they_are() -> None:
    once = round_embeddings(torch.randn(50, 16))
    assert torch.allclose(round_embeddings(once), once, rtol=1e-6, atol=0)
    assert torch.equal(round_embeddings(torch.zeros(2, 3)), torch.zeros(2, 3))
