import re

from hypothesis import given, settings

from flagger.exports.brat import brat_files
from flagger.results import ArticleResult
from tests.exports.articles import OTHER, RECORDS
from tests.flag_files import records_of, results


def _spans(annotations: str, text: str) -> list[tuple[str, str]]:
    """Type and words of each text-bound annotation, checked against the text."""
    found = []
    for line in annotations.split("\n")[:-1]:
        if line.startswith("T"):
            match = re.fullmatch(r"T\d+\t(\w+) ((?:\d+ \d+;?)+)\t(.*)", line)
            assert match, line
            fragments = [text[slice(*map(int, part.split()))] for part in match[2].split(";")]
            assert match[3] == " ".join(fragments)
            found.append((match[1], match[3]))
        else:
            assert re.fullmatch(r"A\d+\tneeds_review T\d+|#\d+\tAnnotatorNotes T\d+\tconfidence [\d.e-]+", line), line
    return found


def test_annotations_over_lines_are_in_fragments() -> None:
    files = dict(brat_files([RECORDS, OTHER]))
    assert list(files) == [
        "annotation.conf",
        *("000001-in-łódź-fire.txt.txt", "000001-in-łódź-fire.txt.ann"),
        *("000002-b.txt.txt", "000002-b.txt.ann"),
    ]
    found = _spans(files["000001-in-łódź-fire.txt.ann"], files["000001-in-łódź-fire.txt.txt"])
    assert ("cue", "reportedly fled") in found
    assert ("source", "\u05d4\u05de\u05e9\u05d8\u05e8\u05d4") in found
    assert [kind for kind, _ in found if kind not in ("cue", "source")] == [record["label"] for record in RECORDS]
    assert files["000002-b.txt.ann"] == "T1\tconfirmed 0 8\tIt fell.\n#1\tAnnotatorNotes T1\tconfidence 0.88\n"
    assert {kind for kind, _ in found} <= set(files["annotation.conf"].splitlines())


@settings(max_examples=50, deadline=None)
@given(results(min_sentences=1))
def test_every_annotation_is_a_line_that_quotes_its_text(article: ArticleResult) -> None:
    (_, (_, text), (_, annotations)) = brat_files([records_of(article)])
    n_spans = sum(1 + len(flag.cues) + bool(flag.source) for flag in article.flags)
    assert len(_spans(annotations, text)) <= n_spans
    assert annotations.splitlines() == annotations.split("\n")[:-1]


def test_names_are_plain_and_differ() -> None:
    ids = ["../../etc/passwd", "", "x" * 500, "x" * 500, "a\nb"]
    names = [name for name, _ in brat_files([record | {"article_id": i} for record in OTHER] for i in ids)]
    assert len(set(names)) == 1 + 2 * len(ids)
    assert not any(set("/\n") & set(name) or len(name) > 80 for name in names)
