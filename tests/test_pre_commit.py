"""The hook does what .pre-commit-hooks.yaml says, run as pre-commit runs it: the entry, its arguments, staged files."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
UNVERIFIED = "# Guide\n\nThe bridge is old. It *reportedly* fell on Monday.\n"


@pytest.fixture(scope="module")
def hook() -> dict[str, Any]:
    (found,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert (found["id"], found["language"]) == ("flagger", "python")
    return dict(found)


@pytest.fixture
def staged(tmp_path: Path) -> list[str]:
    files = {
        "docs/a.md": UNVERIFIED,
        "b [1].txt": "Two men were arrested on Monday.\n",
        "docs/code.md": "---\ntitle: x\n---\n\n```sh\nls\n```\n",
        "docs/empty.md": "",
        "setup.py": UNVERIFIED,
        "page.html": UNVERIFIED,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return list(files)


def _run(hook: dict[str, Any], folder: Path, files: list[str], *args: str) -> subprocess.CompletedProcess[str]:
    name, *entry = shlex.split(hook["entry"])
    assert name == "flagger"
    command = [sys.executable, "-m", name, *entry, *(args or hook["args"])]
    command += [file for file in files if re.search(hook["files"], file)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def test_an_unverified_sentence_fails_the_commit_and_is_listed(
    hook: dict[str, Any], tmp_path: Path, staged: list[str]
) -> None:
    result = _run(hook, tmp_path, staged)
    assert result.returncode == 3, result.stderr
    lines = result.stdout.splitlines()
    assert "docs/a.md: 1 confirmed, 1 unverified, 1 no_claim" in lines
    (shown,) = (line for line in lines if line.startswith(tuple("✓≈?·")))
    assert shown.startswith("? unverified")
    assert shown.endswith("It *reportedly* fell on Monday.")
    assert "setup.py" not in result.stdout
    assert "page.html" not in result.stdout


def test_pages_without_one_pass_and_so_do_empty_ones(hook: dict[str, Any], tmp_path: Path, staged: list[str]) -> None:
    result = _run(hook, tmp_path, staged[1:])
    assert result.returncode == 0, result.stderr


def test_the_arguments_can_be_replaced(hook: dict[str, Any], tmp_path: Path, staged: list[str]) -> None:
    args = ["--fail-on", "estimated>0.9", "--model", "baseline"]
    assert _run(hook, tmp_path, staged, *args).returncode == 0
