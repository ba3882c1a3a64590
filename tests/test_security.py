"""What scoring never does: reach the network, run code that it reads, follow content out of its folder."""

import ast
import gzip
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flagger.reading import find_inputs
from tests.cli.conftest import Outcome, run
from tests.test_layers import ROOT

__all__ = ["run"]

SCORING = [file for file in sorted((ROOT / "flagger").rglob("*.py")) if "training" not in file.parts]
MODULES = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "subprocess", "ctypes", "pty", "runpy"}
MODULES |= {"socket", "ssl", "urllib", "http", "requests", "httpx", "aiohttp", "ftplib", "smtplib", "code", "imp"}
HARMLESS = {"urllib.parse"}  # takes URLs apart
CALLS = {"eval", "exec", "compile", "__import__", "system", "popen", "execv", "execve", "spawnv", "startfile"}


def _faults(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [str(node.module)]
        else:
            names = []
        yield from (name for name in names if name.split(".")[0] in MODULES and name not in HARMLESS)
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in CALLS:
                yield node.func.id
            # re.compile and a model's own compile_model are none of Python's compile.
            if isinstance(node.func, ast.Attribute) and node.func.attr in CALLS - {"compile"}:
                yield node.func.attr


@pytest.mark.parametrize("file", SCORING, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_module_of_scoring_runs_what_it_reads(file: Path) -> None:
    allowed = {"socket"} if file.name == "ray.py" else set()  # it knocks at the cluster that the user names
    assert set(_faults(ast.parse(file.read_text(encoding="utf-8")))) <= allowed


@pytest.mark.parametrize(
    "code", ["import pickle", "from marshal import loads", "eval('1')", "import os; os.system('')"]
)
def test_the_search_for_such_code_finds_it(code: str) -> None:
    assert list(_faults(ast.parse(code)))


NO_SOCKETS = """
import _socket, socket, sys
def refuse(*_, **__):
    raise AssertionError("this reached for the network")
class Refused(socket.socket):
    __init__ = connect = refuse
socket.socket = _socket.socket = Refused
socket.create_connection = socket.getaddrinfo = _socket.getaddrinfo = refuse
try:
    socket.socket()
except AssertionError:
    pass
else:
    sys.exit("sockets are not blocked")
"""
_NO_NETWORK = f"""
{NO_SOCKETS}
sys.argv = ["flagger", *sys.argv[1:]]
from flagger.cli import main
main()
"""


@pytest.mark.parametrize("model", ["baseline", "transformer"])
def test_scoring_opens_no_socket(model: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", _NO_NETWORK, "score", "datasets/samples", "--model", model]
    result = subprocess.run([*command, "-o", tmp_path / "f.jsonl"], capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (0, "")
    assert len((tmp_path / "f.jsonl").read_text("utf-8").splitlines()) > 50


_PEAK = """
import re, sys, time
from pathlib import Path
from flagger.reading import read
start = time.process_time()
*_, failed = read(Path(sys.argv[1]))
peak = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]
print(failed.status, peak, time.process_time() - start)
"""


FIRST = {".csv": b"text\n", ".jsonl": b'{"text": "It fell."}\n'}
FILLER = {".txt": b"\0", ".md": b" ", ".html": b" ", ".jsonl": b" ", ".csv": b" ", ".parquet": b"\0"}


@pytest.mark.skipif(sys.platform != "linux", reason="VmHWM is Linux's")
@pytest.mark.parametrize("suffix", FILLER)
def test_a_gzip_bomb_takes_bounded_time_and_memory(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"bomb{suffix}.gz"
    member = gzip.compress(FILLER[suffix] * 10_000_000)  # gzip members after one another are one text
    first = FIRST.get(suffix, b"It fell. " * 10_000)
    path.write_bytes(gzip.compress(first) + member * 1_000)  # 10 GB in 10 MB
    result = subprocess.run([sys.executable, "-c", _PEAK, path], capture_output=True, text=True, check=True)
    status, peak_kb, seconds = result.stdout.split()
    assert status == "too_large"
    assert int(peak_kb) < 400_000
    assert float(seconds) < 10


def test_links_are_followed_in_no_folder_and_by_no_pattern(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text("A secret.")
    inside = tmp_path / "in"
    (inside / "sub").mkdir(parents=True)
    (inside / "own.txt").write_text("It fell.")
    (inside / "file.txt").symlink_to(outside / "secret.txt")
    (inside / "sub" / "folder").symlink_to(outside)
    for given in ("in", "in/*", "in/**/*.txt", "in/*.txt", "in/sub/*", "in/sub/*/*.txt", "i*"):
        try:
            found = find_inputs([given]).paths
        except Exception as error:  # nothing else is there
            assert "no file to read" in str(error)
            continue
        assert [path.name for path in found] == ["own.txt"], given


HOSTILE_NAMES = [
    "../../x",
    "/tmp/x",
    "..",
    "a\0b",
    "x\n../y",
    "$(touch x)",
    "`x`",
    "C:\\x",
    "\ud800",
    "{0.__class__}",
    "%s",
]


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "parquet"])
def test_what_an_article_says_names_no_file(
    run: Callable[..., Outcome], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    model = Path("models/baseline").absolute()
    work = tmp_path / "a" / "b" / "work"
    work.mkdir(parents=True)
    monkeypatch.chdir(work)
    rows = [{"id": n, "title": n, "author": n, "date": n, "path": n, "text": f"It fell. {n}"} for n in HOSTILE_NAMES]
    (work / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    run("score", "in.jsonl", "-o", f"out.{suffix}", "--summary", f"sum.{suffix}", "--model", model)
    found = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert found == {f"a/b/work/{name}" for name in ("in.jsonl", f"out.{suffix}", f"sum.{suffix}")}
