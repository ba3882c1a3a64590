from typing import Any

import pytest

from flagger.cli.conditions import parse_condition
from flagger.errors import ConfigError


def _record(n_unverified: int, share: float | None) -> dict[str, Any]:
    return {"n_unverified": n_unverified, "share_unverified": share}


@pytest.mark.parametrize(
    ("text", "record", "holds"),
    [
        ("any unverified", _record(1, 0.1), True),
        ("any unverified", _record(0, 0.0), False),
        ("unverified>0.3", _record(1, 0.31), True),
        ("unverified > .3", _record(1, 0.3), False),
        ("unverified>0", _record(1, 0.01), True),
        ("unverified>0", _record(0, None), False),  # no sentence makes a claim
    ],
)
def test_a_condition_tests_an_article(text: str, record: dict[str, Any], holds: bool) -> None:
    assert parse_condition(text)(record) is holds


@pytest.mark.parametrize(
    "text", ["", "any", "any no_claim", "any doubt", "unverified", "unverified<0.3", "unverified>30", "unverified>x"]
)
def test_anything_else_is_told(text: str) -> None:
    with pytest.raises(ConfigError, match=r"--fail-on: expected 'any FLAG' or 'FLAG>SHARE'"):
        parse_condition(text)
