"""medspaCy's ConText with the rules that it brings, which are for clinical notes. Nothing is trained.

Its modifiers anywhere in a sentence decide: one that is possible, hypothetical, conditional or uncertain makes it
estimated; any other, negation among them, and none make it confirmed. It has nothing for unverified and no_claim.
"""

from pathlib import Path

import spacy
from medspacy.context import ConText
from protocol import LABELS, Predict, run
from spacy.tokens import Doc

ESTIMATED = ("POSSIBLE", "HYPOTHETICAL", "CONDITIONAL", "UNCERTAIN")


def load(folder: Path) -> Predict:
    nlp = spacy.blank("en")
    context = ConText(nlp)

    def label_of(text: str) -> str:
        words = nlp.make_doc(text)
        starts = [i == 0 for i in range(len(words))]
        spaces = [bool(word.whitespace_) for word in words]
        doc = context(Doc(nlp.vocab, [word.text for word in words], spaces, sent_starts=starts))
        said = (modifier.category for modifier in doc._.context_graph.modifiers)
        return "estimated" if any(category.startswith(ESTIMATED) for category in said) else "confirmed"

    def predict(texts: list[str]) -> list[list[float]]:
        return [[float(label == said) for label in LABELS] for said in map(label_of, texts)]

    return predict


if __name__ == "__main__":
    run(load)
