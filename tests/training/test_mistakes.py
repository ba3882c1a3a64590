from flagger.labels import Label
from flagger.training.dataset import LabelledSentence, Reading
from flagger.training.mistakes import count_mistakes, marker_words

FELL = LabelledSentence("It fell.", Reading(Label.CONFIRMED))
RUMOURED = LabelledSentence("The rumoured sale took place.", Reading(Label.CONFIRMED))
RUMOUR = LabelledSentence("It is rumoured to have fallen.", Reading(Label.UNVERIFIED, cues=((3, 14),)))
ASKED = LabelledSentence("“Why did we fall", Reading(Label.NO_CLAIM))


def _kind(wanted: str, said: str) -> dict[str, int | str]:
    return {"n_sentences": 1, "n_wrong": 1, "wanted": wanted, "said": said, "n": 1}


def test_kinds_and_mistakes_are_counted() -> None:
    sentences, said = [FELL, RUMOURED, RUMOUR, ASKED], ["confirmed", "unverified", "unverified", "confirmed"]
    kinds = count_mistakes(sentences, said, {"rumoured"})
    assert kinds["confirmed or no claim, yet with a marker word"] == _kind("confirmed", "unverified")
    assert kinds["a cue decides"] == {"n_sentences": 1, "n_wrong": 0}
    assert kinds["nothing marked: no cue, no source"]["n_wrong"] == 2
    assert kinds["within quotation marks"] == kinds["first person"] == _kind("no_claim", "confirmed")
    assert "estimated or unverified without a cue" not in kinds


def test_a_marker_word_is_common_and_mostly_hedges() -> None:
    said = LabelledSentence("It fell, a man said.", Reading(Label.UNVERIFIED, cues=((15, 19),)))
    plain = LabelledSentence("It fell, police said.", Reading(Label.CONFIRMED))
    assert marker_words([RUMOUR] * 20 + [said] * 20 + [plain] * 20) == {"is rumoured"}
    assert marker_words([RUMOUR] * 19) == set()


def test_without_markers_none_is_found() -> None:
    assert "confirmed or no claim, yet with a marker word" not in count_mistakes([FELL], ["confirmed"], set())
