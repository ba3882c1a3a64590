"""Text from anywhere -> text that can be encoded."""

import re

_SURROGATE = re.compile("[\ud800-\udfff]")


def replace_surrogates(text: str) -> str:
    """Put U+FFFD for lone surrogates, which no tokenizer takes and no output file could hold."""
    return _SURROGATE.sub("\ufffd", text)
