from dataclasses import replace

from flagger.training.artefacts import guess_labels
from tests.conftest import small_articles


def test_guessers_see_what_they_are_told_to_see() -> None:
    train = [a for a in small_articles() if a.split == "train"]
    found = guess_labels(train, train)
    assert found["majority"] == {"accuracy": 0.3, "macro_f1": 0.1154}
    assert found["cue strings"]["accuracy"] == 0.8  # sentences without a cue look alike
    assert found["register"]["accuracy"] == 0.3  # there is but one


def test_a_register_that_tells_the_label_is_caught() -> None:
    articles = [
        replace(a, id=f"{a.id}-{i}", register=str(s.final.label), sentences=(s,))
        for a in small_articles()
        for i, s in enumerate(a.sentences)
    ]
    train = [a for a in articles if a.split == "train"]
    assert guess_labels(train, train)["register"]["accuracy"] > 0.9
