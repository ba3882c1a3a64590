from pathlib import Path

import onnx
import pytest
import torch
from transformers import AutoTokenizer

from flagger.artifacts import find_model
from flagger.classifiers.transformer import WEIGHTS_FILE
from flagger.errors import ConfigError, ModelError
from flagger.training.config import EncoderConfig
from flagger.training.import_transformer import import_onnx, write_for_torch
from flagger.training.joint_model import JointModel
from flagger.training.pretrained import load_tokenizer


def test_what_training_left_for_torch_comes_back_from_the_model_folder(smoke_model: Path, tmp_path: Path) -> None:
    write_for_torch(smoke_model, tmp_path / "again")
    left, again = (JointModel.from_pretrained(folder) for folder in (f"{smoke_model}.torch", tmp_path / "again"))
    assert again.config.id2label == left.config.id2label
    assert again.config.encoder.to_diff_dict() == left.config.encoder.to_diff_dict()
    weights = again.state_dict()
    for name, expected in left.state_dict().items():
        assert torch.allclose(weights[name], expected, rtol=1e-3, atol=1e-6), name
    assert load_tokenizer(tmp_path / "again").to_str() == load_tokenizer(Path(f"{smoke_model}.torch")).to_str()
    padded = AutoTokenizer.from_pretrained(tmp_path / "again")(["Rain.", "Rain fell."], padding=True)
    assert padded["attention_mask"] == [[1, 1, 1, 1, 0], [1, 1, 1, 1, 1]]
    start = JointModel.from_encoder(tmp_path / "again", EncoderConfig(), 0.1, list(left.config.id2label.values()))
    assert torch.equal(start.label_head.weight, weights["label_head.weight"])


def test_the_shipped_model_comes_back(tmp_path: Path) -> None:
    write_for_torch(find_model("transformer"), tmp_path / "news")  # which compares the two
    assert JointModel.from_pretrained(tmp_path / "news").config.encoder.num_hidden_layers == 6


def test_what_cannot_be_written_is_told(small_model: Path, smoke_model: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="holds a baseline"):
        write_for_torch(small_model, tmp_path / "new")
    with pytest.raises(ModelError, match="is there already"):
        write_for_torch(smoke_model, tmp_path)
    with pytest.raises(ConfigError, match="cannot write /dev/null/x"):
        write_for_torch(smoke_model, Path("/dev/null/x"))
    with pytest.raises(ModelError, match="does not hold the weights of a flagger transformer"):
        import_onnx(b"garbage", 4)
    model = onnx.load(smoke_model / WEIGHTS_FILE)
    for node in model.graph.node:
        node.op_type = "Sub" if node.op_type == "Add" else node.op_type
    with pytest.raises(ModelError, match="does not hold the weights of a flagger transformer"):
        import_onnx(model.SerializeToString(), 4)
