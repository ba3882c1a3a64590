"""The README is true: its help texts are the command line's, its Python runs, its output is what comes out.

After a change of the command line: python -m tests.test_readme
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
COMMANDS = (
    *("", "score", "flag", "report", "export", "train", "evaluate", "models"),
    *(
        "data check",
        "data compile",
        "data sheet",
        "data merge",
        "data agreement",
        "data artefacts",
        "data rulings",
        "data manifest",
        "data import label-studio",
        "data import szeged",
        "data import conll2010",
        "data import csv",
    ),
)
_HELP = re.compile(r"(<!-- help -->\n).*?(<!-- /help -->)", re.DOTALL)


def _run(*args: str) -> str:
    environment = os.environ | {"COLUMNS": "80", "TERMINAL_WIDTH": "80", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "flagger", *args]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment, cwd=ROOT).stdout


def _help_section() -> str:
    parts = []
    for command in COMMANDS:
        text = _run(*command.split(), "--help").replace("python -m flagger", "flagger").rstrip()
        parts.append(f"```console\n$ flagger {command}{' ' * bool(command)}--help\n{text}\n```\n")
    return "\n".join(parts)


def test_the_help_of_every_command_stands_in_the_readme() -> None:
    match = _HELP.search(README.read_text(encoding="utf-8"))
    assert match
    assert match.group() == f"{match[1]}{_help_section()}{match[2]}"


def test_every_command_is_listed() -> None:
    from typer.main import get_command

    from flagger.cli import app

    def names(command: Any) -> set[str]:
        groups = getattr(command, "commands", None)
        return {f"{name} {rest}".strip() for name, sub in groups.items() for rest in names(sub)} if groups else {""}

    assert names(get_command(app)) == {command for command in COMMANDS if command}


@pytest.mark.parametrize("code", re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL))
def test_the_python_runs(code: str) -> None:
    exec(compile(code, "README.md", "exec"), {})


def test_the_shown_output_is_what_comes_out() -> None:
    text = README.read_text(encoding="utf-8")
    for args, shown in re.findall(r"```console\n\$ flagger ((?:score|flag) [^\n]*)\n(.*?)```", text, re.DOTALL):
        if "--help" in args:
            continue
        found = _run(*(a.strip("'\"") for a in re.findall(r"\"[^\"]*\"|\S+", args)))
        wanted = shown.rstrip()
        assert found.startswith(wanted.removesuffix("...").rstrip("\n")), args


if __name__ == "__main__":
    section = _help_section()
    text = _HELP.sub(lambda match: f"{match[1]}{section}{match[2]}", README.read_text(encoding="utf-8"))
    README.write_text(text, encoding="utf-8")
