"""Records of a flags file -> files of other programs, one module a format.

To add a format, write a module with a function from articles (lists of records, as recorded.read_flags yields them) to
the pieces of one text file, or to named files, and add a row to EXPORTS. Offsets are characters (code points) of the
text that recorded.article_text rebuilds; whether a format wants other units is the business of its module.
"""

import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from flagger.errors import ConfigError, writing
from flagger.exports import brat, conll, label_studio, sarif, spacy, web_annotation
from flagger.files import whole_file
from flagger.sinks.records import Record

__all__ = ["EXPORTS", "export"]

Articles = Iterable[list[Record]]
Writer = Callable[[Articles, Path], None]


def _in_one_file(convert: Callable[[Articles], Iterator[str]]) -> Writer:
    def write(articles: Articles, path: Path) -> None:
        with whole_file(path) as handle:
            for piece in convert(articles):
                handle.write(piece.encode())

    return write


def _in_many_files(convert: Callable[[Articles], Iterator[tuple[str, str]]]) -> Writer:
    def write(articles: Articles, path: Path) -> None:
        if path.suffix.lower() == ".zip":
            with whole_file(path) as handle, zipfile.ZipFile(handle, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, content in convert(articles):
                    archive.writestr(name, content.encode())
        else:
            _write_folder(path, convert(articles))

    return write


def _write_folder(path: Path, files: Iterator[tuple[str, str]]) -> None:
    if path.exists():
        raise ConfigError(f"{path} is there already; name a new folder, or a .zip file")
    unfinished = path.with_name(path.name + ".partial")
    with writing(path):
        shutil.rmtree(unfinished, ignore_errors=True)  # of an earlier run that was cut off
        unfinished.mkdir()
    for name, content in files:
        with writing(path):
            (unfinished / name).write_bytes(content.encode())
    with writing(path):
        unfinished.replace(path)


EXPORTS: dict[str, Writer] = {
    "label-studio": _in_one_file(label_studio.label_studio_tasks),
    "spacy": _in_one_file(spacy.spacy_documents),
    "brat": _in_many_files(brat.brat_files),
    "w3c-annotation": _in_one_file(web_annotation.web_annotations),
    "conll": _in_one_file(conll.conll_lines),
    "sarif": _in_one_file(sarif.sarif_log),
}


def export(articles: Articles, format_name: str, path: Path) -> int:
    """Write articles in another program's format and return how many there were.

    The file (for brat: the folder, or the file where ``path`` ends in .zip) appears only when it is whole; memory holds
    one article at a time.

    Raises:
        ConfigError: If there is no such format, or the file cannot be written.
        ReadError: What ``articles`` raises.
    """
    if format_name not in EXPORTS:
        raise ConfigError(f"there is no export to {format_name!r}; use one of {', '.join(EXPORTS)}")
    n_articles = 0

    def counted() -> Iterator[list[Record]]:
        nonlocal n_articles
        for article in articles:
            n_articles += 1
            yield article

    EXPORTS[format_name](counted(), path)
    return n_articles
