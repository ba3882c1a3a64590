import time
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flagger.sentences import split_sentences
from tests.sentence_cases import CASES, read_case

PIECES = [
    *(
        "U.S.",
        "Gen.",
        "p.m.",
        "He left",
        "The army",
        "no",
        "3.5",
        "said Ortiz",
        "it's",
        "- ",
        "1. ",
        "• ",
        "\x00",
        "🎉",
    ),
    *(". ", "? ", "…", "...", "。", '"', "“", "”", "(", ")", "[1]", " ", "\t", "\u00a0", "\u2028", "\n", "\n\n"),
    "\r\n",
]
NEWS_PIECES = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


@pytest.mark.parametrize("marked", CASES.values(), ids=CASES.keys())
def test_hard_cases(marked: str) -> None:
    text, expected = read_case(marked)
    assert [sentence.text for sentence in split_sentences(text)] == expected


@given(st.one_of(st.text(), NEWS_PIECES))
@example("\ud800. \udfff")
@example("a.\x1c\x1d\x85B")
def test_sentences_cover_the_text(text: str) -> None:
    sentences = split_sentences(text)
    assert [sentence.index for sentence in sentences] == list(range(len(sentences)))
    for sentence in sentences:
        assert text[sentence.start : sentence.end] == sentence.text
        assert sentence.text
        assert sentence.text == sentence.text.strip()
    for before, after in pairwise(sentences):
        assert before.end <= after.start
    uncovered = list(text)
    for sentence in sentences:
        uncovered[sentence.start : sentence.end] = " " * len(sentence.text)
    assert not "".join(uncovered).strip()


@given(NEWS_PIECES)
@example('. "\nU.S.')  # what stands on the next line once decided about the quotation mark
def test_line_ends_of_any_kind_mean_the_same(text: str) -> None:
    text = text.replace("\r\n", "\n")
    with_newlines = [sentence.text for sentence in split_sentences(text)]
    with_returns = [sentence.text.replace("\r\n", "\n") for sentence in split_sentences(text.replace("\n", "\r\n"))]
    assert with_newlines == with_returns


@given(NEWS_PIECES, NEWS_PIECES)
def test_a_blank_line_always_ends_a_sentence(above: str, below: str) -> None:
    middle = len(above)
    assert not any(sentence.start < middle < sentence.end for sentence in split_sentences(f"{above}\n\n{below}"))


def test_a_wrapped_sentence_keeps_its_newlines() -> None:
    text = "The port of Ellis was shut on Monday after a tanker ran aground and leaked\nfuel into the bay."
    assert [sentence.text for sentence in split_sentences(text)] == [text]


@pytest.mark.parametrize(
    "piece",
    [
        *("(", ".", '"', "“", "a", "\n", " ", "\r", "。", "A.", "A. ", ". ", "! ", '.")', " ”", " 🎉", "[1]", "    "),
        *("a\n", "- a\n", "1. ", "abc.Abc", '?" Ana Ruiz ', "(Inc. ", "word word word word word word word,\n"),
    ],
)
def test_time_grows_with_the_length_only(piece: str) -> None:
    def seconds(n: int) -> float:
        text = "So it ended." + piece * n + " End"
        start = time.process_time()
        split_sentences(text)
        return time.process_time() - start

    pairs = ((seconds(5_000), seconds(40_000)) for _ in range(5))  # a loaded machine spoils some of them
    assert any(long < 30 * short for short, long in pairs)  # linear is 8, quadratic is 64
