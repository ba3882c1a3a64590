"""The entry points of flagger.reading; each format has its own test module."""

import gzip
import io
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from flagger.reading import READERS, STDIN, ReadOptions, find_inputs, read, read_stream
from flagger.results import Article, FailedArticle, Status

TEXTS = {
    "plain": "The troops have arrived.\n",
    "right to left": "أكدت الوزارة وصول نحو ثلاثة آلاف جندي.\n",
    "not English": "Министерство подтвердило прибытие солдат.\n",
    "zero bytes": "One\0 two \0three.\n",
    "10,000 words": "word " * 9_999 + "end.\n",
    "200,000 characters on a line": "x" * 200_000,
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("suffix", [".txt", ".TXT", ".txt.gz"])
def test_a_text_comes_back_under_its_path(text: str, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"with space{suffix}"
    path.write_bytes(gzip.compress(text.encode()) if suffix.endswith("gz") else text.encode())
    assert list(read(path)) == [Article(text, id=path.as_posix(), path=path.as_posix())]


@pytest.mark.parametrize(
    ("name", "data", "status", "reason"),
    [
        ("a.docx", b"PK\x03\x04", Status.UNSUPPORTED, "found the suffix '.docx'"),
        ("a", b"text", Status.UNSUPPORTED, "found no suffix"),
        ("a.gz", b"text", Status.UNSUPPORTED, "found no suffix"),
        ("a.txt", b"", Status.EMPTY, "no text"),
        ("a.txt", b"\xef\xbb\xbf \r\n\t\xe2\x80\x89", Status.EMPTY, "no text"),
        ("a.txt", b"\x7fELF\x02\x01\x01" + bytes(200), Status.BINARY, "found a program"),
        ("a.md", b"\x89PNG\r\n\x1a\n" + bytes(50), Status.BINARY, "found a PNG image"),
        ("a.txt", b"\x1f\x8b\x08" + bytes(50), Status.BINARY, "found gzip data"),
        ("a.txt.gz", b"not gzip", Status.MALFORMED, "gzip"),
        ("a.html.gz", gzip.compress(b"<p>text</p>" * 20, mtime=0)[:-10], Status.MALFORMED, "gzip"),
        ("a.csv", b"id,body\n1,x\n", Status.MALFORMED, "found the columns: 'id', 'body'"),
        ("a.parquet", b"PAR1", Status.MALFORMED, "Parquet"),
        ("a.txt", b"x" * 101, Status.TOO_LARGE, "limit of 100 characters"),
        ("a.txt", b"x" * 301, Status.TOO_LARGE, "limit of 300 bytes"),
    ],
)
def test_a_bad_file_is_one_failed_article(name: str, data: bytes, status: Status, reason: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    (failed,) = read(path, ReadOptions(max_chars=100, max_bytes=300))
    assert isinstance(failed, FailedArticle)
    assert (failed.id, failed.path, failed.status) == (path.as_posix(), path.as_posix(), status)
    assert reason in failed.reason
    assert failed.reason.endswith(".")


@pytest.mark.parametrize("suffix", READERS)
def test_what_cannot_be_opened_is_unreadable(suffix: str, tmp_path: Path) -> None:
    loop, folder, pipe = (tmp_path / f"{name}{suffix}" for name in ("loop", "folder", "pipe"))
    loop.symlink_to(loop)
    folder.mkdir()
    os.mkfifo(pipe)
    for path in (loop, folder, pipe, tmp_path / f"vanished{suffix}"):
        (failed,) = read(path)
        assert isinstance(failed, FailedArticle)
        assert failed.status is Status.UNREADABLE


@pytest.mark.parametrize(("raw", "shown"), [(b"two\nlines.txt", r"two\nlines.txt"), (b"caf\xe9.txt", r"caf\xe9.txt")])
def test_odd_names_are_shown_escaped_and_opened_as_they_are(raw: bytes, shown: str, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(raw)
    path.write_text("text")
    (article,) = read(path)
    assert isinstance(article, Article)
    assert article.id == article.path == f"{tmp_path.as_posix()}/{shown}"


def test_a_folder_reads_on_after_a_bad_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("One.")
    (tmp_path / "b.txt").write_bytes(b"\x89PNG")
    (tmp_path / "c.txt").symlink_to("c.txt")
    (tmp_path / "d.jsonl").write_text('{"text": "Two."}\n{bad\n')
    found = [article for path in find_inputs([tmp_path]).paths for article in read(path)]
    assert [type(article) for article in found] == [Article, FailedArticle, FailedArticle, Article, FailedArticle]
    assert len({article.id for article in found}) == len(found)


def test_an_error_that_no_reader_foresaw_costs_its_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(file: object) -> None:
        raise IndexError("out of bounds")

    monkeypatch.setitem(READERS, ".md", fail)
    for name in ("a.txt", "b.md", "c.txt"):
        (tmp_path / name).write_text("It fell.")
    first, second, third = (result for name in ("a.txt", "b.md", "c.txt") for result in read(tmp_path / name))
    assert isinstance(first, Article)
    assert isinstance(second, FailedArticle)
    assert second.reason == "The file cannot be taken apart: IndexError('out of bounds')."
    assert isinstance(third, Article)


def test_standard_input_is_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"Piped text.")))
    assert list(read(STDIN)) == [Article("Piped text.", id="-", path="-")]


def test_a_stream_of_another_format() -> None:
    data = io.BytesIO(gzip.compress(b'{"text": "One."}'))
    assert list(read_stream(data, ".jsonl.gz", "s3://x")) == [Article("One.", id="s3://x#1", path="s3://x")]
    (failed,) = read_stream(io.BytesIO(), ".docx")
    assert isinstance(failed, FailedArticle)
    assert failed.status is Status.UNSUPPORTED


MEASURED = """
import sys
from pathlib import Path
from flagger.reading import read

def kib(field):  # not getrusage, whose peak is inherited from the parent process
    return int(Path("/proc/self/status").read_text().partition(field + ":")[2].split()[0])

before = kib("VmRSS")
print([found.status.value for found in read(Path(sys.argv[1]))])
print(kib("VmHWM") - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="measures memory through /proc")
@pytest.mark.parametrize("suffix", [".txt", ".md", ".html", ".jsonl", ".csv", ".txt.gz"])
def test_200_megabytes_on_one_line_stay_out_of_memory(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"large{suffix}"
    line = b"text " * 200_000
    with gzip.open(path, "wb", compresslevel=1) if suffix.endswith(".gz") else path.open("wb") as file:
        for _ in range(200):
            file.write(line)
    result = subprocess.run([sys.executable, "-c", MEASURED, path], capture_output=True, text=True, check=True)
    statuses, growth_kib = result.stdout.splitlines()
    assert statuses == "['too_large']"
    assert int(growth_kib) < 150_000


def test_importing_costs_nothing_heavy() -> None:
    script = "import sys, flagger.reading; print(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    heavy = {"pyarrow", "trafilatura", "lxml", "markdown_it", "charset_normalizer"}
    assert not heavy & set(result.stdout.split())


def test_a_url_is_read_as_its_file_would_be() -> None:
    table = io.BytesIO()
    pq.write_table(pa.table({"text": ["It fell.", None]}), table)
    MemoryFileSystem().pipe_file("/read/t.parquet", table.getvalue())
    MemoryFileSystem().pipe_file("/read/a.txt.gz", gzip.compress(b"It fell."))
    assert list(read("memory://read/a.txt.gz")) == [Article("It fell.", *["memory://read/a.txt.gz"] * 2)]
    good, bad = read("memory://read/t.parquet")
    assert good == Article("It fell.", "memory://read/t.parquet#1", "memory://read/t.parquet")
    assert isinstance(bad, FailedArticle)


@pytest.mark.parametrize(
    ("url", "status", "reason"),
    [
        ("memory://read/gone.txt", Status.UNREADABLE, "The URL cannot be read: FileNotFoundError: /read/gone.txt."),
        ("memory://read/a.xyz", Status.UNSUPPORTED, "found the suffix '.xyz'"),
    ],
)
def test_a_url_that_cannot_be_read_is_a_failed_article(url: str, status: Status, reason: str) -> None:
    (failed,) = read(url)
    assert isinstance(failed, FailedArticle)
    assert (failed.id, failed.status) == (url, status)
    assert reason in failed.reason
