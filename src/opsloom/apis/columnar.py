"""Rows as columns: Arrow IPC streams and Parquet. Pure.

Invariant: the types of the columns are decided before the first row is seen, by what the API has published of its output;
a value that its column cannot hold is an error that names both, never a null. Values travel as text from PostgreSQL's JSON
into the column, so no digit is lost on the way; a `numeric` keeps 18 digits after the point (half rounds away from zero).

arro3 (the Rust implementation of Arrow) is loaded on first use: few callers ask for these forms. pyarrow was rejected for its
size: ten times the weight for the same files.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from opsloom.apis.errors import FormUnsuitable
from opsloom.apis.learned import row_schema
from opsloom.apis.params import Schema
from opsloom.apis.schemas import ApiDefinition

if TYPE_CHECKING:
    from arro3.core import DataType, RecordBatch

Fields = Mapping[str, msgspec.Raw]
Row = msgspec.Raw | bytes
_rows = msgspec.json.Decoder(list[msgspec.Raw])
_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])
_any = msgspec.json.Decoder()
_text = msgspec.json.Decoder(str)
_END_BYTES = 8
_LEARNT_FROM = 200

_OF_POSTGRES = {
    "boolean": "bool",
    "smallint": "int16",
    "integer": "int32",
    "bigint": "int64",
    "real": "float32",
    "double precision": "float64",
    "numeric": "decimal",
    "date": "date",
    "timestamp with time zone": "instant",
    "timestamp without time zone": "timestamp",
}
"""PostgreSQL's words for types and ours. JSON and arrays are their JSON as text, all others are text."""

_OF_JSON = {"boolean": "bool", "integer": "int64", "number": "float64"}
_OF_FORMAT = {"date": "date", "date-time": "instant"}


@dataclass(frozen=True, slots=True)
class Column:
    """`kind` is one of the names in `_types`."""

    name: str
    kind: str


def as_fields(row: Row) -> Fields:
    """The fields of a row; a row that is no object is one field called value."""
    if bytes(memoryview(row)[:64]).lstrip()[:1] == b"{":
        return _fields.decode(row)
    return {"value": msgspec.Raw(row)}


def columns_of(definition: ApiDefinition, rows: bytes = b"[]") -> list[Column]:
    """What was published, else what was declared of a row, else what the first rows have in common."""
    if definition.output:
        return [Column(each.name, _kind_of(each.type)) for each in definition.output]
    if definition.row_schema and definition.row_schema.get("properties"):
        return _by_schema(definition.row_schema)
    seen = [_any.decode(row) for row in _rows.decode(rows)[:_LEARNT_FROM]]
    return _by_schema(row_schema([each if isinstance(each, dict) else {"value": each} for each in seen]))


def _kind_of(type_name: str) -> str:
    if type_name.endswith("[]") or type_name in ("json", "jsonb"):
        return "json"
    return _OF_POSTGRES.get(type_name, "text")


def _by_schema(schema: Schema) -> list[Column]:
    properties: Any = schema.get("properties") or {}
    return [Column(name, _kind(each if isinstance(each, dict) else {})) for name, each in properties.items()]


def _kind(schema: Schema) -> str:
    declared: Any = schema.get("type")
    names = [each for each in (declared if isinstance(declared, list) else [declared]) if each != "null"]
    if len(names) != 1:
        return "json"
    if names[0] == "string":
        return _OF_FORMAT.get(str(schema.get("format")), "text")
    return _OF_JSON.get(str(names[0]), "json")


class ArrowWriter:
    """Makes record batches of rows, all of one schema, and the parts of an IPC stream."""

    def __init__(self, columns: Sequence[Column]) -> None:
        from arro3.core import Field
        from arro3.core import Schema as ArrowSchema

        types = _types()
        self._columns = tuple((each, types[each.kind]) for each in columns)
        self.schema: ArrowSchema = ArrowSchema([Field(each.name, kind, nullable=True) for each, kind in self._columns])
        self._head_bytes = 0

    def batch(self, rows: Sequence[Row]) -> "RecordBatch":
        """Raises FormUnsuitable when a value does not fit its column."""
        from arro3.core import RecordBatch

        read = [as_fields(row) for row in rows]
        arrays = {each.name: _array(each, kind, read) for each, kind in self._columns}
        return RecordBatch.from_pydict(arrays, schema=self.schema)

    def head(self) -> bytes:
        """The beginning of an IPC stream: its schema."""
        whole = self._written([])
        self._head_bytes = len(whole) - _END_BYTES
        return whole[: self._head_bytes]

    def rows(self, rows: Sequence[Row]) -> bytes:
        """Rows as messages of the stream that `head` began: what a stream of them has between its schema and its end."""
        return self._written(rows)[self._head_bytes : -_END_BYTES]

    def end(self) -> bytes:
        """What tells a reader that the stream is whole."""
        return b"\xff\xff\xff\xff\x00\x00\x00\x00"

    def _written(self, rows: Sequence[Row]) -> bytes:
        from arro3.io import write_ipc_stream

        out = io.BytesIO()
        write_ipc_stream(self.batch(rows) if rows else self._nothing(), out)
        return out.getvalue()

    def _nothing(self) -> Any:
        from arro3.core import RecordBatchReader

        return RecordBatchReader.from_batches(self.schema, [])


def to_arrow(rows: bytes, columns: Sequence[Column]) -> bytes:
    """An Arrow IPC stream (not a file) with one batch."""
    batches, read = ArrowWriter(columns), _rows.decode(rows)
    return batches.head() + (batches.rows(read) if read else b"") + batches.end()


def to_parquet(rows: bytes, columns: Sequence[Column]) -> bytes:
    """A Parquet file, compressed with Snappy, which every reader knows."""
    from arro3.core import Table
    from arro3.io import write_parquet

    batches, out = ArrowWriter(columns), io.BytesIO()
    write_parquet(
        Table.from_batches([batches.batch(_rows.decode(rows))], schema=batches.schema), out, compression="snappy"
    )
    return out.getvalue()


def _types() -> dict[str, "DataType"]:
    from arro3.core import DataType

    return {
        "bool": DataType.bool(),
        "int16": DataType.int16(),
        "int32": DataType.int32(),
        "int64": DataType.int64(),
        "float32": DataType.float32(),
        "float64": DataType.float64(),
        "decimal": DataType.decimal128(38, 18),
        "date": DataType.date32(),
        "instant": DataType.timestamp("us", tz="UTC"),
        "timestamp": DataType.timestamp("us"),
        "text": DataType.utf8(),
        "json": DataType.utf8(),
    }


def _array(column: Column, kind: "DataType", rows: Sequence[Fields]) -> Any:
    from arro3.compute import cast
    from arro3.core import Array, DataType

    read: Callable[[bytes], str | None] = _as_json if column.kind == "json" else _plain
    name = column.name
    texts = [read(bytes(fields[name])) if name in fields else None for fields in rows]
    array = Array(texts, DataType.utf8())
    if kind == DataType.utf8():
        return array
    found: Any = cast(array, kind)
    if found.null_count != array.null_count:
        raise _unsuitable(column, texts, found)
    return found


def _unsuitable(column: Column, texts: Sequence[str | None], found: Any) -> FormUnsuitable:
    at = next(i for i, text in enumerate(texts) if text is not None and not found[i].is_valid)
    return FormUnsuitable(
        f"The value {(texts[at] or '')[:80]} does not fit the column {column.name}, which holds values of type {column.kind}.",
        hint="Ask for JSON, CSV or NDJSON, or cast the column to text.",
    )


def _plain(raw: bytes) -> str | None:
    """Texts and numbers as they are; words that JSON has no number for (NaN, infinity) stand in quotes."""
    if raw == b"null":
        return None
    return _text.decode(raw) if raw[:1] == b'"' else raw.decode()


def _as_json(raw: bytes) -> str | None:
    return None if raw == b"null" else raw.decode()
