"""One folder with everything that can be wrong with an input: each gets its row and its reason, the rest is scored."""

import gzip
import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.cli.conftest import Outcome

GOOD = "Police said the bridge was closed. It could reopen by June.\n"


def _parquet() -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table({"text": [GOOD] * 50}), buffer)
    return buffer.getvalue()


BAD: dict[bytes, tuple[bytes, str]] = {
    b"empty.txt": (b"", "empty"),
    b"blank.md": (b" \n\n\t", "empty"),
    b"elf.txt": (b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 20, "binary"),
    b"broken.txt.gz": (gzip.compress(GOOD.encode() * 99)[:-40], "malformed"),
    b"no.txt.gz": (b"not gzip at all", "malformed"),
    b"cut.parquet": (_parquet()[:-30], "malformed"),
    b"columns.csv": (b"id,body\n1,It fell.\n", "malformed"),
    b"long.txt": (b"word " * 4_000_000, "too_large"),
}
ODD: dict[bytes, bytes] = {
    b"nul.txt": b"Two men were arrested.\x00 It could rain.\n",
    b"a name with spaces.txt": GOOD.encode(),
    b"new\nline.txt": GOOD.encode(),
    b"caf\xe9.txt": GOOD.encode(),
    b"latin1.txt": "Le maire de Besançon a été réélu, dit-on à la préfecture.".encode("latin-1"),
    b"utf16.txt": GOOD.encode("utf-16"),
    b"bom.txt": b"\xef\xbb\xbf" + GOOD.encode(),
    b"undecodable.txt": GOOD.encode() + b"\xff\xfe\x81\n",
    b"rtl.txt": "قالت الشرطة إن الجسر مغلق. \u202eIt fell.".encode(),
    b"russian.txt": "Полиция сообщила, что мост закрыт. Причина неизвестна.".encode(),
    b"endless.txt": b"the mayor and " * 5_000 + b"left.",
    b"crlf.txt": b"It fell.\r\n\r\nIt may rain.\r\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "in"
    root.mkdir()
    for name, content in {**{n: c for n, (c, _) in BAD.items()}, **ODD}.items():
        (root / os.fsdecode(name)).write_bytes(content)
    (root / "loop.txt").symlink_to(root / "loop.txt")
    (root / "circle").symlink_to(root)
    (root / "lines.jsonl").write_bytes(
        b'{"text": "It fell."}\n{"text": oops}\n{"text": "A lone \\ud800 surrogate fell."}\n{"text": null}\n'
    )
    os.mkfifo(root / "pipe.txt")
    return root


def test_each_bad_input_has_its_reason_and_the_rest_is_scored(
    run: Callable[..., Outcome], folder: Path, tmp_path: Path
) -> None:
    outcome = run("score", folder, "-o", tmp_path / "f.jsonl", "--summary", tmp_path / "s.jsonl")
    assert outcome.code == 1
    assert "Traceback" not in outcome.err
    rows = [json.loads(line) for line in (tmp_path / "s.jsonl").read_text("utf-8").splitlines()]
    status = {row["article_id"].rpartition("/")[2]: row["status"] for row in rows}
    assert len(status) == len(rows) == len(BAD) + len(ODD) + 2 + 4
    for name, (_, expected) in BAD.items():
        assert status.pop(name.decode()) == expected
    assert status.pop("loop.txt") == status.pop("pipe.txt") == "unreadable"
    assert [status.pop(f"lines.jsonl#{n}") for n in (1, 2, 3, 4)] == ["ok", "malformed", "ok", "malformed"]
    assert set(status.values()) == {"ok"}
    assert {"new\\nline.txt", "caf\\xe9.txt"} <= set(status)
    assert all(row["reason"] for row in rows if row["status"] != "ok")
    n_flags = len((tmp_path / "f.jsonl").read_text("utf-8").splitlines())
    assert n_flags == sum(row["n_sentences"] for row in rows)


@pytest.mark.skipif(sys.platform != "linux", reason="VmHWM is Linux's")
def test_a_200_mb_line_takes_bounded_memory(tmp_path: Path) -> None:
    import subprocess

    path = tmp_path / "huge.txt"
    with path.open("wb") as handle:
        for _ in range(200):
            handle.write(b"x" * 1_000_000)
    code = (
        "import sys, re; from pathlib import Path; from flagger.reading import read\n"
        "(failed,) = read(Path(sys.argv[1]))\n"
        "peak = int(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1])\n"
        "print(failed.status, peak)"
    )
    result = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    status, peak_kb = result.stdout.split()
    assert status == "too_large"
    assert int(peak_kb) < 200_000
