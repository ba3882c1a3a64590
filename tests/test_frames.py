import sys
from typing import Any

import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from flagger import to_frame
from flagger.errors import ConfigError
from flagger.labels import Label
from flagger.results import ArticleResult, Status
from tests.flag_files import flagged, records_of, results, write_flags

EMPTY = ArticleResult("e", "e.txt", Status.EMPTY, "there is no text in it")


@settings(max_examples=30, deadline=None)
@given(st.lists(results(), max_size=3))
def test_a_table_is_the_parquet_that_score_writes(
    tmp_path_factory: pytest.TempPathFactory, articles: list[ArticleResult]
) -> None:
    path = write_flags(tmp_path_factory.mktemp("frames") / "flags.parquet", *articles)
    articles = [*articles, EMPTY]
    assert to_frame(articles, "arrow").equals(pq.read_table(path))
    assert_frame_equal(to_frame(articles), pd.read_parquet(path))
    assert to_frame(iter(articles), backend="polars").equals(pl.read_parquet(path))


@settings(max_examples=30, deadline=None)
@given(results(min_sentences=1))
def test_types_do_not_hang_on_what_the_flags_hold(article: ArticleResult) -> None:
    assert to_frame([], "arrow").schema == to_frame(article, "arrow").schema
    assert to_frame([EMPTY]).dtypes.equals(to_frame(article).dtypes)
    assert to_frame(iter(()), "polars").schema == to_frame(article, "polars").schema


@settings(max_examples=10, deadline=None)
@given(results(min_sentences=1))
def test_flags_alone_are_rows_of_no_article(article: ArticleResult) -> None:
    rows = to_frame(article.flags, "arrow").to_pylist()
    assert rows == [record | {"article_id": "", "path": None} for record in records_of(article)]


def test_a_long_run_comes_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    article = flagged("It fell. It rose.", [(text, Label.CONFIRMED, [], None) for text in ("It fell.", "It rose.")])
    monkeypatch.setattr("flagger.frames._CHUNK_ROWS", 3)
    column = to_frame([article] * 4, "arrow").column("sentence")
    assert (column.num_chunks, column.to_pylist()) == (3, [0, 1] * 4)


@pytest.mark.parametrize("backend", ["pandas", "polars"])
def test_a_missing_library_is_told(backend: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, backend, None)
    with pytest.raises(ConfigError, match=f"the backend '{backend}' needs {backend}: pip install {backend}"):
        to_frame([], backend)


def test_an_unknown_backend_is_told() -> None:
    with pytest.raises(ConfigError, match="no backend 'spark'; use one of pandas, polars, arrow"):
        to_frame([], "spark")  # type: ignore[call-overload]


@pytest.mark.parametrize(("wrong", "found"), [("It fell.", "str"), ([{"label": "confirmed"}], "dict"), ([[]], "list")])
def test_what_holds_no_flags_is_refused(wrong: Any, found: str) -> None:
    with pytest.raises(TypeError, match=f"expected SentenceFlags or ArticleResults, got {found}"):
        to_frame(wrong)
