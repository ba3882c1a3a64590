import pytest

from flagger.cues import conventional
from flagger.training.dataset import LabelledArticle
from flagger.training.markup import parse_markup


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("c | A study {{found no link}}.", ["found"]),
        ("c | The register {{lists}} six and {{has shown}} it.", ["has shown"]),
        ("c | The ledger {{lists}} six.", []),
        ("c | It {{turned out to be}} a hoax.", ["turned out"]),
        ("c | The death was {{confirmed}} by the bank.", ["was confirmed"]),
        ("e | He is {{thought}} to be hiding.", ["is thought to"]),
        ("e | He {{seems to have}} left.", ["seems to"]),
        ("e | It {{may have been}} rain.", ["may"]),
        ("e | The bank {{forecasts}} that prices {{will}} fall.", ["forecasts"]),
        ("e | Prices {{will}} fall.", ["will"]),
        ("e | She {{puts}} it {{between}} 3 {{and}} 4.", ["between"]),
        ("e | She {{put}} it there.", ["put"]),
        ("e | {{A dozen or so}} came.", ["A dozen or so"]),
        ("u | It {{is not clear}} who fired.", ["It is not clear who"]),
        ("u | {{Why}} he left {{is not known}}.", ["is not known"]),
        ("u | A knee {{casts doubt on}} whether he plays.", ["casts doubt on whether"]),
        ("u | France says it {{has no proof}} that he left.", ["has no proof"]),
        ("u | An {{aide who asked not to be named}} {{said}} so.", ["asked not to be named"]),
        ("u | A {{leaked}} memo {{says}} so.", ["leaked memo"]),
        ("u | <<The army>> {{accused of}} it.", ["accused"]),
        ('u | "They fired," <<Colonel Ruiz>> later told us.', ["told"]),
        ('u | "They fired," said <<the colonel>>.', ["said"]),
        ("u | They stole it.", []),
    ],
)
def test_cues_are_brought_to_the_guideline_s_conventions(marked: str, expected: list[str]) -> None:
    (article,) = parse_markup(f"===\n# id: a\n{marked}\n", "f")
    assert isinstance(article, LabelledArticle)
    (sentence,) = article.sentences
    assert [sentence.text[start:end] for start, end in sentence.final.cues] == expected
    label, cues, source = sentence.final.label, sentence.final.cues, sentence.final.source
    assert conventional(sentence.text, label, cues, source) == list(cues)  # a second time changes nothing
