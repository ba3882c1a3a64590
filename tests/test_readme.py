"""What is documented is true: help texts are the command line's, Python and commands run, output is what comes out.

After a change of the command line: python -m tests.test_readme
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flagger.labels import Label
from tests.flag_files import flagged, write_flags

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
COMMANDS = (
    *("", "score", "flag", "explain", "report", "export", "train", "evaluate", "models"),
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
_PAGES = ("README.md", "CONTRIBUTING.md", "BENCHMARKS.md", "datasets/README.md")
_OFFLINE = ("score", "flag", "explain", "report", "export", "models")  # what needs neither the dataset nor minutes


def _blocks(language: str) -> list[tuple[str, str]]:
    """Each code block of the pages, with its page's name."""
    pattern = re.compile(rf"```{language}\n(.*?)```", re.DOTALL)
    return [(page, block) for page in _PAGES for block in pattern.findall((ROOT / page).read_text("utf-8"))]


def _commands() -> list[tuple[str, ...]]:
    """The arguments of every ``flagger`` in a shell block, and in the README's prose where it has an option."""
    prose = re.sub(r"```.*?```", "", README.read_text("utf-8"), flags=re.DOTALL)
    spans = [span for span in re.findall(r"`(flagger [^`]*)`", prose) if " -" in span and "..." not in span]
    lines = [line for _, block in _blocks("sh") for line in block.splitlines()]
    shown = [shlex.split(line.rpartition("| ")[2], comments=True) for line in lines + spans]
    return list(dict.fromkeys(tuple(words[1:]) for words in shown if words and Path(words[0]).name == "flagger"))


def _runs_offline(args: tuple[str, ...]) -> bool:
    return args[0] in _OFFLINE and not any("://" in arg for arg in args)


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


@pytest.mark.parametrize(("page", "code"), _blocks("python"))
def test_the_python_runs(page: str, code: str, tmp_path: Path) -> None:
    """As a script beside the dataset, whose libraries find an empty cache and no hub."""
    script = tmp_path / "example.py"
    script.write_text(code, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1"}
    command = [sys.executable, "-W", "error", str(script)]
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, f"{page}:\n{code}\n{result.stderr}"


@pytest.mark.parametrize("args", _commands(), ids=" ".join)
def test_the_command_line_knows_every_command_that_is_shown(args: tuple[str, ...]) -> None:
    from typer.main import get_command

    from flagger.cli import app

    command, rest = get_command(app), list(args)
    while hasattr(command, "commands"):
        command = command.commands[rest.pop(0)]
    command.make_context("flagger", rest)  # raises what is wrong with the options


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with what the examples name."""
    samples = ROOT / "datasets" / "samples"
    for copy in ("datasets/samples", "articles", "incoming/today"):
        shutil.copytree(samples, tmp_path / copy)
    (tmp_path / "runs/teachers").mkdir(parents=True)
    for in_history in ("284ed6c", "282f9ab"):
        (tmp_path / "runs/teachers" / in_history).symlink_to(ROOT / "models/transformer")  # in its place
    pq.write_table(pa.table({"url": ["u1", "u2"], "body": ["It fell.", "It may rise."]}), tmp_path / "dump.parquet")
    write_flags(tmp_path / "flags.jsonl", flagged("It fell.", [("It fell.", Label.CONFIRMED, [], None)]))
    return tmp_path


@pytest.mark.parametrize("args", [args for args in _commands() if _runs_offline(args)], ids=" ".join)
def test_the_commands_run(args: tuple[str, ...], folder: Path) -> None:
    outputs = [value for option, value in pairwise(args) if option in ("-o", "--output")]
    for name in outputs:
        (folder / name).unlink(missing_ok=True)  # flags.jsonl, which other examples read
    command = [sys.executable, "-m", "flagger", *args]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    result = subprocess.run(command, cwd=folder, env=environment, input="It fell.", capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert all((folder / name).stat().st_size for name in outputs)


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
