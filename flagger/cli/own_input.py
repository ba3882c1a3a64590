"""What a command reads, it does not write over."""

from pathlib import Path

from flagger.errors import ConfigError


def refuse_own_input(output: Path, *inputs: Path | None) -> None:
    """Refuse an output that is one of the inputs.

    Raises:
        ConfigError: If it is.
    """
    if output.resolve() in {path.resolve() for path in inputs if path}:
        raise ConfigError(f"{output} is to be read and to be written")
