from io import BytesIO

import pytest

from flagger.reading import read_stream
from flagger.reading.markdown import MAX_BYTES
from flagger.results import Article, FailedArticle, Status


def read_document(source: str) -> Article | FailedArticle:
    (article,) = read_stream(BytesIO(source.encode()), ".md")
    return article


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (
            "# Head\n\nPara one\nstill one.\n\nPara *two* **bold** `code` ~~old~~.",
            "Head\n\nPara one still one.\n\nPara two bold code old.",
        ),
        ("Setext\n===\ntext  \nbreak", "Setext\n\ntext\nbreak"),
        ("- one\n- two\n  - three\n\n1. four", "one\n\ntwo\n\nthree\n\nfour"),
        ("> quoted\n> words\n\n---\n\nend", "quoted words\n\nend"),
        (
            "See [the report](http://x.org 'title'), <http://y.org> and [ref].\n\n[ref]: http://z.org",
            "See the report, http://y.org and ref.",
        ),
        ("![alt text](a.png)\n\nText ![alt](b.png) goes on.", "Text  goes on."),
        ("Text\n\n```py\ncode()\n```\n\n    indented()\n\nend", "Text\n\nend"),
        ("| a | b |\n|---|---|\n| 1 | *2* |", "a | b\n\n1 | 2"),
        ("A &amp; B, \\*not bold\\*, <b>tags</b> gone <!-- too -->.", "A & B, *not bold*, tags gone ."),
        ("| a<br>b |\n|---|\n\nIt fell.<br/>It rose, \\<br> and all.", "a\nb\n\nIt fell.\nIt rose, <br> and all."),
        ("<div>block <i>html</i></div>\n\n<!-- comment -->\n\nend", "block html\n\nend"),
        ("---\n\nA rule, then text\n\n---", "A rule, then text"),
        ("> " * 60 + "deep", "deep"),
        ("".join("  " * i + f"- item {i}\n" for i in range(15)), "\n\n".join(f"item {i}" for i in range(15))),
    ],
)
def test_markup_goes_and_words_stay(source: str, text: str) -> None:
    article = read_document(source)
    assert isinstance(article, Article)
    assert article.text == text


@pytest.mark.parametrize(
    "front_matter",
    [
        "---\ntitle: 'Troops arrive'\nlayout: post\ndate: 2024-10-23\nAuthor: Jane Doe\n---\n",
        '---\r\ntitle: "Troops arrive"\r\ndate: 2024-10-23\r\nauthor: Jane Doe\r\n---\r\n',
        '+++\ntitle = "Troops arrive"\ndate = 2024-10-23\nauthor = "Jane Doe"\n+++\n',
    ],
)
def test_front_matter_gives_the_metadata(front_matter: str) -> None:
    article = read_document(front_matter + "\nThe text.\n")
    assert article == Article("The text.", "-", "-", title="Troops arrive", date="2024-10-23", author="Jane Doe")


def test_an_empty_field_takes_nothing_from_the_next_line() -> None:
    article = read_document("---\ntitle:\nauthor: Ann\n---\nThe text.\n")
    assert article == Article("The text.", "-", "-", author="Ann")


@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("", Status.EMPTY),
        ("---\ntitle: Only\n---\n", Status.EMPTY),
        ("![picture](a.png)", Status.EMPTY),
        ("x" * (MAX_BYTES + 1), Status.TOO_LARGE),
    ],
)
def test_documents_without_a_text_get_a_status(source: str, status: Status) -> None:
    article = read_document(source)
    assert isinstance(article, FailedArticle)
    assert article.status is status


@pytest.mark.parametrize("source", ["[" * 5000, "*a " * 5000, "> " * 5000 + "x", "`a" * 5000])
def test_hostile_markup_ends(source: str) -> None:
    assert isinstance(read_document(source), (Article, FailedArticle))
