"""Items -> the pieces of a JSON array, as they come."""

import json
from collections.abc import Iterable, Iterator


def json_array(items: Iterable[object]) -> Iterator[str]:
    """Yield the text of an array, an item a line."""
    separator = "[\n"
    for item in items:
        yield separator + json.dumps(item, ensure_ascii=False)
        separator = ",\n"
    yield "[]\n" if separator == "[\n" else "\n]\n"
