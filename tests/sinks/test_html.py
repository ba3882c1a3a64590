"""The report as a file: what it holds, that it can hold any text, and that its colours can be read."""

import base64
import hashlib
import json
import re
import tracemalloc
from collections.abc import Iterator
from html.parser import HTMLParser
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from flagger.errors import ConfigError
from flagger.labels import LABELS, Label
from flagger.results import ArticleResult, Status
from flagger.sinks import flag_records, open_report, summary_record
from flagger.sinks.html import HtmlSink
from flagger.sinks.records import SIGNS, Record
from flagger.summary import summarize
from tests.sinks.test_sinks import results

PAGE = Path("flagger/sinks/page")


class _Elements(HTMLParser):
    """Collects (tag, attributes, text) as a browser's parser would cut them."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str | None], str]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs), ""))

    def handle_endtag(self, tag: str) -> None:
        self.found.append((f"/{tag}", {}, ""))

    def handle_data(self, data: str) -> None:
        tag, attrs, text = self.found[-1] if self.found else ("", {}, "")
        self.found[-1:] = [(tag, attrs, text + data)]

    def named(self, tag: str) -> list[tuple[dict[str, str | None], str]]:
        return [(attrs, text) for name, attrs, text in self.found if name == tag]


def _write(*items: ArticleResult | list[Record]) -> str:
    out = BytesIO()
    with HtmlSink(out) as sink:
        for item in items:
            for record in flag_records(item) if isinstance(item, ArticleResult) else item:
                sink.write(record)
            if isinstance(item, ArticleResult) and item.status is not Status.OK:
                sink.write_failed(summary_record(summarize(item)))
    return out.getvalue().decode()


def _articles(page: str) -> list[dict[str, Any]]:
    scripts = _Elements(page).named("script")
    return [json.loads(text.strip()) for attrs, text in scripts if attrs.get("class") == "article"]


def _record(text: str = "It fell.", *, sentence: int = 0, start: int = 0, **changes: object) -> Record:
    return {
        **{"schema_version": 1, "article_id": "a", "path": "a.txt", "sentence": sentence},
        **{"start": start, "end": start + len(text), "text": text, "label": "unverified"},
        **{f"p_{label}": 0.25 for label in LABELS},
        **{"confidence": 0.25, "needs_review": True, "cues": [], "source": None, "model": "stub@0"},
        **changes,
    }


@settings(max_examples=40, deadline=None)
@given(results(), results())
def test_the_page_holds_what_was_written(first: ArticleResult, second: ArticleResult) -> None:
    given = [record for result in (first, second) for record in flag_records(result)]
    found = []
    for article in _articles(_write(first, second)):
        for index, start, end, text, label, probabilities, review, cues, source in article["sentences"]:
            assert text == next(r["text"] for r in given if r["text"] == text and r["article_id"] == article["id"])
            spans = [{"start": start + s, "end": start + e, "text": text[s:e]} for s, e in cues]
            found.append(
                {
                    **{"schema_version": 1, "article_id": article["id"], "path": article["path"], "sentence": index},
                    **{"start": start, "end": end, "text": text, "label": str(LABELS[label])},
                    **{f"p_{name}": p for name, p in zip(LABELS, probabilities, strict=True)},
                    **{"confidence": probabilities[label], "needs_review": bool(review), "cues": spans},
                    "source": source
                    and {"start": start + source[0], "end": start + source[1], "text": text[slice(*source)]},
                    "model": article["model"],
                }
            )
    assert found == given


def test_spans_are_told_in_the_frame_of_their_sentence() -> None:
    span = {"start": 103, "end": 107, "text": "fell"}
    page = _write([_record(start=100, cues=[span], source=span)])
    assert _articles(page)[0]["sentences"][0][7:] == [[[3, 7]], [3, 7]]


def test_articles_are_told_apart() -> None:
    same = [_record(sentence=0), _record(sentence=1, start=9)]
    page = _write(same, same, [_record(article_id="b")], [_record(article_id="b", path="other.txt")])
    assert [(a["id"], a["path"], len(a["sentences"])) for a in _articles(page)] == [
        *[("a", "a.txt", 2)] * 2,
        ("b", "a.txt", 1),
        ("b", "other.txt", 1),
    ]


def test_an_article_that_could_not_be_scored_has_its_reason() -> None:
    page = _write([_record()], ArticleResult("b", "b.txt", Status.MALFORMED, "broken </script> gzip"), [_record()])
    assert [article.get("reason") for article in _articles(page)] == [None, "broken </script> gzip", None]
    assert _articles(page)[1]["status"] == "malformed"


def test_a_report_of_nothing_is_a_page() -> None:
    assert _articles(_write()) == []


HOSTILE = "</script><script>window.pwned=1</script><!--<script> & \u2028\u2029 ]]> {articles} {scripts}"


def test_no_text_ends_its_element() -> None:
    span = {"start": 0, "end": len(HOSTILE), "text": HOSTILE}
    record = _record(HOSTILE, article_id=HOSTILE, path=HOSTILE, model=HOSTILE, cues=[span], source=span)
    plain, page = _write([_record()]), _write([record])
    (article,) = _articles(page)
    assert article["id"] == article["path"] == article["model"] == article["sentences"][0][3] == HOSTILE
    assert [tag for tag, _, _ in _Elements(page).found] == [tag for tag, _, _ in _Elements(plain).found]
    assert "\u2028" not in page


def test_the_policy_allows_the_page_s_own_text_and_nothing_else() -> None:
    elements = _Elements(_write([_record()]))
    policy = next(a["content"] for a, _ in elements.named("meta") if a.get("http-equiv") == "Content-Security-Policy")
    assert policy
    rules = {name: set(sources) for name, *sources in (rule.split() for rule in policy.split(";"))}

    def hashes(texts: list[str]) -> set[str]:
        return {f"'sha256-{base64.b64encode(hashlib.sha256(t.encode()).digest()).decode()}'" for t in texts}

    assert rules == {
        "default-src": {"'none'"},
        "base-uri": {"'none'"},
        "form-action": {"'none'"},
        "script-src": hashes([text for attrs, text in elements.named("script") if "type" not in attrs]),
        "style-src": hashes([text for _, text in elements.named("style")]),
    }


def test_the_page_asks_for_nothing_and_parses_no_markup() -> None:
    page = _write([_record()])
    elements = _Elements(page)
    for _, attrs, _ in elements.found:
        assert not {"src", "srcset", "style", "action"} & set(attrs)
        assert not [name for name in attrs if name.startswith("on")]
        assert (attrs.get("href") or "#").startswith("#")
    assert "url(" not in page
    assert "@import" not in page
    scripts = "".join(path.read_text("utf-8") for path in PAGE.glob("*.js"))
    for banned in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "fetch("):
        assert banned not in scripts
    for name in PAGE.glob("*.js"):
        assert name.read_text("utf-8").startswith("'use strict';\n")


def test_every_script_is_in_the_page_once() -> None:
    page = _write([_record()])
    for path in PAGE.glob("*.js"):
        assert page.count(path.read_text("utf-8")) == 1, path


def test_labels_and_signs_are_flagger_s() -> None:
    (labels,) = (t for attrs, t in _Elements(_write()).named("script") if attrs.get("id") == "labels")
    assert json.loads(labels.strip()) == [[str(label), SIGNS[label]] for label in LABELS]
    style = (PAGE / "page.css").read_text("utf-8")
    for label in Label:
        assert re.search(rf"^\.{label} {{ --flag:.*--tint:.*--line:", style, re.MULTILINE), label


def test_memory_does_not_grow_with_the_report(tmp_path: Path) -> None:
    def records() -> Iterator[Record]:
        for article, sentence in product(range(400), range(5)):
            yield _record("x" * 5_000, article_id=str(article), sentence=sentence, start=5_001 * sentence)

    path = tmp_path / "report.html"
    tracemalloc.start()
    with open_report(path) as sink:
        for record in records():
            sink.write(record)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert path.stat().st_size > 10_000_000
    assert peak < 2_000_000


def test_an_interrupted_report_does_not_look_whole(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    with pytest.raises(RuntimeError), open_report(path) as sink:
        sink.write(_record())
        raise RuntimeError
    assert not path.exists()


@pytest.mark.parametrize("name", ["report.jsonl", "report", "no/report.html"])
def test_a_report_that_cannot_be_written_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match=r"suffix \.html|cannot write"), open_report(tmp_path / name):
        pass
    assert not list(tmp_path.iterdir())


def _palettes() -> tuple[dict[str, str], dict[str, str]]:
    style = (PAGE / "page.css").read_text("utf-8")
    pairs = re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", style)
    return {name: light for name, light, _ in pairs}, {name: dark for name, _, dark in pairs}


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    """Return the contrast ratio, 1 to 21. Source: WCAG 2.2, definition of contrast ratio."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


_TINTS = ["confirmed-tint", "estimated-tint", "unverified-tint", "no-claim-tint"]
_TEXT = [
    *product(["ink", "muted"], ["paper", "raised", *_TINTS]),
    *product(["accent", "confirmed", "estimated", "unverified", "no-claim"], ["paper", "raised"]),
    ("paper", "ink"),
]
_LINES = [*product(["edge", "accent"], ["paper", "raised"])]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_colours_meet_wcag_aa(theme: int) -> None:
    palette = _palettes()[theme]
    assert len(palette) == 15
    for front, back in _TEXT:
        assert _contrast(palette[front], palette[back]) >= 4.5, (front, back)
    for front, back in _LINES:
        assert _contrast(palette[front], palette[back]) >= 3, (front, back)


def test_every_colour_of_the_page_is_in_the_palette() -> None:
    style = re.sub(r"light-dark\([^)]*\)", "", (PAGE / "page.css").read_text("utf-8"))
    assert not re.findall(r"#[0-9a-f]{3,8}\b(?=[;,)\s])", style)
