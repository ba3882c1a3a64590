from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flagger.labels import Label
from flagger.results import Article, FailedArticle, Status
from tests.conftest import stub_flagger

RUMOUR = "It reportedly fell."
LOGITS = {RUMOUR: [0.0, 0.0, 5.0, 1.0], "X fell.": [3.0, 0.0, 0.0, 0.0]}
CUES = {RUMOUR: [(3, 13)]}


def test_offsets_are_those_of_the_article() -> None:
    article = Article(f"Nothing here?\n\n{RUMOUR} X fell.")
    flags = stub_flagger(LOGITS, CUES).flag(article)
    assert [f.label for f in flags] == [Label.NO_CLAIM, Label.UNVERIFIED, Label.CONFIRMED]
    assert all(article.text[f.start : f.end] == f.text for f in flags)
    (cue,) = flags[1].cues
    assert article.text[cue.start : cue.end] == cue.text == "reportedly"
    source = flags[2].source
    assert source is not None
    assert article.text[source.start : source.end] == "X"


def test_no_claim_carries_no_spans() -> None:
    flags = stub_flagger({}, {"X is it?": [(0, 1)]}).flag("X is it?")
    assert (flags[0].label, flags[0].cues, flags[0].source) == (Label.NO_CLAIM, [], None)


def test_three_way_gives_every_sentence_a_flag() -> None:
    flags = stub_flagger(LOGITS).flag(f"{RUMOUR} Is it so?", three_way=True)
    assert Label.NO_CLAIM not in {f.label for f in flags}


def test_three_flags_share_the_whole_whatever_no_claim_had() -> None:
    shares = np.log([0.1, 0.1, 0.2])
    for no_claim in (np.log(0.6), 1000.0):
        (flag,) = stub_flagger({RUMOUR: [*shares, no_claim]}).flag(RUMOUR, three_way=True)
        assert flag.label is Label.UNVERIFIED
        assert list(flag.probabilities.values()) == pytest.approx([0.25, 0.25, 0.5, 0.0])


def test_flag_sentences_keeps_the_frame_of_each_sentence() -> None:
    flags = stub_flagger(LOGITS, CUES).flag_sentences(["Is it?", RUMOUR])
    assert [(f.index, f.start, f.end) for f in flags] == [(0, 0, 6), (1, 0, len(RUMOUR))]
    assert flags[1].cues[0].text == "reportedly"
    assert stub_flagger({}).flag_sentences([]) == []


def test_sentences_that_an_article_names_are_flagged_where_they_are() -> None:
    text = f"* {RUMOUR} - X fell."
    article = Article(text, sentences=((2, 2 + len(RUMOUR)), (len(text) - 7, len(text))))
    flags = stub_flagger(LOGITS, CUES).flag(article)
    assert [(f.index, f.text, f.label) for f in flags] == [
        (0, RUMOUR, Label.UNVERIFIED),
        (1, "X fell.", Label.CONFIRMED),
    ]
    assert text[flags[0].cues[0].start : flags[0].cues[0].end] == "reportedly"
    (result,) = stub_flagger({}).flag_many([Article(text, sentences=())])
    assert result.status is Status.EMPTY


@pytest.mark.parametrize("sentences", [((0, 9),), ((-1, 2),), ((3, 2),), ((0, 4), (3, 5)), ((4, 5), (0, 1))])
def test_sentences_that_do_not_lie_in_the_text_are_refused(sentences: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(ValueError, match=r"article 'a': sentence [01] goes from .* expected it to start"):
        stub_flagger({}).flag(Article("It fell.", id="a", sentences=sentences))


@pytest.mark.parametrize("wrong", ["one string", [1, 2], [None]])
def test_flag_sentences_refuses_what_is_no_list_of_sentences(wrong: object) -> None:
    with pytest.raises(TypeError, match="sequence of strings"):
        stub_flagger({}).flag_sentences(wrong)  # type: ignore[arg-type]


def test_flag_many_is_lazy_ordered_and_passes_failures_through() -> None:
    taken = []

    def articles() -> Iterator[Article | FailedArticle]:
        for i in range(500):
            taken.append(i)
            yield FailedArticle("bad", None, Status.MALFORMED, "broken") if i == 1 else Article(RUMOUR, id=str(i))

    results = stub_flagger(LOGITS).flag_many(articles())
    first, second, third = next(results), next(results), next(results)
    assert len(taken) < 200
    assert (first.id, first.flags[0].label) == ("0", Label.UNVERIFIED)
    assert (second.id, second.status, second.reason, second.flags) == ("bad", Status.MALFORMED, "broken", [])
    assert third.id == "2"


def test_a_text_without_sentences_is_empty() -> None:
    (result,) = stub_flagger({}).flag_many([" \n\t"])
    assert result.status is Status.EMPTY


def test_other_types_are_refused() -> None:
    with pytest.raises(TypeError, match="expected a str or an Article, got bytes"):
        stub_flagger({}).flag(b"text")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="expected an Article's text to be a str, got NoneType"):
        stub_flagger({}).flag(Article(None))  # type: ignore[arg-type]


@pytest.mark.parametrize("one", [RUMOUR, Article(RUMOUR)])
def test_flag_many_refuses_one_text(one: str | Article) -> None:
    with pytest.raises(TypeError, match="use flag for one"):
        next(stub_flagger({}).flag_many(one))  # type: ignore[arg-type]


def test_lone_surrogates_are_replaced_and_offsets_hold() -> None:
    for flags in (
        stub_flagger({}).flag("It \ud800 fell."),
        stub_flagger({}).flag(Article("It \udfff fell.")),
        stub_flagger({}).flag_sentences(iter(["It \ud800 fell."])),  # type: ignore[arg-type]
    ):
        assert [(f.start, f.end, f.text) for f in flags] == [(0, 10, "It \ufffd fell.")]


@settings(max_examples=50)
@given(st.lists(st.sampled_from([RUMOUR, "X fell.", "Is it?"]), min_size=1, max_size=5), st.integers(0, 3))
def test_a_result_depends_on_the_article_alone(sentences: list[str], n_before: int) -> None:
    flagger = stub_flagger(LOGITS, CUES)
    text = "\n\n".join(sentences)
    *_, last = flagger.flag_many(["Some other text.\n\n" * 40] * n_before + [text])
    assert last.flags == flagger.flag(text)
