"""The shipped transformer says of the sample articles what it said when it was shipped.

python -m tests.test_golden    write down what it says now
"""

import json
from pathlib import Path
from typing import Any

import pytest

from flagger import Flagger
from flagger.reading import read

GOLDEN = Path(__file__).with_name("golden.json")
KEPT = ("text", "label", "cues", "source")
TOLERANCE = 0.05  # of a probability: what another processor's arithmetic may change


def _said() -> dict[str, list[dict[str, Any]]]:
    articles = (article for path in sorted(Path("datasets/samples").iterdir()) for article in read(path))
    return {
        result.id: [
            {
                "text": flag.text,
                "label": str(flag.label),
                "probabilities": {label: round(p, 3) for label, p in flag.probabilities.items()},
                "cues": [cue.text for cue in flag.cues],
                "source": flag.source and flag.source.text,
            }
            for flag in result.flags
        ]
        for result in Flagger.load("transformer").flag_many(articles)
    }


def test_it_says_what_it_said() -> None:
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    said = _said()
    assert said.keys() == golden.keys()
    for article, flags in golden.items():
        for wanted, found in zip(flags, said[article], strict=True):
            assert found["probabilities"] == pytest.approx(wanted["probabilities"], abs=TOLERANCE), wanted
            *_, second, first = sorted(wanted["probabilities"].values())
            if first - second > 2 * TOLERANCE:
                assert {key: found[key] for key in KEPT} == {key: wanted[key] for key in KEPT}


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(_said(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
