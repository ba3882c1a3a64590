import pytest

from flagger.classifiers.attribution import find_source


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("Police said three people were held.", "Police"),
        ("But the mayor of Lodz later told reporters it was over.", "the mayor of Lodz"),
        ("Rain fell, according to the weather office.", "the weather office"),
        ('"It is over," said Anna Lind, the club captain.', "Anna Lind"),
        ("“We left at noon,” she said.", "she"),
        ("The company has confirmed the sale.", "The company"),
        ("The bridge fell.", None),
        ("It said nothing.", None),
        ("While such reports multiply, the mayor is silent.", None),
        ("He is understood to have told them so.", None),
        ("MOSUL, Feb 3 - Two were hurt when a bus left the road, the highway police said.", "the highway police"),
    ],
)
def test_the_source_is_who_is_said_to_speak(text: str, source: str | None) -> None:
    found = find_source(text)
    assert (text[slice(*found)] if found else None) == source


def test_it_is_linear_in_a_long_sentence() -> None:
    assert find_source("word " * 50_000) is None
    assert find_source('"' * 50_000) is None
