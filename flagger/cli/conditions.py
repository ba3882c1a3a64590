"""Conditions on an article, for --fail-on."""

import re
from collections.abc import Callable
from typing import Any

from flagger.errors import ConfigError
from flagger.labels import FLAGS

Condition = Callable[[dict[str, Any]], bool]
"""Tests an article's summary record."""


def parse_condition(text: str) -> Condition:
    """Turn ``any unverified`` or ``unverified>0.3`` into a test.

    The first holds where any sentence has the flag; the second where its share among the sentences with a claim, 0 to
    1, is larger, which it never is where no sentence makes a claim.

    Raises:
        ConfigError: If the text is neither.
    """
    if (match := re.fullmatch(r"\s*any\s+(\w+)\s*", text)) and match[1] in FLAGS:
        count = f"n_{match[1]}"
        return lambda record: record[count] > 0
    match = re.fullmatch(r"\s*(\w+)\s*>\s*(\d*\.?\d+)\s*", text)
    if match and match[1] in FLAGS and (limit := float(match[2])) <= 1:
        share = f"share_{match[1]}"
        return lambda record: (record[share] or 0) > limit
    raise ConfigError(f"--fail-on: expected 'any FLAG' or 'FLAG>SHARE' with one of {', '.join(FLAGS)}, found {text!r}")
