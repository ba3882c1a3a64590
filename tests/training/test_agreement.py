from dataclasses import replace

import pytest

from flagger.errors import DatasetError
from flagger.labels import Label
from flagger.training.agreement import agreement
from flagger.training.dataset import LabelledArticle
from tests.conftest import small_articles


def _read_twice(*, slips: bool) -> LabelledArticle:
    """The second reader sees the same, or takes the rumour for an estimate and misses a cue."""
    article = small_articles()[0]
    sentences = []
    for s in article.sentences:
        second = s.final
        first = None
        if slips and s.final.label is Label.UNVERIFIED:
            second, first = replace(s.final, label=Label.ESTIMATED), s.final.label
        elif slips and len(s.final.cues) == 2:
            second = replace(s.final, cues=s.final.cues[:1])
        sentences.append(replace(s, second=second, first_label=first))
    return replace(article, sentences=tuple(sentences))


def test_readers_that_agree_have_kappa_one() -> None:
    found = agreement([_read_twice(slips=False), small_articles()[1]])
    assert (found["n_sentences"], found["n_read_twice"], found["n_resolved"]) == (10, 5, 0)
    assert (found["kappa"], found["cues"], found["sources"]) == (1.0, 1.0, 1.0)


def test_a_slip_lowers_what_it_touches() -> None:
    found = agreement([_read_twice(slips=True)])
    # Four of five agree; by chance 2/5*2/5 + 1/5*2/5 + 1/5*0 + 1/5*1/5 = 7/25 would.
    assert found["kappa"] == pytest.approx((4 / 5 - 7 / 25) / (1 - 7 / 25), abs=1e-4)
    assert found["labels"]["no_claim"] == 1.0
    assert found["labels"]["unverified"] == 0.0
    assert found["n_resolved"] == 1
    assert found["strata"] == {"natural": {"n": 5, "kappa": found["kappa"]}}
    assert found["cues"] == pytest.approx(2 / 3, abs=1e-4)


def test_without_a_second_reading_there_is_none() -> None:
    with pytest.raises(DatasetError, match="read twice"):
        agreement(small_articles())
