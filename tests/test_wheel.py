"""What is shipped works without the checkout: the wheel, built from the sdist, flags a line in a clean environment."""

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.wheel


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sdist, and the wheel built from it."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("*.tar.gz")), next(folder.glob("*.whl"))


def test_the_models_and_the_page_are_in_the_wheel(built: tuple[Path, Path]) -> None:
    sdist, wheel = built
    folders = [info.parent for info in (ROOT / "models").glob("*/model.json")]  # and not what training leaves beside
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    models = {str(path.relative_to(ROOT / "models")) for path in files}
    names = zipfile.ZipFile(wheel).namelist()
    assert {n.removeprefix("flagger/_models/") for n in names if n.startswith("flagger/_models/")} == models
    (entries,) = (name for name in names if name.endswith("entry_points.txt"))
    assert "[spacy_factories]\nflagger = " in zipfile.ZipFile(wheel).read(entries).decode()
    page = {path.relative_to(ROOT).as_posix() for path in (ROOT / "flagger/sinks/page").iterdir()}
    assert page <= set(names)
    assert not [n for n in names if n.split("/")[0] not in ("flagger",) and ".dist-info/" not in n]
    with tarfile.open(sdist) as archive:
        found = {n.partition("/models/")[2] for n in archive.getnames() if "/models/" in n}
        assert models <= found


def test_the_wheel_flags_a_line_away_from_the_checkout(built: tuple[Path, Path], tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / "bin" / "python"
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    install = [python, "-m", "pip", "install", "-q", "-c", ROOT / "constraints.txt", built[1]]
    subprocess.run(install, check=True, env=environment, capture_output=True)
    (tmp_path / "page.html").write_text("<html><body><p>It is said to have fallen.</p></body></html>")
    (tmp_path / "line.txt").write_text("Two men were arrested on Monday.\n")
    command = [tmp_path / "env" / "bin" / "flagger", "score", "line.txt", "page.html", "-o", "flags.parquet"]
    subprocess.run([*command, "--report", "report.html"], check=True, cwd=tmp_path, env=environment)
    assert "Two men were arrested" in (tmp_path / "report.html").read_text("utf-8")
    code = "import flagger; f, = flagger.flag('It is said to have fallen.'); print(f.label, flagger.__file__)"
    result = subprocess.run([python, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    label, file = result.stdout.split()
    assert label == "unverified"
    assert Path(file).is_relative_to(tmp_path)
