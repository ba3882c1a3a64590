"""Hostile input ends soon. Processor time, not the clock's: the machine may be busy."""

import re
import time
from collections.abc import Callable
from functools import partial
from io import BytesIO

import pytest

from flagger.classifiers.attribution import find_source
from flagger.cues import conventional
from flagger.labels import Label
from flagger.reading import read_stream
from flagger.reading.html import MAX_ATTRIBUTES, MAX_ATTRIBUTES_OF_ONE, MAX_DEPTH, MAX_DEPTH_OF_ALL, MAX_ELEMENTS
from flagger.reading.markdown import MAX_BRACKETS
from flagger.results import Article, FailedArticle, Offsets, Status
from flagger.sentences import split_sentences

PAGE_S = 30
"""Several times what the slowest takes on an idle machine."""


def seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def read_one(source: str, suffix: str) -> tuple[Article | FailedArticle, float]:
    start = time.process_time()
    (article,) = read_stream(BytesIO(source.encode()), suffix)
    return article, time.process_time() - start


def attributes(n: int) -> str:
    return " ".join(f"a{i}=1" for i in range(n))


@pytest.mark.parametrize(
    ("page", "status"),
    [
        ("<p>It fell.</p>" * 3_500_000, Status.TOO_LARGE),  # 50 MB
        ("<div>" * 100_000 + "x", Status.MALFORMED),
        ("<b><table>" * 100_000, Status.MALFORMED),
        (f"<p {attributes(1_000_000)}>It fell.</p>", Status.TOO_LARGE),
        (f"<p {attributes(MAX_ATTRIBUTES_OF_ONE + 1)}>It fell.</p>", Status.TOO_LARGE),
        (f"<p {attributes(100)}>It fell.</p>" * (MAX_ATTRIBUTES // 100 + 1), Status.TOO_LARGE),
        ("<p>It fell." * (MAX_ELEMENTS + 1), Status.TOO_LARGE),
        (("<div>" * 240 + "It fell." + "</div>" * 240) * (MAX_DEPTH_OF_ALL // (120 * 240) + 1), Status.TOO_LARGE),
        ("<p>" + "a < b & " * 1_000_000, None),
        (f"<p>{'x' * 9_000_000}</p>", None),
        (f"<p>a{' ' * 9_000_000}b</p>", None),
        ("<!--" * 1_000_000, Status.EMPTY),
        # Just within each limit:
        ("<p>It fell on Monday." * (MAX_ELEMENTS - 10), None),
        ("<div><p>It fell on Monday, said the mayor of the town.</p></div>" * (MAX_ELEMENTS // 2 - 10), None),
        (f"<p {attributes(MAX_ATTRIBUTES_OF_ONE - 1)}>It fell.</p>" * 190, None),
        (("<div>" * (MAX_DEPTH - 10) + "It fell." + "</div>" * (MAX_DEPTH - 10)) * 16, None),
    ],
)
def test_a_hostile_page_ends(page: str, status: Status | None) -> None:
    article, taken = read_one(page, ".html")
    assert (article.status if isinstance(article, FailedArticle) else None) == status
    assert taken < PAGE_S


@pytest.mark.parametrize(
    "unit", ["[", "![", "](", "[a](", "*a_ ", "**a", "`a", "> ", "- ", "- a\n", "<div>\n\n", "<!--", "|a"]
)
def test_hostile_markdown_of_four_megabytes_is_refused_at_once(unit: str) -> None:
    article, taken = read_one(unit * (4_000_000 // len(unit)), ".md")
    assert isinstance(article, FailedArticle)
    assert article.status is Status.TOO_LARGE
    assert taken < 1


@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("[" * 900_000, Status.TOO_LARGE),
        ("[" * MAX_BRACKETS, None),
        ("[a](" * MAX_BRACKETS, None),
        ("![a][b](" * (MAX_BRACKETS // 2), None),
        ("> " * 100_000 + "x", Status.EMPTY),  # nested deeper than the parser goes
        ("> a\n" * 100_000, None),
        ("".join("  " * i + "- a\n" for i in range(900)), None),
        ("*a_ " * 100_000, None),
        ("`a" * 100_000, None),
        ("<div>\n\n" * 10_000, Status.EMPTY),
    ],
)
def test_hostile_markdown_within_the_limit_ends(source: str, status: Status | None) -> None:
    article, taken = read_one(source, ".md")
    assert (article.status if isinstance(article, FailedArticle) else None) == status
    assert taken < PAGE_S


PATTERNS = [
    *(
        " ",
        '"',
        "“",
        ".",
        "…",
        "...",
        "Mr. ",
        "1",
        "1,000.5 ",
        "(",
        ")",
        "[1]",
        "[",
        "A. ",
        "A.B.",
        "x",
        "\t",
        "\u2028",
    ),
    *(
        ". ”",
        '." ',
        "U.S. ",
        "a.m. ",
        "?!",
        "-",
        "- ",
        "• ",
        "*",
        "http://a.b/",
        "www.",
        "e.g. ",
        "’s ",
        "é",
        "。",
        "\r",
        "\n ",
    ),
]


def growth(work: Callable[[str], object], unit: str) -> float:
    """Return how many times longer four times the text takes: 4 where time is linear, 16 where quadratic.

    Of three runs the fastest counts: what else the machine does only adds to a run.
    """
    short, long = unit * (60_000 // len(unit)), unit * (240_000 // len(unit))
    fastest_short, fastest_long = (min(seconds(partial(work, text)) for _ in range(3)) for text in (short, long))
    return fastest_long / max(fastest_short, 0.002)


@pytest.mark.parametrize("unit", PATTERNS)
def test_splitting_time_grows_with_the_length_only(unit: str) -> None:
    assert growth(lambda text: split_sentences(f"So it ended.{text} End"), unit) < 9


@pytest.mark.parametrize("unit", ["n", "x ", "it ", "one or two ", "expected to ", "is not known whether "])
def test_finding_the_edges_of_cues_grows_with_the_length_only(unit: str) -> None:
    def mark_all(text: str) -> list[Offsets]:
        text += " expected to fall by June."
        cues = [word.span() for word in re.finditer(r"\S+ expected|expected|two|not known", text)]
        return conventional(text, Label.UNVERIFIED, cues, (0, 1))

    assert growth(mark_all, unit) < 9


@pytest.mark.parametrize("unit", ["n", "X ", "A. ", "said ", '"a" said ', "X of Y ", "according to "])
def test_finding_the_source_grows_with_the_length_only(unit: str) -> None:
    assert growth(lambda text: find_source(f"{text} said X."), unit) < 9


def test_one_word_of_five_megabytes_is_split_soon() -> None:
    assert seconds(lambda: split_sentences("x" * 5_000_000)) < PAGE_S


MARKUP = (" ", "\t", '"', '""', ",", ";", "\r", "\n ", "x", "é ", "[", "-", "*", "&", "<", "='", "\0x")
READ = [(suffix, unit) for suffix in (".csv", ".jsonl", ".md", ".html") for unit in MARKUP]


@pytest.mark.parametrize(("suffix", "unit"), READ)
def test_reading_time_grows_with_the_length_only(suffix: str, unit: str) -> None:
    head = {".csv": "text\n", ".md": "---\ntitle: x\n", ".html": "<p>"}.get(suffix, "")
    assert growth(lambda text: list(read_stream(BytesIO((head + text).encode()), suffix)), unit) < 9


@pytest.mark.parametrize(
    "head", [b"<meta charset=" + b" " * 900, b"charset" * 200, b"encoding = ' " * 100, b"charset=" + b"x" * 5_000]
)
def test_a_hostile_declaration_of_the_encoding_ends(head: bytes) -> None:
    assert seconds(lambda: list(read_stream(BytesIO(head + b"\xff" * 100_000), ".html"))) < PAGE_S
