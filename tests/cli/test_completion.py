"""The shells' completion, which Typer writes: of bash it is tried in one, of zsh by what the script asks flagger."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """One in which ``flagger`` is the command of this checkout."""
    script = tmp_path / "flagger"
    script.write_text(f"#!{sys.executable}\nfrom flagger.cli import main\nmain()\n")
    script.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    # The shell is named, since the one that a test runs in cannot be told.
    named = {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    return os.environ | named | {"PATH": path, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}


def _stdout(command: list[str], environment: dict[str, str]) -> str:
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
@pytest.mark.parametrize(
    ("words", "completed"),
    [("flagger sc", ["score"]), ("flagger data im", ["import"]), ("flagger score --over", ["--overwrite"])],
)
def test_bash(words: str, completed: list[str], environment: dict[str, str]) -> None:
    script = (
        f'eval "$(flagger --show-completion bash)"; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); '
        '$(complete -p flagger | sed "s/.*-F \\([^ ]*\\).*/\\1/") flagger; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    assert _stdout(["bash", "-c", script], environment).split() == completed


def test_zsh(environment: dict[str, str]) -> None:
    script = _stdout(["flagger", "--show-completion", "zsh"], environment)
    assert script.startswith("#compdef flagger")
    assert "_FLAGGER_COMPLETE=complete_zsh" in script
    asked = environment | {"_TYPER_COMPLETE_ARGS": "flagger sc", "_FLAGGER_COMPLETE": "complete_zsh"}
    assert '"score":' in _stdout(["flagger"], asked)
