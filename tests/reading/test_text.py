from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st

from flagger.reading import read_stream
from flagger.reading.encoding import detect
from flagger.results import Article

WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\r\t"), min_size=1)


@given(WORDS.filter(lambda text: not text.isspace() and detect(text.encode()) == "utf-8"))
def test_utf8_text_comes_back_as_it_stands(text: str) -> None:
    assert list(read_stream(BytesIO(text.encode()))) == [Article(text, id="-", path="-")]


def test_only_the_byte_order_mark_goes() -> None:
    (article,) = read_stream(BytesIO(b"\xef\xbb\xbf  Head\r\n\r\nText \xe2\x80\x8f\r"))
    assert isinstance(article, Article)
    assert article.text == "  Head\r\n\r\nText \u200f\r"
