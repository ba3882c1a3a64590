import json
from pathlib import Path

import pytest

from flagger.errors import DatasetError
from flagger.labels import Label
from flagger.training.dataset import Fault, LabelledArticle
from flagger.training.markup import compile_files, parse_markup, sentence_line

ARTICLE = """
===
# id: a
# title: T

n | # not a header
u | <<{{People close to the deal}}>>, who asked, {{said}} so.

e | A bar | and {{about}} x.
"""


def test_marks_become_offsets() -> None:
    (article,) = parse_markup(ARTICLE, "f")
    assert isinstance(article, LabelledArticle)
    heading, rumour, estimate = article.sentences
    assert (heading.text, heading.paragraph) == ("# not a header", 0)
    assert rumour.text == "People close to the deal, who asked, said so."
    assert [rumour.text[a:b] for a, b in rumour.final.cues] == ["People close to the deal"]
    assert rumour.final.source == (0, 24)
    assert (estimate.text, estimate.final.label, estimate.paragraph) == ("A bar | and about x.", Label.ESTIMATED, 1)


@pytest.mark.parametrize(
    "line",
    [
        "c | Nothing is marked.",
        "u | <<{{Sources}}>> {{said}} so.",
        "u | <<A {{daily>> wrote}} so.",
        "e | {{About}}{{ten}}, <<she>> said.",
        "u | A {{small <<boat}} crew>> {{left}}",
    ],
)
def test_a_line_is_written_as_it_was_read(line: str) -> None:
    (article,) = parse_markup(f"===\n# id: a\n{line}\n", "f")
    assert isinstance(article, LabelledArticle)
    (sentence,) = article.sentences
    (again,) = parse_markup(f"===\n# id: a\n{sentence_line(sentence)}\n", "f")
    assert isinstance(again, LabelledArticle)
    assert again.sentences == (sentence,)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("x | text", "expected one of c, e, u, n"),
        ("no bar here", "expected one of"),
        ("u | {{open", "is not closed"),
        ("u | open}}", "closes nothing"),
        ("? | not read yet", "expected one of"),
        ("u | {{ a}}", "white space"),
        ("u | a {{}} b", "empty"),
        ("u | <<a>> <<b>>", "more than one source"),
        ("n | {{a}}", "carries no marks"),
    ],
)
def test_a_faulty_line_is_named(line: str, told: str) -> None:
    (fault, _) = parse_markup(f"===\n# id: a\n\nc | Fine.\n{line}\n", "f.txt")
    assert isinstance(fault, Fault)
    assert fault.file == "f.txt:5"
    assert told in fault.message


def test_lines_are_counted_over_all_articles() -> None:
    faults = [i for i in parse_markup(ARTICLE + "===\n# id: b\n# color: red\nc | Fine.\n", "f") if isinstance(i, Fault)]
    assert [str(fault) for fault in faults] == ["f:12: article b: unknown header 'color'"]


def test_blank_lines_after_the_separator_are_counted() -> None:
    (fault,) = parse_markup("===\n\n\n# id: a\n# id: b\n", "f")
    assert str(fault) == "f:5: article a: a second header 'id'"


def test_a_blank_sheet_has_no_fault_but_its_blanks() -> None:
    (fault,) = parse_markup("===\n# id: a\n? | Not read yet.\n", "f")
    assert str(fault).startswith("f:3: article a: expected one of c, e, u, n")


def test_an_article_needs_an_id_and_a_sentence() -> None:
    assert [str(f) for f in parse_markup("===\nc | Fine.\n===\n# id: b\n", "f")] == [
        "f:2: an article needs an id and a sentence",
        "f:4: article b: an article needs an id and a sentence",
    ]


def test_nothing_is_written_when_there_is_a_fault(tmp_path: Path) -> None:
    good, bad, out = tmp_path / "good.txt", tmp_path / "bad.txt", tmp_path / "out.jsonl"
    good.write_text(ARTICLE)
    bad.write_text(ARTICLE + "oops\n")
    with pytest.raises(DatasetError, match=r"bad.txt:10"):
        compile_files([good, bad], out)
    assert not out.exists()
    with pytest.raises(DatasetError, match="cannot read"):
        compile_files([tmp_path / "none.txt"], out)
    assert compile_files([good], out) == 1
    assert json.loads(out.read_text())["id"] == "a"
