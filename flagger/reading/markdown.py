"""Markdown -> its article: the words without the markup, each heading, paragraph, list item and table row by itself.

Code blocks and pictures are left out, links keep their words, hard-wrapped lines are joined. Front matter
gives title, date and author.
"""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from flagger.reading.encoding import decode
from flagger.reading.html import strip_tags
from flagger.reading.opened import ArticleError, OpenedFile
from flagger.results import Article, Status

if TYPE_CHECKING:
    from markdown_it.token import Token

MAX_BYTES = 1_000_000
"""A long book; hostile markup of this size takes ten to twenty seconds."""

MAX_BRACKETS = 20_000
"""Each ``[`` may begin a hundred links in each other, which takes about a tenth of a millisecond to rule out."""

_FRONT_MATTER = re.compile(r"(---|\+\+\+)[ \t]*\r?\n(?=[\w-]+\s*[:=])(.*?)^\1[ \t]*\r?$", re.DOTALL | re.MULTILINE)
_FIELD = re.compile(r"^(title|date|author)[^\S\n]*[:=][^\S\n]*(\S.*)$", re.IGNORECASE | re.MULTILINE)
_INLINE = {"text": None, "code_inline": None, "text_special": None, "softbreak": " ", "hardbreak": "\n"}
"""The inline tokens that make text; None stands for their content. Pictures make none, nor do tags but line breaks."""
_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def read_markdown(file: OpenedFile) -> Iterator[Article]:
    """Read a Markdown document (CommonMark with tables and strikethrough)."""
    source = decode(file.read_whole(MAX_BYTES), file.options.max_chars)
    front_matter = _FRONT_MATTER.match(source)
    fields: dict[str, str] = {}
    if front_matter:
        source = source[front_matter.end() :]
        fields = {key.lower(): value.strip().strip("\"'") for key, value in _FIELD.findall(front_matter[2])}
    yield file.article("\n\n".join(_blocks(_parse(source))), **fields)


def _parse(source: str) -> "Sequence[Token]":
    # Imported here for cost: only Markdown needs it.
    from markdown_it import MarkdownIt

    if source.count("[") > MAX_BRACKETS:
        raise ArticleError(Status.TOO_LARGE, f"The document has more than the limit of {MAX_BRACKETS:,} brackets.")
    # What is nested deeper than maxNesting is lost; CommonMark's 20 are ten lists in each other.
    parser = MarkdownIt("commonmark", {"maxNesting": 100}).enable(["table", "strikethrough"])
    try:
        return parser.parse(source)
    except RecursionError as error:
        raise ArticleError(Status.MALFORMED, "The Markdown is nested too deeply.") from error


def _blocks(tokens: "Sequence[Token]") -> Iterator[str]:
    cells: list[str] | None = None
    for token in tokens:
        if token.type == "tr_open":
            cells = []
        elif token.type == "tr_close":
            yield " | ".join(cells or [])
            cells = None
        elif token.type in ("inline", "html_block"):
            block = strip_tags(token.content) if token.type == "html_block" else _inline_text(token.children or [])
            if cells is not None:
                cells.append(block)
            elif block:
                yield block


def _inline_text(tokens: "Sequence[Token]") -> str:
    return "".join(map(_words, tokens)).strip()


def _words(token: "Token") -> str:
    if token.type == "html_inline":
        return "\n" if _LINE_BREAK.fullmatch(token.content) else ""
    return (_INLINE[token.type] or token.content) if token.type in _INLINE else ""
