import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from flagger.errors import ConfigError, ReadError
from flagger.exports import EXPORTS, export
from flagger.sinks.records import Record
from tests.exports.articles import OTHER, RECORDS


def _broken() -> Iterator[list[Record]]:
    yield RECORDS
    raise ReadError("line 9: broken")


@pytest.mark.parametrize("name", EXPORTS)
def test_a_file_appears_only_when_it_is_whole(tmp_path: Path, name: str) -> None:
    with pytest.raises(ReadError, match="line 9"):
        export(_broken(), name, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert export([RECORDS, OTHER], name, tmp_path / "out") == 2
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("name", EXPORTS)
def test_what_cannot_be_written_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="cannot write"):
        export([RECORDS], name, tmp_path / "no" / "out")
    (tmp_path / "taken").mkdir()
    with pytest.raises(ConfigError, match=r"taken"):
        export([RECORDS], name, tmp_path / "taken")


def test_brat_goes_into_a_zip_file_too(tmp_path: Path) -> None:
    export([RECORDS, OTHER], "brat", tmp_path / "folder")
    export([RECORDS, OTHER], "brat", tmp_path / "b.zip")
    with zipfile.ZipFile(io.BytesIO((tmp_path / "b.zip").read_bytes())) as archive:
        zipped = {name: archive.read(name) for name in archive.namelist()}
    assert zipped == {path.name: path.read_bytes() for path in (tmp_path / "folder").iterdir()}
    assert len(zipped) == 5


def test_an_unknown_format_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no export to 'xml'; use one of label-studio, spacy"):
        export([], "xml", tmp_path / "out")
