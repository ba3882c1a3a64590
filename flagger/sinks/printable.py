"""Text from anywhere -> text that a terminal only shows."""

import unicodedata


def printable(text: str) -> str:
    """Turn white space into blanks, and show control and format characters as a box: they could drive the terminal."""
    return "".join(
        " " if char.isspace() else "\ufffd" if unicodedata.category(char) in ("Cc", "Cf") else char for char in text
    )
