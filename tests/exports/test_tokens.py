import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flagger.exports.tokens import tokenize


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("It fell.", ["It", "fell", "."]),
        ("U.S. won't", ["U", ".", "S", ".", "won", "'", "t"]),
        ("3,000 a_b", ["3", ",", "000", "a_b"]),
        ("Zoe\u0308s 🔥\ufe0f!", ["Zoe\u0308s", "🔥\ufe0f", "!"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        (" \r\n\t", []),
        ("", []),
    ],
)
def test_words_and_marks_are_tokens(text: str, tokens: list[str]) -> None:
    assert [text[start:end] for start, end in tokenize(text)] == tokens


def test_a_token_ends_where_a_span_does() -> None:
    assert tokenize("reportedly", {3, 9}) == [(0, 3), (3, 9), (9, 10)]


@settings(max_examples=50, deadline=None)
@given(st.text(), st.sets(st.integers(0, 9)))
def test_tokens_cover_all_but_white_space(text: str, boundaries: set[int]) -> None:
    tokens = tokenize(text, boundaries)
    assert "".join(text[start:end] for start, end in tokens) == "".join(text.split())
    assert not any(start < boundary < end for start, end in tokens for boundary in boundaries)
