"""Fuzz with atheris, led by what the code has not yet run. By hand (``pip install atheris`` first):

    python -m tests.fuzz --seconds 60 [target ...]

Each target runs for that long in a process of its own, from its seeds. Exit code 1: a target found something; the input
lies in fuzz-findings/, and ``python -m tests.fuzz --replay FILE target`` runs it again.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

FINDINGS = Path("fuzz-findings")
SLOW_S = 60
"""An input that takes longer is a finding; atheris's tracing and a busy machine take most of it."""

MEMORY_MB = 3_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", metavar="target")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--replay", type=Path)
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        return _fuzz(arguments.inside, arguments.seconds)

    from tests.fuzz.targets import TARGETS

    if unknown := set(arguments.targets) - set(TARGETS):
        parser.error(f"no target {', '.join(sorted(unknown))}; choose from {', '.join(TARGETS)}")
    if arguments.replay:
        TARGETS[arguments.targets[0]](arguments.replay.read_bytes())
        return 0
    FINDINGS.mkdir(exist_ok=True)
    failed = []
    for target in arguments.targets or TARGETS:
        command = [sys.executable, "-m", "tests.fuzz", "--inside", target, "--seconds", str(arguments.seconds)]
        result = subprocess.run(command, capture_output=True, text=True)
        lines = [line for line in result.stderr.splitlines() if line.startswith(("Done ", "#"))]
        print(f"{target}: {'FOUND' if result.returncode else 'nothing'}: {lines[-1] if lines else ''}", flush=True)  # noqa: T201
        if result.returncode:
            failed.append(target)
            print(result.stdout[-3000:], result.stderr[-3000:], flush=True)  # noqa: T201
    return 1 if failed else 0


def _fuzz(target: str, seconds: int) -> int:
    import atheris

    with atheris.instrument_imports(include=["flagger", "markdown_it"]):
        from tests.fuzz.targets import TARGETS, seeds

    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(seeds(target)):
            Path(corpus, str(number)).write_bytes(seed)
        limits = [f"-max_total_time={seconds}", f"-timeout={SLOW_S}", f"-rss_limit_mb={MEMORY_MB}", "-max_len=40000"]
        atheris.Setup([sys.argv[0], corpus, *limits, f"-artifact_prefix={FINDINGS}/{target}-"], TARGETS[target])
        atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
