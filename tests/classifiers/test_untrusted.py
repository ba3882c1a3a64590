"""Model folders from elsewhere: each fault is a ModelError, and none reaches out of its folder."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skops.io
from sklearn.dummy import DummyClassifier
from sklearn.pipeline import Pipeline

from flagger.artifacts import INFO_FILE, METRICS_FILE, find_model, read_info, read_metrics, sha256_of
from flagger.classifiers import load_classifier
from flagger.errors import ModelError
from flagger.pipeline import Flagger


def copy_model(name: str, folder: Path, **replaced: bytes) -> Path:
    """Copy a shipped model with some files replaced; its model.json names their hashes, as an attacker's would."""
    info = json.loads((find_model(name) / INFO_FILE).read_text("utf-8"))
    shutil.copytree(find_model(name), folder)
    for file in info["files"]:
        if (key := file.replace(".", "_")) in replaced:
            (folder / file).write_bytes(replaced[key])
            info["files"][file] = sha256_of(folder / file)
    (folder / INFO_FILE).write_text(json.dumps(info))
    return folder


def edit_info(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    info = json.loads((folder / INFO_FILE).read_text("utf-8"))
    change(info)
    (folder / INFO_FILE).write_text(json.dumps(info))


REQUIRED = ("name", "kind", "flagger_version", "labels", "temperature", "review_margin", "seed", "files")
ODD_INFOS: list[Callable[[dict[str, Any]], object]] = [
    *(lambda info, key=key: info.pop(key) for key in REQUIRED),
    *(lambda info, key=key: info.update({key: {"a": [1]}}) for key in REQUIRED if key != "files"),
    *(lambda info, t=t: info.update(temperature=t) for t in (0, -1, 1e999, float("nan"), 10**400, "x", None, [])),
    *(lambda info, m=m: info.update(review_margin=m) for m in (-1, 2, float("nan"), float("inf"), "0.1x")),
    *(
        lambda info, f=f: info.update(files=f)
        for f in ([], {"a": 1}, {"": "0"}, {".": "0"}, {"..": "0"}, {"a\0b": "0"})
    ),
    *(lambda info, f=f: info.update(files={f: "0"}) for f in ("/etc/passwd", "../x", "a/b", "\ud800", "x" * 5000)),
    lambda info: info.update(files={}),  # nothing would be verified
    lambda info: info["files"].pop("classifier.skops"),
    lambda info: info.update(seed=1.5),
    lambda info: info.update(labels=["confirmed"] * 10_000),
    lambda info: info.update(kind="pickle"),
]


@pytest.mark.parametrize("change", ODD_INFOS)
def test_an_odd_description_is_refused(tmp_path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    folder = copy_model("baseline", tmp_path / "model")
    edit_info(folder, change)
    with pytest.raises(ModelError):
        Flagger.load(folder)


@pytest.mark.parametrize(
    "content", [b"", b"null", b"[1]", b"\xff", b"[" * 100_000, b'{"a":' * 50_000, b'"' + b"x" * 10**6]
)
def test_a_description_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / INFO_FILE).write_bytes(content)
    with pytest.raises(ModelError, match="does not describe a model"):
        read_info(tmp_path)
    (tmp_path / METRICS_FILE).write_bytes(content)
    with pytest.raises(ModelError, match="not a JSON object"):
        read_metrics(tmp_path)


@pytest.mark.parametrize(
    ("pipeline", "cue_floor"),
    [
        (1, 1.0),
        (Pipeline([("a", "passthrough")]), 1.0),
        (Pipeline([("features", "passthrough"), ("logistic", DummyClassifier())]), 1.0),
        (Pipeline([("a", "passthrough")]), "1"),
        (Pipeline([("a", "passthrough")]), None),
    ],
)
def test_a_baseline_that_cannot_work_is_refused(tmp_path: Path, pipeline: object, cue_floor: object) -> None:
    skops.io.dump({"pipeline": pipeline, "cue_floor": cue_floor}, tmp_path / "file")
    folder = copy_model("baseline", tmp_path / "model", classifier_skops=(tmp_path / "file").read_bytes())
    with pytest.raises(ModelError):
        Flagger.load(folder)


def _archive(schema: dict[str, object]) -> bytes:
    import io
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("schema.json", json.dumps(schema))
        archive.writestr("../../escaped.txt", "x")
    return buffer.getvalue()


REACHING = [
    {
        "__class__": "system",
        "__module__": "os",
        "__loader__": "FunctionNode",
        "content": {"module_path": "os", "function": "system"},
    },
    {"__class__": "eval", "__module__": "builtins", "__loader__": "TypeNode"},
    {
        "__class__": "str",
        "__module__": "builtins",
        "__loader__": "JsonNode",
        "is_json": True,
        "content": "__import__('os')",
    },
    {"__class__": "x", "__module__": "y", "__loader__": "ReduceNode", "reduce": {"type": "tuple"}, "content": {}},
]


@pytest.mark.parametrize("schema", REACHING)
def test_a_baseline_that_names_code_is_refused(tmp_path: Path, schema: dict[str, object]) -> None:
    whole = schema | {"protocol": 2, "_skops_version": "0.13"}
    folder = copy_model("baseline", tmp_path / "a" / "b" / "model", classifier_skops=_archive(whole))
    with pytest.raises(ModelError):
        Flagger.load(folder)
    assert not list(tmp_path.rglob("escaped.txt"))


def _onnx(location: str) -> bytes:
    """Give a model whose weights lie in another file, by hand as protobuf has it: onnx is no part of scoring."""
    onnx = pytest.importorskip("onnx")
    weights = onnx.TensorProto(name="w", data_type=onnx.TensorProto.UINT8, dims=[4], data_location=1)
    for key, value in (("location", location), ("offset", "0"), ("length", "4")):
        entry = weights.external_data.add()
        entry.key, entry.value = key, value
    output = onnx.helper.make_tensor_value_info("label_logits", onnx.TensorProto.UINT8, [4])
    node = onnx.helper.make_node("Identity", ["w"], ["label_logits"])
    graph = onnx.helper.make_graph([node], "g", [], [output], [weights])
    return bytes(onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)]).SerializeToString())


@pytest.mark.parametrize("location", ["/etc/passwd", "../secret", "secret", "./secret"])
def test_a_model_that_keeps_weights_elsewhere_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, location: str
) -> None:
    (tmp_path / "work").mkdir()
    folder = copy_model("transformer", tmp_path / "model", model_onnx=_onnx(location))
    for place in (tmp_path, tmp_path / "work", folder):
        (place / "secret").write_bytes(b"SECRET")
    monkeypatch.chdir(tmp_path / "work")
    with pytest.raises(ModelError, match="not all in the model file itself"):
        Flagger.load(folder)


TOKENIZER = json.loads((Path("models/transformer") / "tokenizer.json").read_text("utf-8"))
ODD_TOKENIZERS: list[dict[str, object]] = [
    {},
    TOKENIZER | {"model": None},
    TOKENIZER | {"model": {"type": "WordPiece", "vocab": {}, "unk_token": "x"}},
    TOKENIZER | {"post_processor": None, "model": TOKENIZER["model"] | {"vocab": {"[UNK]": 0}}, "added_tokens": []},
    TOKENIZER | {"model": TOKENIZER["model"] | {"vocab": dict.fromkeys(TOKENIZER["model"]["vocab"], 10**9)}},
    TOKENIZER | {"normalizer": {"type": "Replace", "pattern": {"Regex": "(" * 1000}, "content": ""}},
    TOKENIZER | {"normalizer": {"type": "Precompiled", "precompiled_charsmap": "/////w=="}},
    TOKENIZER | {"pre_tokenizer": {"type": "remote", "url": "http://example.org"}},
]


@pytest.mark.parametrize("tokenizer", ODD_TOKENIZERS)
def test_an_odd_tokenizer_is_refused(tmp_path: Path, tokenizer: dict[str, object]) -> None:
    folder = copy_model("transformer", tmp_path / "model", tokenizer_json=json.dumps(tokenizer).encode())
    with pytest.raises(ModelError):
        Flagger.load(folder)


@pytest.mark.parametrize("damage", ["cut", "flipped", "another"])
def test_a_damaged_network_is_refused_or_works(tmp_path: Path, damage: str) -> None:
    content = (find_model("transformer") / "model.onnx").read_bytes()
    if damage == "cut":
        content = content[: len(content) // 2]
    elif damage == "flipped":
        content = content[:1000] + bytes(byte ^ 0xFF for byte in content[1000:1200]) + content[1200:]
    else:
        onnx = pytest.importorskip("onnx")
        shape = onnx.helper.make_tensor_value_info("input_ids", onnx.TensorProto.INT64, ["n", "m"])
        out = onnx.helper.make_tensor_value_info("label_logits", onnx.TensorProto.INT64, ["n", "m"])
        node = onnx.helper.make_node("Identity", ["input_ids"], ["label_logits"])
        graph = onnx.helper.make_graph([node], "g", [shape], [out])
        content = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)]).SerializeToString()
    folder = copy_model("transformer", tmp_path / "model", model_onnx=content)
    with pytest.raises(ModelError):
        load_classifier(folder, read_info(folder))


def test_the_copy_itself_works(tmp_path: Path) -> None:
    """What the tests above refuse is refused for its fault alone."""
    for name in ("baseline", "transformer"):
        folder = copy_model(name, tmp_path / name)
        classifier = load_classifier(folder, read_info(folder))
        assert np.isfinite(classifier.predict([["It fell."]])[0].logits).all()
