"""The folder datasets/ shares its name with a PyPI package: these tests hold the traps that this sets."""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_folder_holds_no_python() -> None:
    """An __init__.py would make the folder win over PyPI's package."""
    assert list((ROOT / "datasets").rglob("*.py")) == []


def test_ruff_knows_that_datasets_is_third_party() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert "datasets" in settings["tool"]["ruff"]["lint"]["isort"]["known-third-party"]


def test_from_the_root_the_folder_is_at_most_a_namespace() -> None:
    """Run from the root, ``import datasets`` finds PyPI's package if it is there and else an empty namespace."""
    code = "import datasets; print(datasets.__file__ or '')"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not result.stdout.startswith(str(ROOT / "datasets"))


def test_scoring_from_the_root_does_not_see_it() -> None:
    code = "import sys, flagger; flagger.flag('Rain fell.'); print('datasets' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"
