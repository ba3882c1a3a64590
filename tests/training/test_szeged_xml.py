import re
import time
from pathlib import Path

import pytest

from flagger.errors import DatasetError
from flagger.training.dataset import LabelledArticle
from flagger.training.imported import Imported
from flagger.training.szeged_xml import CUE_TYPES, import_conll2010, import_szeged

SZEGED = """\
<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<!DOCTYPE Annotation PUBLIC "-//Uncertainty//DTD" "http://127.0.0.1:9/none.dtd">
<Annotation created="today"><DocumentSet>
<Document type="text"><DocID type="ID">Mill &amp; pond_1</DocID>
<DocumentPart type="Title"><Sentence id="S1.1">Mill &#8211; pond</Sentence></DocumentPart>
<DocumentPart type="Text">
<Sentence id="S1.2"> The mill <ccue type="speculation_modal_probable_">may </ccue>have burnt <ccue
 type="speculation_hypo_condition _">if</ccue> the wind rose. </Sentence><!-- a remark -->
<Sentence id="S1.3">It is <ccue type="speculation_hypo_doxastic _">thought</ccue> old.</Sentence>
<Sentence id="S1.4"> </Sentence>
</DocumentPart></Document>
<Document type="text"><DocID type="ID">Weir_2</DocID><DocumentPart type="Text">
<Sentence id="S1.1">They <ccue type="speculation_hypo_investigation _">examined</ccue> the weir.</Sentence>
</DocumentPart></Document>
<Document type="text"><DocumentPart type="Text"><Sentence id="S1.1">A fish.</Sentence></DocumentPart></Document>
</DocumentSet></Annotation>
"""

CONLL = """\
<Annotation><DocumentSet><Document type="Wikipedia_text_weasel"><DocID type="ID">17</DocID><DocumentPart type="Text">
<sentence id="S1.1" certainty="uncertain"><ccue>Some <b>people <ccue>say</ccue></b></ccue> so.</sentence>
<sentence id="S1.2" certainty="certain">Eels <xcope id="X1">live</xcope> there.</sentence>
<sentence id="S1.3" certainty="uncertain">By many it is liked.</sentence>
</DocumentPart></Document></DocumentSet></Annotation>
"""


def _write(folder: Path, text: str) -> Path:
    path = folder / "corpus.xml"
    path.write_text(text, encoding="utf-8")
    return path


def _told(article: LabelledArticle) -> list[tuple[str, str, list[str]]]:
    return [(s.text, s.final.label, [s.text[start:end] for start, end in s.final.cues]) for s in article.sentences]


def test_a_sentence_of_szeged_with_a_cue_is_uncertain(tmp_path: Path) -> None:
    mill, weir, fish = import_szeged(_write(tmp_path, SZEGED), "test").articles
    assert _told(mill) == [
        ("Mill – pond", "certain", []),
        ("The mill may have burnt if the wind rose.", "uncertain", ["may", "if"]),
        ("It is thought old.", "uncertain", ["thought"]),
    ]
    assert _told(weir) == [("They examined the weir.", "uncertain", ["examined"])]
    assert _told(fish) == [("A fish.", "certain", [])]
    assert [article.id for article in (mill, weir, fish)] == ["Mill & pond_1", "Weir_2", "document-3"]
    assert mill.split == "test"
    assert import_szeged(_write(tmp_path, SZEGED), "test").n_passed_over == 1


@pytest.mark.parametrize(
    ("without", "labels"),
    [
        (["condition"], ["certain", "uncertain", "uncertain", "uncertain", "certain"]),
        (["condition", "epistemic"], ["certain", "certain", "uncertain", "uncertain", "certain"]),
        (["doxastic", "investigation"], ["certain", "uncertain", "certain", "certain", "certain"]),
        (list(CUE_TYPES), ["certain"] * 5),
    ],
)
def test_types_of_cues_can_be_left_out(tmp_path: Path, without: list[str], labels: list[str]) -> None:
    articles = import_szeged(_write(tmp_path, SZEGED), "train", without).articles
    assert [s.final.label for article in articles for s in article.sentences] == labels


def test_only_documents_asked_for_are_taken(tmp_path: Path) -> None:
    path = _write(tmp_path, SZEGED)
    (weir,) = import_szeged(path, "train", documents={"Weir_2"}).articles
    assert weir.id == "Weir_2"
    with pytest.raises(DatasetError, match="1 of the documents asked for are not in it, first 'Dam_3'"):
        import_szeged(path, "train", documents={"Weir_2", "Dam_3"})


def test_a_sentence_of_conll_is_what_its_certainty_says(tmp_path: Path) -> None:
    (article,) = import_conll2010(_write(tmp_path, CONLL), "train").articles
    assert _told(article) == [
        ("Some people say so.", "uncertain", ["Some people say"]),
        ("Eels live there.", "certain", []),
        ("By many it is liked.", "uncertain", []),
    ]


def _both(path: Path, told: str) -> None:
    for importer in (import_szeged, import_conll2010):
        with pytest.raises(DatasetError, match=told):
            importer(path, "train")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "xml:1: .*found it broken: no element found"),
        ("<html><p>no corpus</p></html>", "no sentence"),
        (CONLL[:200], "xml:2: .*found it broken"),
        (CONLL.replace("</xcope>", ""), "xml:3: .*found it broken"),
        (CONLL.replace("Eels", "Eels \x01"), "xml:3: .*found it broken"),
        (CONLL.replace("Eels", "&eels;"), "xml:3: .*found it broken: Entity 'eels' not defined"),
        (SZEGED.replace("A fish", "A &fish;"), r"xml:15: article document-3, sentence 0: .*the entity &fish;"),
        ("<a>" * 100_000, "found it broken: .*depth"),
    ],
)  # fmt: skip
def test_a_broken_file_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    _both(_write(tmp_path, text), told)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    _both(tmp_path / "none.xml", "cannot read .*none.xml")


@pytest.mark.parametrize(
    ("importer", "text", "told"),
    [
        (import_szeged, SZEGED.replace("doxastic", "odd"), ":9: article Mill & pond_1, sentence 2: a cue's type is"),
        (import_szeged, CONLL, ":2: article 17, sentence 0: a cue's type is '', expected probable"),
        (import_conll2010, SZEGED, ":5: article Mill & pond_1, sentence 0: 'certainty' is None, expected one of cert"),
        (import_conll2010, CONLL.replace('"certain"', '"sure"'), ":3: article 17, sentence 1: 'certainty' is 'sure'"),
    ],
)  # fmt: skip
def test_a_fault_names_line_article_and_sentence(tmp_path: Path, importer: object, text: str, told: str) -> None:
    assert callable(importer)
    with pytest.raises(DatasetError, match=re.escape(told)) as raised:
        importer(_write(tmp_path, text), "train")
    assert "nothing was imported" in str(raised.value)


def test_entities_are_neither_expanded_nor_fetched(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("A secret.")
    declared = f'<!ENTITY out SYSTEM "{tmp_path}/secret"><!ENTITY a0 "laugh">'
    declared += "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12))
    start = time.process_time()
    for used in ("&out;", "&a1;", "&a11;"):
        text = f"<!DOCTYPE Annotation [{declared}]>" + CONLL.replace("Eels", f"Eels {used}")
        with pytest.raises(DatasetError, match=r"the entity|found it broken") as raised:
            import_conll2010(_write(tmp_path, text), "train")
        assert "A secret" not in str(raised.value)
    assert time.process_time() - start < 5


def test_a_long_corpus_takes_little_time(tmp_path: Path) -> None:
    document = CONLL[CONLL.index("<Document ") : CONLL.index("</DocumentSet>")]
    many = "".join(document.replace(">17<", f">{i}<") for i in range(20_000))
    path = _write(tmp_path, f"<Annotation><DocumentSet>{many}</DocumentSet></Annotation>")
    start = time.process_time()
    imported: Imported = import_conll2010(path, "train")
    assert time.process_time() - start < 30
    assert len(imported.articles) == 20_000
