"""The command line answers at once: --help within three times of importing Typer alone."""

import subprocess
import sys
import time
from statistics import median


def _seconds(*command: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, *command], check=True, capture_output=True)
    return time.perf_counter() - start


def test_help_is_quick() -> None:
    ratios = [_seconds("-m", "flagger", "--help") / _seconds("-c", "import typer") for _ in range(7)]
    assert median(ratios) < 3
