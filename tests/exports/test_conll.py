from hypothesis import given, settings

from flagger.exports.conll import conll_lines
from flagger.recorded import article_text
from flagger.results import ArticleResult
from tests.exports.articles import OTHER, RECORDS
from tests.flag_files import records_of, results


def test_a_sentence_has_comments_and_a_line_a_token() -> None:
    assert "".join(conll_lines([OTHER])) == (
        "# global.columns = ID FORM START END CUE SOURCE\n"
        "# newdoc id = b.txt\n"
        "# sent_id = 0\n"
        "# label = confirmed\n"
        "# confidence = 0.88\n"
        "# needs_review = false\n"
        "# text = It fell.\n"
        "1\tIt\t0\t2\tO\tO\n"
        "2\tfell\t3\t7\tO\tO\n"
        "3\t.\t7\t8\tO\tO\n"
        "\n"
    )


def test_spans_are_tagged_and_line_ends_are_blanks() -> None:
    lines = "".join(conll_lines([RECORDS])).split("\n")
    tagged = [(c[1], c[4], c[5]) for c in (line.split("\t") for line in lines) if len(c) == 6 and {*c[4:]} != {"O"}]
    assert tagged == [
        ("reportedly", "B-CUE", "O"),
        ("fled", "I-CUE", "O"),
        ("\u05d4\u05de\u05e9\u05d8\u05e8\u05d4", "O", "B-SOURCE"),
        ("could", "B-CUE", "O"),
        ("👩", "B-CUE", "O"),
        ("🏽", "I-CUE", "O"),
        ("\u200d", "I-CUE", "O"),
        ("🚒", "I-CUE", "O"),
        ("till", "I-CUE", "O"),
    ]
    assert "# text = The café\u2019s owner, Zoe\u0308, reportedly  fled." in lines


@settings(max_examples=50, deadline=None)
@given(results(min_sentences=1))
def test_a_token_quotes_its_text_and_nothing_else_is_a_line(article: ArticleResult) -> None:
    records = records_of(article)
    text = article_text(records)
    written = "".join(conll_lines([records]))
    rows = [line.split("\t") for line in written.splitlines() if line and not line.startswith("# ")]
    assert all(text[int(start) : int(end)] == form for _, form, start, end, _, _ in rows)
    assert "".join(row[1] for row in rows) == "".join("".join(r["text"].split()) for r in records)
    assert written.count("# label = ") >= len(records)
