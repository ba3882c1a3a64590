"""flagger's own models, as its users load them."""

from pathlib import Path

from protocol import LABELS, Predict, run

from flagger import Flagger


def load(folder: Path) -> Predict:
    flagger = Flagger.load(folder)
    return lambda texts: [[flag.probabilities[label] for label in LABELS] for flag in flagger.flag_sentences(texts)]


if __name__ == "__main__":
    run(load)
