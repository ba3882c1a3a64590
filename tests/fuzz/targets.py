"""What is fuzzed: a target takes any bytes and may raise nothing but AssertionError, which is a finding.

A new reader is a target at once; another parser is a function and a row in TARGETS. ``seeds`` gives real files of each.
"""

import gzip
import io
import json
import tempfile
import unicodedata
from collections.abc import Callable
from functools import cache, partial
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from flagger.errors import DatasetError, ReadError
from flagger.reading import READERS, ReadOptions, read_stream
from flagger.results import Article, FailedArticle, Status
from flagger.sentences import split_sentences

SAMPLES = Path("datasets/samples")
_OPTIONS = ReadOptions(max_chars=200_000, max_bytes=800_000)


def read_bytes(data: bytes, suffix: str) -> None:
    """Every input gives articles or reasons, under ids of their own, that every output file can hold."""
    found = list(read_stream(io.BytesIO(data), suffix, "fuzz", _OPTIONS))
    assert found
    articles = [item for item in found if isinstance(item, Article)]
    assert len({item.id for item in articles}) == len(articles)
    for item in found:
        item.id.encode()
        if isinstance(item, FailedArticle):
            assert item.status is not Status.OK
            assert item.reason.endswith(".")
            assert not {unicodedata.category(character) for character in item.reason} & {"Cc", "Zl", "Zp"}
            item.reason.encode()
        else:
            assert item.text.strip()
            assert len(item.text) <= _OPTIONS.max_chars
            for text in (item.text, item.title, item.date, item.author):
                (text or "").encode()


def split_bytes(data: bytes) -> None:
    """Sentences lie in order, hold what the text has there and leave out white space alone."""
    text = data.decode("utf-8", "surrogateescape")
    sentences = split_sentences(text)
    for sentence in sentences:
        assert sentence.text == text[sentence.start : sentence.end] == sentence.text.strip() != ""
    edges = [0, *(edge for sentence in sentences for edge in (sentence.start, sentence.end)), len(text)]
    assert edges == sorted(edges)
    assert not any(text[start:end].strip() for start, end in list(pairwise(edges))[::2])


def read_flags_bytes(data: bytes, suffix: str) -> None:
    """A flags file gives records whose offsets hold in the text that they make, or a ReadError."""
    from flagger.recorded import article_text, read_flags

    with tempfile.NamedTemporaryFile(suffix=suffix) as file:
        file.write(data)
        file.flush()
        try:
            for records in read_flags(Path(file.name)):
                text = article_text(records)
                assert all(text[record["start"] : record["end"]] == record["text"] for record in records)
        except ReadError as error:
            assert str(error)


def import_bytes(data: bytes, suffix: str) -> None:
    """A corpus gives articles that are written and read back alike, or a DatasetError."""
    from flagger.training.dataset import read_articles, write_articles
    from flagger.training.labelled_table import Columns, import_table
    from flagger.training.szeged_xml import import_conll2010

    with tempfile.TemporaryDirectory() as folder:
        corpus, written = Path(folder, f"corpus{suffix}"), Path(folder, "articles.jsonl")
        corpus.write_bytes(data)
        try:
            is_xml = suffix == ".xml"
            found = import_conll2010(corpus, "train") if is_xml else import_table(corpus, "train", Columns(), {})
        except DatasetError as error:
            assert str(corpus) in str(error)
            return
        write_articles(written, found.articles)
        labels = {sentence.final.label for article in found.articles for sentence in article.sentences}
        assert read_articles(written, labels=tuple(labels)) == found.articles


CORPORA = (".xml", ".csv", ".tsv", ".jsonl", ".parquet")
RECORDS = (".jsonl", ".csv", ".parquet", ".jsonl.gz")
TARGETS: dict[str, Callable[[bytes], None]] = {
    "sentences": split_bytes,
    **{f"read{suffix}{gz}": partial(read_bytes, suffix=suffix + gz) for suffix in READERS for gz in ("", ".gz")},
    **{f"flags{suffix}": partial(read_flags_bytes, suffix=suffix) for suffix in RECORDS},
    **{f"import{suffix}": partial(import_bytes, suffix=suffix) for suffix in CORPORA},
}


@cache
def seeds(target: str) -> tuple[bytes, ...]:
    """Give real inputs of a target."""
    kind, _, rest = target.partition(".")
    if kind == "sentences":
        return tuple(path.read_bytes() for path in sorted(SAMPLES.glob("*.txt")))
    suffix, is_gzip = f".{rest.removesuffix('.gz')}", rest.endswith(".gz")
    plain = {"flags": _flags, "import": _corpora, "read": _articles}[kind](suffix)
    return tuple(gzip.compress(data, mtime=0) for data in plain) if is_gzip else plain


def _articles(suffix: str) -> tuple[bytes, ...]:
    rows = [json.loads(line) for line in (SAMPLES / "wire.jsonl").read_text("utf-8").splitlines()]
    if suffix == ".parquet":
        return _parquet(rows), _parquet(rows, compression="zstd", use_dictionary=False)
    if suffix == ".csv":
        cells = [[str(row.get(name, "")).replace('"', '""') for name in ("id", "text")] for row in rows]
        return ("id,text\n" + "".join(f'"{a}","{b}"\n' for a, b in cells)).encode(), b"text\na\n"
    found = sorted(SAMPLES.glob(f"*{suffix}")) or sorted(SAMPLES.glob("*.html"))
    return tuple(path.read_bytes() for path in found)


def _flags(suffix: str) -> tuple[bytes, ...]:
    from flagger.sinks import FLAG_COLUMNS, flag_records, open_sink
    from tests.conftest import stub_flagger

    text = (SAMPLES / "harbour-strike.txt").read_text("utf-8")
    result = stub_flagger({}).flag_many([Article(text, "a", "a.txt")])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"flags{suffix}")
        with open_sink(path, suffix.removeprefix("."), FLAG_COLUMNS) as sink:
            for record in flag_records(next(result)):
                sink.write(record)
        return (path.read_bytes(),)


def _corpora(suffix: str) -> tuple[bytes, ...]:
    from tests.training.test_szeged_xml import CONLL, SZEGED

    if suffix == ".xml":
        return CONLL.encode(), SZEGED.encode()
    rows: list[dict[str, object]] = [
        {"text": "It fell.", "label": "a"},
        {"text": 'It "may" fall.', "label": "b"},
    ]
    if suffix == ".parquet":
        return (_parquet(rows),)
    if suffix == ".jsonl":
        return ("".join(json.dumps(row) + "\n" for row in rows).encode(),)
    separator = "\t" if suffix == ".tsv" else ","
    return (f'text{separator}label\nIt fell.{separator}a\n"It ""may"" fall."{separator}b\n'.encode(),)


def _parquet(rows: list[dict[str, object]], **options: object) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), sink, **options)
    return sink.getvalue()
