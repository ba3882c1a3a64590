"""Flags -> a table in memory, with the columns and types of ``flags.parquet`` (sinks/records.py).

To add a library, write how it takes an Arrow table and add a row to _BACKENDS.
"""

from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, overload

from flagger.errors import ConfigError
from flagger.results import ArticleResult, SentenceFlag, Status
from flagger.sinks.parquet import arrow_schema
from flagger.sinks.records import FLAG_COLUMNS, Record, flag_records

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

Flags = ArticleResult | Iterable[SentenceFlag | ArticleResult]

_CHUNK_ROWS = 4096  # records that wait as Python objects


@overload
def to_frame(flags: Flags, backend: Literal["pandas"] = "pandas") -> "pd.DataFrame": ...
@overload
def to_frame(flags: Flags, backend: Literal["polars"]) -> "pl.DataFrame": ...
@overload
def to_frame(flags: Flags, backend: Literal["arrow"]) -> "pa.Table": ...
def to_frame(flags: Flags, backend: Literal["pandas", "polars", "arrow"] = "pandas") -> Any:
    """Put flags into a table, a row a sentence, as each library reads the Parquet that ``flagger score`` writes.

    The columns and their types are the same whatever the flags hold, and when there are none.

    Args:
        flags: What ``flag``, ``flag_many`` or ``flag_sentences`` returned. An article without sentences has no row.
            ``article_id`` and ``path`` are those of the Articles that were flagged: "" and null for bare texts.
        backend: pandas gives a DataFrame, with dicts in ``cues`` (an array of them) and ``source``; polars a DataFrame
            and arrow a pyarrow.Table, with structs there.

    Raises:
        ConfigError: If there is no such backend, or its library is not installed.
        TypeError: If ``flags`` holds something else.
    """
    if backend not in _BACKENDS:
        raise ConfigError(f"there is no backend {backend!r}; use one of {', '.join(_BACKENDS)}")
    if backend != "arrow" and find_spec(backend) is None:
        raise ConfigError(f"the backend {backend!r} needs {backend}: pip install {backend}")
    return _BACKENDS[backend](_arrow_table(flags))


def _arrow_table(flags: Flags) -> "pa.Table":
    import pyarrow as pa  # imported here for cost

    schema = arrow_schema(FLAG_COLUMNS)
    rows = _records(flags)
    chunks = iter(lambda: list(islice(rows, _CHUNK_ROWS)), [])
    return pa.Table.from_batches([pa.RecordBatch.from_pylist(chunk, schema) for chunk in chunks], schema)


def _records(flags: Flags) -> Iterator[Record]:
    for item in [flags] if isinstance(flags, ArticleResult) else flags:
        if isinstance(item, SentenceFlag):
            yield from flag_records(ArticleResult("", None, Status.OK, flags=[item]))
        elif isinstance(item, ArticleResult):
            yield from flag_records(item)
        else:
            raise TypeError(f"expected SentenceFlags or ArticleResults, got {type(item).__name__}")


def _to_polars(table: "pa.Table") -> "pl.DataFrame":
    import polars as pl  # imported here: the user's choice

    return pl.from_arrow(table)


_BACKENDS: dict[str, Callable[["pa.Table"], Any]] = {
    "pandas": lambda table: table.to_pandas(),
    "polars": _to_polars,
    "arrow": lambda table: table,
}
