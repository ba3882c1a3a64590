"""The table of who may import whom (CONTRIBUTING.md), held against the imports in the code."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "flagger").rglob("*.py"))

# A room may import these rooms of flagger, and itself.
BASE = {"labels", "errors", "files", "results", "surrogates"}
STAGES = {"reading", "sentences", "classifiers", "calibration", "decision", "cues", "summary"}
MAY_IMPORT = {
    "labels": set(),
    "errors": set(),
    "files": {"errors"},
    "surrogates": set(),
    "results": {"labels"},
    "artifacts": BASE,
    "urls": {"errors"},
    **dict.fromkeys(STAGES, BASE | {"artifacts"}),
    "reading": BASE | {"urls"},
    "classifiers": BASE | {"artifacts", "calibration"},
    "decision": BASE | {"calibration"},
    "cues": BASE,
    "pipeline": BASE | {"artifacts"} | STAGES,
    "explanation": BASE | {"pipeline"},
    "sinks": BASE | {"summary", "urls"},
    "recorded": BASE | {"reading", "sinks"},
    "exports": BASE | {"sinks", "recorded", "urls", ""},
    "frames": BASE | {"sinks"},
    "integrations": BASE | {"artifacts", "calibration", "classifiers", ""},
    "batch": BASE | {"artifacts", "pipeline", "urls"} | STAGES,
    "training": BASE | {"artifacts", ""} | STAGES,
    "": BASE | {"pipeline", "frames"},
    "__main__": {"cli"},
    "cli": None,  # anything
}
ONLY_IN = {
    "torch": {"training"},
    "transformers": {"training"},
    "datasets": {"training"},
    "typer": {"cli"},
    "pydantic": {"training/config.py", "artifacts.py"},
    "ray": {"batch/ray.py"},
    "fsspec": {"urls.py"},
    "spacy": {"integrations/spacy.py"},
    "pandas": {"frames.py"},
    "polars": {"frames.py"},
    "pickle": set(),
    "joblib": set(),
}


def _room(file: Path) -> str:
    first = file.relative_to(ROOT / "flagger").parts[0]
    return first.removesuffix(".py").replace("__init__", "")


def _imports(file: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            found += [f"{node.module}.{a.name}" for a in node.names] if node.module == "flagger" else [str(node.module)]
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_imports_run_one_way(file: Path) -> None:
    room = _room(file)
    allowed = MAY_IMPORT[room]
    relative = str(file.relative_to(ROOT / "flagger"))
    for name in _imports(file):
        top, _, rest = name.partition(".")
        if top == "flagger":
            target = rest.split(".")[0]
            target = target if target in MAY_IMPORT else ""
            assert allowed is None or target in allowed | {room}, f"{relative} imports {name}"
        if top in ONLY_IN:
            assert room in ONLY_IN[top] or relative in ONLY_IN[top], f"{relative} imports {name}"


def _loaded_after(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(result.stdout.split())


@pytest.mark.parametrize("code", ["import flagger", "import flagger.cli"])
def test_importing_flagger_is_light(code: str) -> None:
    heavy = {"torch", "transformers", "datasets", "sklearn", "pandas", "pyarrow", "numpy", "pydantic", "trafilatura"}
    heavy |= {"polars", "spacy"}
    assert _loaded_after(code) & heavy == set()


_BLOCK = """
class Block:
    def find_spec(self, name, path=None, target=None):
        if name in ("torch", "transformers", "datasets", "accelerate", "matplotlib", "onnx"):
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Block())
"""


@pytest.mark.parametrize(("model", "needed"), [("baseline", "sklearn"), ("transformer", "openvino")])
def test_scoring_needs_nothing_of_training(model: str, needed: str) -> None:
    loaded = _loaded_after(_BLOCK + f"import flagger\nflagger.flag('Rain could fall.', model={model!r})")
    assert needed in loaded
    assert "torch" not in loaded
