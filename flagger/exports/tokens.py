"""Text -> tokens by one plain rule, for formats that want tokens.

A run of letters, digits, underscores and combining marks is a token; a mark goes with whatever stands before it; any
other character but white space is a token of its own. A token also ends where a span begins or ends, so that every
span is made of whole tokens.
"""

import unicodedata
from collections.abc import Collection

from flagger.results import Offsets


def tokenize(text: str, boundaries: Collection[int] = ()) -> list[Offsets]:
    """Return start and end of each token of a text, in order.

    Args:
        text: Any string.
        boundaries: Offsets at which no token goes on.
    """
    tokens: list[Offsets] = []
    start: int | None = None
    was_word = False
    for position, character in enumerate(text):
        category = unicodedata.category(character)[0]
        is_word = category in "LN" or character == "_"
        goes_on = category == "M" or (is_word and was_word)
        if start is not None and (character.isspace() or not goes_on or position in boundaries):
            tokens.append((start, position))
            start = None
        if start is None and not character.isspace():
            start = position
        if category != "M":
            was_word = is_word
    if start is not None:
        tokens.append((start, len(text)))
    return tokens


def span_edges(spans: Collection[Offsets]) -> set[int]:
    """Return every offset at which a span begins or ends."""
    return {edge for span in spans for edge in span}
