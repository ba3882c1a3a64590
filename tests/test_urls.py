import sys
from pathlib import Path

import pytest

from flagger.errors import ConfigError
from flagger.urls import find_filesystem, is_url


def test_a_path_is_no_url() -> None:
    assert is_url("s3://bucket/a.txt")
    assert not is_url("s3:/bucket/a.txt")
    assert not is_url(Path("s3://bucket/a.txt"))


def test_the_filesystem_of_a_url_is_found() -> None:
    assert find_filesystem("memory://folder/a.txt")[1] == "/folder/a.txt"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("nonsense://a.txt", "nonsense://a.txt: this kind of URL cannot be opened: Protocol not known: nonsense"),
        ("simplecache::memory://a.txt", "chained URLs are not supported"),
    ],
)
def test_what_cannot_be_opened_is_told(url: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        find_filesystem(url)


def test_without_fsspec_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(ConfigError, match=r"pip install 'flagger\[ray\]'"):
        find_filesystem("memory://a.txt")
