from pathlib import Path

import pytest

from flagger.errors import DatasetError
from flagger.labels import Label
from flagger.training.dataset import read_articles
from flagger.training.rulings import ENOUGH, Ruling, count_rulings, read_list, read_rulings
from tests.conftest import small_articles

GUIDELINE = """
## Traps that decide quality
- **Scope**: the marker must bear on the main claim.
## Rulings on close calls
| wording | label | why |
|---|---|---|
| was arrested / charged | confirmed | an act |
| declined to comment · declined to comment on whether P | confirmed · unverified | the act · the question |
| it is odd that P | by P | |
## Spans
| not | a | ruling |
"""


def test_traps_and_rows_are_found(tmp_path: Path) -> None:
    path = tmp_path / "g.md"
    path.write_text(GUIDELINE)
    assert read_rulings(path) == [
        Ruling("Scope", ()),
        Ruling("was arrested / charged", (Label.CONFIRMED,)),
        Ruling("declined to comment · declined to comment on whether P", (Label.CONFIRMED, Label.UNVERIFIED)),
        Ruling("it is odd that P", ()),
    ]
    path.write_text("nothing")
    with pytest.raises(DatasetError, match="no traps"):
        read_rulings(path)


def test_what_a_list_gets_wrong_is_told() -> None:
    rulings = [Ruling("arrested", (Label.CONFIRMED,)), Ruling("odd", ())]
    listed = {"arrested": ["train-2#0", "train-2#0", "train-2#1", "nowhere#0"], "old": []}
    counts, faults = count_rulings(rulings, listed, small_articles())
    assert counts == {"arrested": 1, "odd": 0}
    assert faults == [
        "no ruling of the guideline reads 'old'",
        "'arrested': train-2#1 is unverified, not confirmed",
        "'arrested': there is no sentence nowhere#0",
        f"'arrested' is shown by 1 sentences, expected {ENOUGH}",
        f"'odd' is shown by 0 sentences, expected {ENOUGH}",
    ]


def test_every_ruling_is_shown_often_enough() -> None:
    rulings = read_rulings(Path("datasets/GUIDELINE.md"))
    assert len(rulings) > 60
    _, faults = count_rulings(
        rulings, read_list(Path("datasets/rulings.json")), read_articles(Path("datasets/articles"))
    )
    assert faults == []


@pytest.mark.parametrize("content", ["", "[]", '{"a": 1}'])
def test_a_list_of_another_shape_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "r.json"
    path.write_text(content)
    with pytest.raises(DatasetError, match=r"r\.json"):
        read_list(path)
