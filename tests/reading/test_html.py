from io import BytesIO

import pytest

from flagger.reading import read_stream
from flagger.reading.html import MAX_BYTES, strip_tags
from flagger.results import Article, FailedArticle, Status

SENTENCE = "The ministry said on <b>Monday</b> that <a href='/x'>3,000 troops</a> had arrived in the region."
PLAIN = "The ministry said on Monday that 3,000 troops had arrived in the region."
MENU = "<nav><ul><li><a href='/'>Home</a></li><li><a href='/world'>World</a></li></ul></nav>"
HEAD = (
    "<head><title>Troops arrive</title><meta name='author' content='Jane Doe'>"
    "<meta property='article:published_time' content='2024-10-23T10:00:00Z'></head>"
)


def read_page(html: str | bytes) -> Article | FailedArticle:
    (article,) = read_stream(BytesIO(html.encode() if isinstance(html, str) else html), ".html", "page.html")
    return article


def read_good_page(html: str | bytes) -> Article:
    article = read_page(html)
    assert isinstance(article, Article), article
    return article


@pytest.mark.parametrize("n_paragraphs", [1, 30])
def test_main_text_and_metadata_without_the_menu(n_paragraphs: int) -> None:
    paragraphs = "".join(f"<p>{SENTENCE} Part {i}.</p>" for i in range(n_paragraphs))
    page = f"<html>{HEAD}<body>{MENU}<article><h1>Troops arrive</h1>{paragraphs}</article></body></html>"
    article = read_good_page(page)
    lines = article.text.split("\n\n")
    assert lines[-n_paragraphs:] == [f"{PLAIN} Part {i}." for i in range(n_paragraphs)]
    assert "Home" not in article.text
    assert (article.title, article.date, article.author) == ("Troops arrive", "2024-10-23", "Jane Doe")


@pytest.mark.parametrize(
    "page",
    [
        f"<p>{SENTENCE}</p>",
        f"<div>{SENTENCE}</div>",
        f"<html><body>{SENTENCE}</body></html>",
        f"<html><body><table><tr><td>{SENTENCE}</td></tr></table></body></html>",
        f"<html><body><p>{SENTENCE}",
        f"<script>var x = 1</script><!-- no --><p>{SENTENCE}</p>",
        PLAIN,
    ],
)
def test_small_and_sloppy_pages_give_their_text(page: str) -> None:
    assert read_good_page(page).text == PLAIN


@pytest.mark.parametrize(
    "page",
    [
        "<?xml version='1.0' encoding='windows-1251'?><html><body><p>Около трёх тысяч солдат.</p></body></html>",
        "<html><head><meta charset=windows-1251></head><body><p>Около трёх тысяч солдат.</p></body></html>",
    ],
)
def test_declared_encoding(page: str) -> None:
    assert read_good_page(page.encode("cp1251")).text == "Около трёх тысяч солдат."


@pytest.mark.parametrize(
    ("page", "status"),
    [
        ("", Status.EMPTY),
        ("<html></html>", Status.EMPTY),
        ("<html><body><script>var x = 1</script></body></html>", Status.EMPTY),
        ("<div>" * 100_000 + "text" + "</div>" * 100_000, Status.MALFORMED),
        ("<div>" * 40_000 + "text" + "</div>" * 40_000, Status.MALFORMED),
        ("<p>Before.</p>" + "<div>" * 300 + "<p>Lost.</p>" + "</div>" * 300, Status.MALFORMED),
        ("x" * (MAX_BYTES + 1), Status.TOO_LARGE),
        (b"%PDF-1.4 renamed", Status.BINARY),
    ],
)
def test_pages_without_a_text_get_a_status(page: str | bytes, status: Status) -> None:
    article = read_page(page)
    assert isinstance(article, FailedArticle)
    assert article.status is status
    assert article.reason.endswith(".")


def test_control_characters_and_lone_surrogates_do_no_harm() -> None:
    text = read_good_page("<html><body><p>Some \0 text &#0; here &#xD800; and \x01 there.</p></body></html>").text
    assert text.startswith("Some")
    text.encode()


def test_strip_tags() -> None:
    assert strip_tags("<details>One <i>two</i><!-- no --></details>") == "One two"
    assert strip_tags("<!-- no -->") == ""


def test_an_error_of_the_extractor_is_a_status(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError("surprise")

    monkeypatch.setattr("trafilatura.bare_extraction", fail)
    article = read_page(f"<p>{SENTENCE}</p>")
    assert isinstance(article, FailedArticle)
    assert article.status is Status.MALFORMED
    assert "surprise" in article.reason


@pytest.mark.parametrize("n_paragraphs", [1, 30])
@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<div>Two more are missing.</div>", "Two more are missing."),
        ("<div>Two are <b>dead</b>.<br>More are missing.</div>", "More are missing."),
        ("Two more are <b>missing</b>, police say.", "Two more are missing, police say."),
        ("<p>It opens on <time datetime='2026-03-04'>4 March</time>, he said.</p>", "It opens on 4 March, he said."),
        ("<p>Shares of <span class='share-price'>Alto</span> may fall.</p>", "Shares of Alto may fall."),
        ("<p>It was <q>dead in the water</q>, she said.</p>", "It was “dead in the water”, she said."),
        ("<table><tr><th>Town</th><th>Dead</th></tr><tr><td>Alto</td><td>4</td></tr></table>", "Town | Dead"),
    ],
)
def test_what_stands_amid_the_text_stays_there(html: str, text: str, n_paragraphs: int) -> None:
    before = "".join(f"<p>{SENTENCE} Part {i}.</p>" for i in range(n_paragraphs))
    page = f"<html>{HEAD}<body>{MENU}<article>{before}{html}<p>{SENTENCE}</p></article></body></html>"
    lines = [" ".join(line.split()) for line in read_good_page(page).text.split("\n\n")]
    assert text in lines[n_paragraphs:-1]
    assert not any(line.startswith("-") for line in lines)


def test_words_that_are_no_sentence_do_not_become_one() -> None:
    page = f"<body><article><p>{SENTENCE}</p><div>Advertisement</div>Share<p>It fell.</p></article></body>"
    assert read_good_page(page).text.split("\n\n") == [PLAIN, "It fell."]


def test_the_date_of_a_byline_is_still_found() -> None:
    byline = "<p>Jane Doe, <time datetime='2024-10-23'>a month ago</time></p>"
    assert read_good_page(f"<body><article>{byline}<p>{SENTENCE}</p></article></body>").date == "2024-10-23"
