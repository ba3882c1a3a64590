"""The labels: how well established a sentence presents its content. The only place where the words stand.

The guideline that defines them is datasets/GUIDELINE.md. Every probability vector, model folder and output column
follows this order. A label more is a member here, its sign and colours (sinks/), an initial of its own
(training/markup.py), and models trained with it.
"""

from enum import StrEnum


class Label(StrEnum):
    """How a sentence presents its claim. The order of the members is the order of all probability columns."""

    CONFIRMED = "confirmed"
    """Presented as established: stated flatly, explicitly confirmed, or attributed to an accountable source."""

    ESTIMATED = "estimated"
    """Presented as approximate, inferred, likely or yet to come."""

    UNVERIFIED = "unverified"
    """Presented as not (yet) established: rumour, allegation, anonymous, second-hand or contested."""

    NO_CLAIM = "no_claim"
    """Nothing to verify: question, heading, fragment, opinion, page furniture."""


LABELS: tuple[Label, ...] = tuple(Label)
"""All labels in column order."""

FLAGS: tuple[Label, ...] = (Label.CONFIRMED, Label.ESTIMATED, Label.UNVERIFIED)
"""The labels that flag a claim; NO_CLAIM says that there is none."""
