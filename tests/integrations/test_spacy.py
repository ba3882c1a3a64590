import os
import subprocess
import sys
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import DocBin
from thinc.api import ConfigValidationError

from flagger import Label, flag
from flagger.errors import ModelError
from flagger.integrations.spacy import make_flagger

ROOT = Path(__file__).parent.parent.parent
GROUP = "spacy_factories"
TEXTS = [
    "Police said the bridge was closed.\n\n  It could reopen by June, he said. \n",
    "",
    " \n",
    "What a day!",
    "A third man reportedly fled.",
]


def _pipeline(*before: str, **config: Any) -> Language:
    nlp = spacy.blank("en")
    for name in before:
        nlp.add_pipe(name)
    nlp.add_pipe("flagger", config={"model": "baseline", **config})
    return nlp


def test_a_document_has_flaggers_flags() -> None:
    nlp = _pipeline()
    for text in TEXTS:
        assert nlp(text)._.flags == tuple(flag(text, model="baseline"))
    assert spacy.blank("en")("It fell.")._.flags == ()


def test_many_documents_are_flagged_in_order() -> None:
    nlp = _pipeline()
    for batch_size in (1, 2, 100):
        docs = list(nlp.pipe(TEXTS * 2, batch_size=batch_size))
        assert [doc.text for doc in docs] == TEXTS * 2
        assert [doc._.flags for doc in docs] == [nlp(text)._.flags for text in TEXTS * 2]


def test_spacys_sentences_are_flagged_where_there_are_any() -> None:
    nlp = _pipeline("sentencizer")
    nlp.get_pipe("sentencizer").punct_chars.add(",")  # where flagger would not cut
    doc = nlp(TEXTS[0])
    flags = doc._.flags
    assert [f.text for f in flags] == ["Police said the bridge was closed.", "It could reopen by June,", "he said."]
    assert [doc.text[f.start : f.end] for f in flags] == [f.text for f in flags]
    assert [doc.text[cue.start : cue.end] for cue in flags[1].cues] == [cue.text for cue in flags[1].cues] == ["could"]
    assert [sent._.flag for sent in doc.sents] == [*flags, None]  # spaCy's last one is white space
    assert [nlp(text)._.flags for text in TEXTS[1:3]] == [(), ()]


def test_flaggers_sentences_can_be_asked_for() -> None:
    nlp = _pipeline("sentencizer", sentences="flagger")
    nlp.get_pipe("sentencizer").punct_chars.add(",")
    doc = nlp(TEXTS[0])
    assert doc._.flags == tuple(flag(TEXTS[0], model="baseline"))
    assert [sent._.flag and sent._.flag.index for sent in doc.sents] == [0, 1, 1, None]


def test_a_span_has_the_flag_of_the_first_sentence_that_it_touches() -> None:
    doc = _pipeline()(TEXTS[0])
    first, second = doc._.flags
    words = {token.text: token.i for token in doc}
    assert doc[words["bridge"] : words["bridge"] + 1]._.flag == first
    assert doc[words["June"] : words["June"] + 1]._.flag == second
    assert doc[words["closed"] : words["June"]]._.flag == first
    gap = words["It"] - 1
    assert doc[gap : gap + 1].text.isspace()
    assert doc[gap : gap + 1]._.flag is None
    assert doc[gap : gap + 2]._.flag == second
    assert doc[len(doc) - 1 :]._.flag is None
    assert spacy.blank("en")("It fell.")[0:1]._.flag is None


def test_three_way() -> None:
    (found,) = _pipeline(three_way=True)("What a day!")._.flags
    assert found.label is not Label.NO_CLAIM


def test_flags_are_stored_with_the_document() -> None:
    nlp = _pipeline()
    doc = nlp(TEXTS[0])
    stored = DocBin(docs=[doc], store_user_data=True).to_bytes()
    (read,) = DocBin().from_bytes(stored).get_docs(nlp.vocab)
    assert read._.flags == doc._.flags


@pytest.mark.parametrize(
    ("config", "error", "told"),
    [
        ({"model": "nothing"}, ModelError, "no model at 'nothing'"),
        ({"sentences": "mine"}, ConfigValidationError, "sentences"),
        ({"three_way": "perhaps"}, ConfigValidationError, "three_way"),
        ({"modle": "baseline"}, ConfigValidationError, "modle"),
    ],
)
def test_wrong_settings_are_told_at_once(config: dict[str, Any], error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        _pipeline(**config)


def _entry_points() -> dict[str, str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    points: dict[str, str] = project["entry-points"][GROUP]
    return points


def test_the_entry_point_leads_to_the_component() -> None:
    assert [EntryPoint(name, value, GROUP).load() for name, value in _entry_points().items()] == [make_flagger]


_ELSEWHERE = """
import sys
import spacy

def main():
    nlp = spacy.load(sys.argv[1])
    for doc in nlp.pipe(sys.argv[2:], n_process=2, batch_size=2):
        print(doc._.flags)

if __name__ == "__main__":
    main()
"""


@pytest.mark.parametrize("model", ["baseline", None])
def test_a_stored_pipeline_works_in_another_process_and_in_two_of_its_own(model: str | None, tmp_path: Path) -> None:
    nlp = _pipeline("sentencizer", model=model)
    nlp.to_disk(tmp_path / "nlp")
    (tmp_path / "x.py").write_text(_ELSEWHERE)
    installed = tmp_path / "site" / "as_installed-0.dist-info"  # what an install makes of pyproject.toml
    installed.mkdir(parents=True)
    points = "".join(f"{name} = {value}\n" for name, value in _entry_points().items())
    (installed / "entry_points.txt").write_text(f"[{GROUP}]\n{points}")
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{installed.parent}"}
    command = [sys.executable, "-W", "error", tmp_path / "x.py", tmp_path / "nlp", *TEXTS]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == [str(nlp(text)._.flags) for text in TEXTS]
