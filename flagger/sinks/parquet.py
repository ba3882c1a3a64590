"""Records as Parquet: spans as structs, a row group every few thousand records."""

from typing import TYPE_CHECKING, BinaryIO, Self

from flagger.sinks.records import Column, Record

if TYPE_CHECKING:
    import pyarrow as pa

_ROW_GROUP = 4096


class ParquetSink:
    """A Parquet file with a fixed schema, whatever the records hold."""

    def __init__(self, handle: BinaryIO, columns: tuple[Column, ...]) -> None:
        import pyarrow.parquet as pq  # imported here for cost: only this format needs pyarrow

        self._schema = arrow_schema(columns)
        self._writer = pq.ParquetWriter(handle, self._schema)
        self._rows: list[Record] = []

    def write(self, record: Record) -> None:
        """Write one record, together with its row group."""
        self._rows.append(record)
        if len(self._rows) == _ROW_GROUP:
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa  # imported here for cost

        if self._rows:
            self._writer.write_table(pa.Table.from_pylist(self._rows, schema=self._schema))
            self._rows = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._flush()
        self._writer.close()


def arrow_schema(columns: tuple[Column, ...]) -> "pa.Schema":
    """Return the Arrow schema of these columns."""
    import pyarrow as pa  # imported here for cost

    span = pa.struct([("start", pa.int64()), ("end", pa.int64()), ("text", pa.string())])
    types = {
        "int": pa.int64(),
        "float": pa.float64(),
        "bool": pa.bool_(),
        "text": pa.string(),
        "span": span,
        "spans": pa.list_(span),
    }
    return pa.schema([(column.name, types[column.type]) for column in columns])
