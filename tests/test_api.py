import inspect
from pathlib import Path

import pytest

import flagger
from flagger import Article, Flagger, Label, flag, flag_many, flag_sentences

SENTENCE = "South Korean lawmakers now estimate that up to 3,000 troops have arrived."


def test_every_public_name_is_there() -> None:
    assert sorted(flagger.__all__) == sorted(set(flagger.__all__))
    for name in flagger.__all__:
        assert getattr(flagger, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'flagg'"):
        flagger.flagg  # noqa: B018


def test_flag_as_the_readme_shows_it() -> None:
    (found,) = flag(SENTENCE)
    assert found.label is Label.ESTIMATED
    assert list(found.probabilities) == ["confirmed", "estimated", "unverified", "no_claim"]
    assert sum(found.probabilities.values()) == pytest.approx(1)
    assert found.confidence == max(found.probabilities.values())
    assert (found.start, found.end, found.text) == (0, len(SENTENCE), SENTENCE)
    for span in [*found.cues, *([found.source] if found.source else [])]:
        assert SENTENCE[span.start : span.end] == span.text


def test_the_default_model_is_loaded_once() -> None:
    assert flag("It fell.")[0].model == next(flag_many(["It fell."])).flags[0].model
    flagger._loaded.cache_clear()
    flag("It fell.")
    flag("It fell.")
    assert flagger._loaded.cache_info().hits == 1


def test_a_model_can_be_named(small_model: Path) -> None:
    assert flag("It fell.", model=small_model)[0].model.startswith("small@")
    assert Flagger.load("baseline").flag_sentences(["It fell.", "Did it?"])[1].start == 0


def test_a_text_can_be_split_already(small_model: Path) -> None:
    flags = flag_sentences(["It fell.", "Did it?"], model=small_model, three_way=True)
    assert flags == Flagger.load(small_model).flag_sentences(["It fell.", "Did it?"], three_way=True)
    with pytest.raises(TypeError, match="sequence of strings"):
        flag_sentences("It fell.", model=small_model)


def test_three_way() -> None:
    assert flag("What a day!", three_way=True)[0].label is not Label.NO_CLAIM
    (result,) = flag_many([Article("What a day!", id="a")], three_way=True)
    assert (result.id, result.flags[0].probabilities["no_claim"]) == ("a", 0.0)


@pytest.mark.parametrize("name", [n for n in flagger.__all__ if n[0].isupper() and not n.isupper()])
def test_public_names_are_documented(name: str) -> None:
    assert inspect.getdoc(getattr(flagger, name))


def test_the_module_docstring_is_true() -> None:
    import doctest

    assert doctest.testmod(flagger).failed == 0
