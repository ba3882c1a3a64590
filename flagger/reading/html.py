"""A web page -> its article: main text, title, date and author, without menus and page furniture (trafilatura)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flagger.reading.encoding import decode
from flagger.reading.opened import ArticleError, OpenedFile
from flagger.results import Article, Status

MAX_BYTES = 10_000_000
"""Larger pages hold data, not an article."""

MAX_ELEMENTS = 20_000
"""Up to five seconds of extraction; news pages have some thousands."""

MAX_ATTRIBUTES = 200_000
"""Of all elements together; news pages have about as many as elements."""

MAX_ATTRIBUTES_OF_ONE = 1_000
"""Building the tree compares each attribute of an element with all before it."""

MAX_DEPTH = 250
"""libxml2 silently drops what is nested deeper than 255."""

MAX_DEPTH_OF_ALL = 500_000
"""The elements' depths added up: what extraction walks through; news pages are ten to twenty deep."""

SMALL_PAGE_CHARS = 1_000
"""Below this, trafilatura's threshold for a plausible article would throw its own extraction away."""

_INLINE = frozenset(
    "a abbr b bdi bdo br cite code data del dfn em font i img ins kbd mark q s small span strong sub sup time u "
    "wbr".split()
)
_TEXT_BLOCKS = frozenset("p li dd blockquote figcaption td th h1 h2 h3 h4 h5 h6".split())
_HIDING = frozenset({"hidden", "style", "aria-hidden"})
_SENTENCE_END = re.compile(r"""[.!?…]["'”’»)\]]*\s*\Z""")
_ROW_OF_RULES = re.compile(r"[-|\s]*")
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Page:
    text: str
    title: str | None
    date: str | None
    author: str | None


def read_html(file: OpenedFile) -> Iterator[Article]:
    """Read a web page; a page without a main text gives all its visible text."""
    data = file.read_whole(MAX_BYTES)
    declared = _DECLARED.search(data[:1024])  # where the HTML standard looks for it
    html = decode(data, file.options.max_chars, declared[1].decode("ascii", "replace") if declared else None)
    page = _extract(html)
    yield file.article(page.text, title=page.title, date=page.date, author=page.author)


def strip_tags(html: str) -> str:
    """Give the visible text of a fragment on one line."""
    return _visible_text(_parse(html))


def _extract(html: str) -> _Page:
    # Imported here for cost: trafilatura takes long to load and only web pages need it.
    from trafilatura import bare_extraction
    from trafilatura.settings import Document, use_config

    tree = _parse(html)
    visible = _visible_text(tree)
    config = use_config()
    if len(visible) < SMALL_PAGE_CHARS:
        config.set("DEFAULT", "MIN_EXTRACTED_SIZE", "1")
    if tree is not None:
        _keep_running_text(tree)
    try:
        found = bare_extraction(
            tree,
            include_comments=False,
            with_metadata=True,
            date_extraction_params={"original_date": True, "extensive_search": False},
            config=config,
        )
    except Exception as error:  # trafilatura names no errors of its own, and any page may surprise it
        raise ArticleError(Status.MALFORMED, f"The page cannot be taken apart: {error!r}.") from error
    if not isinstance(found, Document):
        return _Page(visible, None, None, None)
    lines = (line.strip(" |") for line in (found.text or "").splitlines())  # bars surround table rows
    text = "\n\n".join(line for line in lines if not _ROW_OF_RULES.fullmatch(line))
    return _Page(text or visible, found.title, found.date, found.author)


def _keep_running_text(tree: Any) -> None:  # noqa: ANN401  # lxml has no types
    """Change a page so that extraction keeps what stands amid sentences, in place.

    It would drop times, form labels and spans of certain classes there, break the text at quotations, and drop
    sentences that stand beside paragraphs in no paragraph of their own.
    """
    has_sentence: dict[Any, bool] = {}  # of a block, which may hold thousands of spans
    for element in list(tree.iter("q", "time", "output", "label", "span")):
        if element.tag == "q":
            element.text = f"“{element.text or ''}"
            element.tail = f"”{element.tail or ''}"
        else:
            block = next((above for above in element.iterancestors() if above.tag in _TEXT_BLOCKS), None)
            if block is None or not _HIDING.isdisjoint(element.keys()):
                continue
            if block not in has_sentence:
                has_sentence[block] = _SENTENCE_END.search(_text(block)) is not None
            if not has_sentence[block]:
                continue
        element.tag = "em"
        element.attrib.clear()
    for container in {paragraph.getparent() for paragraph in tree.iter("p")} - {None}:
        _wrap_sentences(container)


def _wrap_sentences(container: Any) -> None:  # noqa: ANN401
    """Make paragraphs of the sentences that stand between an element's blocks, or in a division of their own there."""
    block, inline = None, []
    for child in [*container, None]:
        if child is not None and _is_inline(child):
            inline.append(child)
            continue
        loose = (container.text if block is None else block.tail) or ""
        if _SENTENCE_END.search(loose + "".join(_text(element) + (element.tail or "") for element in inline)):
            paragraph = container.makeelement("p")
            paragraph.text = loose
            if block is None:
                container.text = None
                container.insert(0, paragraph)
            else:
                block.tail = None
                block.addnext(paragraph)
            paragraph.extend(inline)  # their tails go with them
        is_text = child is not None and child.tag == "div" and all(map(_is_inline, child))
        if is_text and _SENTENCE_END.search(_text(child)):
            child.tag = "p"
        block, inline = child, []


def _is_inline(element: Any) -> bool:  # noqa: ANN401
    return all(inner.tag in _INLINE or not isinstance(inner.tag, str) for inner in element.iter())


def _text(element: Any) -> str:  # noqa: ANN401
    return element.text_content() if isinstance(element.tag, str) else ""


def _parse(html: str) -> Any:  # noqa: ANN401  # lxml has no types
    """Parse a page or a fragment.

    Raises:
        ArticleError: If it has too many elements or attributes, or too deeply nested ones.
    """
    # Imported here for cost, as above.
    from trafilatura import load_html

    html = f"<!DOCTYPE html>\n{html}"  # trafilatura takes nothing for a page without a word of it
    _check_size(html)
    tree = load_html(html)
    if tree is not None and tree.xpath(f"boolean(//*[count(ancestor::*) > {MAX_DEPTH}])"):
        raise _too_deep()
    return tree


def _check_size(html: str) -> None:
    """Refuse a page that would take long, before any tree is built: in one pass over its tags, which is linear."""
    from lxml.etree import HTMLParser  # imported here for cost, as above

    parser = HTMLParser(target=_Census(), encoding="utf-8")
    parser.feed(html.encode("utf-8", "replace"))
    parser.close()


class _Census:
    """Counts the elements of a page as lxml's parser meets them.

    Every method may raise ArticleError: the parser lets it through and reads no further.
    """

    def __init__(self) -> None:
        self._n_elements = self._n_attributes = self._depth = self._depth_of_all = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._n_elements += 1
        self._n_attributes += len(attributes)
        self._depth += 1
        self._depth_of_all += self._depth
        if self._n_elements > MAX_ELEMENTS:
            raise ArticleError(Status.TOO_LARGE, f"The page has more than the limit of {MAX_ELEMENTS:,} elements.")
        if len(attributes) > MAX_ATTRIBUTES_OF_ONE or self._n_attributes > MAX_ATTRIBUTES:
            limits = f"{MAX_ATTRIBUTES:,} attributes, {MAX_ATTRIBUTES_OF_ONE:,} of one element"
            raise ArticleError(Status.TOO_LARGE, f"The page has more than the limit of {limits}.")
        if self._depth > MAX_DEPTH:
            raise _too_deep()
        if self._depth_of_all > MAX_DEPTH_OF_ALL:
            reason = f"The page's elements are nested too deeply for their number: {self._n_elements:,} so far."
            raise ArticleError(Status.TOO_LARGE, reason)

    def end(self, tag: str) -> None:
        self._depth -= 1

    def close(self) -> None:
        pass


def _too_deep() -> ArticleError:
    return ArticleError(Status.MALFORMED, f"The page's tags are nested more than {MAX_DEPTH} deep.")


def _visible_text(tree: Any) -> str:  # noqa: ANN401  # lxml has no types
    # Imported here for cost, as above.
    from trafilatura import html2txt

    return "" if tree is None else html2txt(tree)
