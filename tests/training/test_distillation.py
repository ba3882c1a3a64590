import numpy as np

from flagger.classifiers.transformer import BEGIN, INSIDE, OUTSIDE
from flagger.training.distillation import Taught, corrected

NONE = -100


def test_the_truth_stands_in_where_the_teachers_miss_a_sentence_with_a_cue() -> None:
    said = np.array([[0.9, 0.1], [0.9, 0.1], [0.9, 0.1]], dtype=np.float32)
    of_tags = [np.full((3, 2, 3), 1 / 3, dtype=np.float32) for _ in said]
    cue = [[NONE, NONE], [BEGIN, OUTSIDE], [INSIDE, OUTSIDE]]
    source = [[NONE, NONE], [OUTSIDE, BEGIN], [OUTSIDE, OUTSIDE]]

    labels, tags = corrected(Taught(said, of_tags), [0, 1, 1], [cue, cue, source])

    assert labels.tolist() == np.array([[0.9, 0.1], [0, 1], [0.9, 0.1]], dtype=np.float32).tolist()
    assert tags[0] is of_tags[0]
    assert tags[2] is of_tags[2]
    assert tags[1][1:].tolist() == [[[0, 1, 0], [1, 0, 0]], [[0, 0, 1], [1, 0, 0]]]
    assert said[1].tolist() == np.array([0.9, 0.1], dtype=np.float32).tolist()  # what was given is as it was
