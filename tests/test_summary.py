from flagger.labels import Label
from flagger.results import ArticleResult, Status
from flagger.summary import summarize
from tests.conftest import stub_flagger


def test_counts_and_shares() -> None:
    flagger = stub_flagger({"A.": [5.0, 0, 0, 0], "B.": [0, 0, 5.0, 0], "C.": [0, 0, 5.0, 0]})
    flags = flagger.flag_sentences(["A.", "B.", "C.", "What?"])
    summary = summarize(ArticleResult("a", None, Status.OK, flags=flags))
    assert summary.n_sentences == 4
    assert summary.counts == {Label.CONFIRMED: 1, Label.ESTIMATED: 0, Label.UNVERIFIED: 2, Label.NO_CLAIM: 1}
    assert summary.share(Label.UNVERIFIED) == 2 / 3
    assert summary.mean_confidence is not None
    assert 0.9 < summary.mean_confidence < 1


def test_no_flags_have_no_shares() -> None:
    summary = summarize(ArticleResult("a", "a.txt", Status.EMPTY, "nothing in it"))
    assert summary.share(Label.CONFIRMED) is None
    assert summary.mean_confidence is None
    assert (summary.status, summary.reason) == (Status.EMPTY, "nothing in it")
