"""--label FOUND=LABEL, wherever labels go by other names."""

from collections.abc import Sequence

from flagger.errors import ConfigError


def renaming(options: Sequence[str] | None) -> dict[str, str]:
    """Return what each label found is called instead.

    Raises:
        ConfigError: If an option is not FOUND=LABEL.
    """
    renamed = {}
    for text in options or ():
        found, separator, label = text.partition("=")
        if not (separator and found.strip() and label.strip()):
            raise ConfigError(f"--label {text!r}: expected FOUND=LABEL, e.g. 1=uncertain")
        renamed[found.strip()] = label.strip()
    return renamed
