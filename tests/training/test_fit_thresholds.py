import numpy as np

from flagger.classifiers.transformer import Spans, Tagged
from flagger.labels import LABELS, Label
from flagger.training.dataset import LabelledArticle, LabelledSentence, Reading
from flagger.training.fit_thresholds import fit_thresholds

TEXT = "It may rain, Ola Nordmann said."
MAY, RAIN, OLA, SAID = (3, 6), (7, 11), (13, 25), (26, 30)


def _tagged(cues: Spans, sources: Spans) -> Tagged:
    return Tagged(np.eye(4)[[LABELS.index(Label.ESTIMATED)]], [(cues, sources)])


def _fit(*tagged: Tagged) -> dict[str, float]:
    reading = Reading(Label.ESTIMATED, (MAY,), OLA)
    article = LabelledArticle("a", (LabelledSentence(TEXT, reading),))
    return dict(fit_thresholds(tagged, [article] * len(tagged), LABELS))


def test_a_threshold_leaves_out_what_is_wrong() -> None:
    sure = _tagged([(0.9, MAY), (0.52, RAIN)], [(0.8, OLA)])
    unsure = _tagged([(0.71, MAY), (0.62, RAIN)], [(0.59, SAID)])
    assert _fit(sure, unsure) == {"cue": 0.65, "source": 0.6}


def test_where_all_spans_are_right_they_all_count() -> None:
    assert _fit(_tagged([(0.2, MAY)], [(0.1, OLA)])) == {"cue": 0.0, "source": 0.0}


def test_what_hardly_matters_is_shown() -> None:
    right, wrong = _tagged([(0.9, MAY)], []), _tagged([(0.9, MAY), (0.3, RAIN)], [])
    assert _fit(*[right] * 20, wrong)["cue"] == 0.35
    assert _fit(*[right] * 400, wrong)["cue"] == 0.0
