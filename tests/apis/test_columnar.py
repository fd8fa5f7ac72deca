"""Rows as Parquet and Arrow: types as published, no digit lost, and what does not fit is said."""

import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import msgspec
import pytest
from arro3.core import Table
from arro3.io import read_ipc_stream
from hypothesis import given
from hypothesis import strategies as st

from opsloom.apis.columnar import ArrowWriter, Column, columns_of, to_arrow, to_parquet
from opsloom.apis.errors import FormUnsuitable
from opsloom.apis.schemas import ApiDefinition

OUTPUT = [
    ("n", "bigint"), ("small", "smallint"), ("ratio", "double precision"), ("price", "numeric"), ("ok", "boolean"),
    ("day", "date"), ("at", "timestamp with time zone"), ("local", "timestamp without time zone"), ("name", "text"),
    ("tags", "text[]"), ("extra", "jsonb"), ("id", "uuid"),
]  # fmt: skip
ROW = (
    b'{"n":9007199254740993,"small":-7,"ratio":1.5e300,"price":12345678901234567890.123456789012345678,"ok":true,'
    b'"day":"2026-05-01","at":"2026-05-01T18:30:00.123456+09:00","local":"2026-05-01T09:30:00","name":"\xea\xb0\x80 \\"b\\"",'
    b'"tags":["a", "b"],"extra":"x","id":"0190c0de-0000-7000-8000-00000000abcd"}'
)
NULLS = json.dumps(dict.fromkeys(name for name, _ in OUTPUT)).encode()
READ = {
    "n": 9007199254740993, "small": -7, "ratio": 1.5e300, "price": Decimal("12345678901234567890.123456789012345678"),
    "ok": True, "day": date(2026, 5, 1), "at": datetime(2026, 5, 1, 9, 30, 0, 123456, UTC),
    "local": datetime(2026, 5, 1, 9, 30, tzinfo=UTC).replace(tzinfo=None), "name": '가 "b"', "tags": '["a", "b"]', "extra": '"x"',
    "id": "0190c0de-0000-7000-8000-00000000abcd",
}  # fmt: skip


def _definition(**more: Any) -> ApiDefinition:
    return ApiDefinition.model_validate({"path": "p", "logic": {"type": "sql", "sql": "select 1 as a"}, **more})


def _published() -> list[Column]:
    return columns_of(_definition(output=[{"name": name, "type": kind} for name, kind in OUTPUT]))


def _rows_of(stream: bytes) -> list[dict[str, Any]]:
    table = Table.from_arrow(read_ipc_stream(io.BytesIO(stream)))
    columns = {name: table[name].to_pylist() for name in table.column_names}
    return [dict(zip(columns, each, strict=True)) for each in zip(*columns.values(), strict=True)]


def test_an_arrow_stream_has_the_published_types_and_values() -> None:
    assert _rows_of(to_arrow(b"[" + ROW + b",\n " + NULLS + b"]", _published())) == [READ, dict.fromkeys(READ)]


def test_another_reader_finds_the_same_in_parquet(tmp_path: Any) -> None:
    (tmp_path / "a.parquet").write_bytes(to_parquet(b"[" + ROW + b"," + NULLS + b"]", _published()))
    with duckdb.connect() as connection:
        file = str(tmp_path / "a.parquet")
        kinds = {row[0]: row[1] for row in connection.execute("describe from read_parquet($1)", [file]).fetchall()}
        found = connection.execute('select * replace (epoch_us("at") as "at") from read_parquet($1)', [file])
        first, second = (dict(zip(kinds, row, strict=True)) for row in found.fetchall())
    assert first == READ | {"at": int(READ["at"].timestamp() * 1e6)}
    assert set(second.values()) == {None}
    assert (kinds["price"], kinds["at"], kinds["small"]) == ("DECIMAL(38,18)", "TIMESTAMP WITH TIME ZONE", "SMALLINT")


def test_no_rows_still_have_their_columns(tmp_path: Any) -> None:
    (tmp_path / "a.parquet").write_bytes(to_parquet(b"[]", _published()))
    with duckdb.connect() as connection:
        found = connection.execute("select * from read_parquet($1)", [str(tmp_path / "a.parquet")])
        assert [each[0] for each in found.description or []] == [name for name, _ in OUTPUT]
    assert _rows_of(to_arrow(b"[]", _published())) == []
    assert read_ipc_stream(io.BytesIO(to_arrow(b"[]", _published()))).schema.names == [name for name, _ in OUTPUT]


@pytest.mark.parametrize(
    ("kind", "value"),
    [("numeric", b'"NaN"'), ("date", b'"infinity"'), ("timestamp with time zone", b'"infinity"'), ("bigint", b"1.5")],
)
def test_a_value_that_does_not_fit_is_named(kind: str, value: bytes) -> None:
    columns = columns_of(_definition(output=[{"name": "price", "type": kind}]))
    with pytest.raises(FormUnsuitable, match=r"price") as refused:
        to_arrow(b'[{"price":null},{"price":' + value + b"}]", columns)
    assert value.decode().strip('"') in refused.value.message


def test_columns_are_declared_or_learnt_where_nothing_is_published() -> None:
    declared = {"properties": {"n": {"type": ["integer", "null"]}, "at": {"type": "string", "format": "date-time"}}}
    assert columns_of(_definition(row_schema=declared)) == [Column("n", "int64"), Column("at", "instant")]
    learnt = columns_of(_definition(), b'[{"a": 1, "b": "x"}, {"a": 1.5, "c": {"d": 1}}]')
    assert learnt == [Column("a", "float64"), Column("b", "text"), Column("c", "json")]
    assert _rows_of(to_arrow(b'[1, "x"]', columns_of(_definition(), b'[1, "x"]'))) == [{"value": "1"}, {"value": '"x"'}]


ROWS = st.lists(
    st.fixed_dictionaries(
        {"n": st.none() | st.integers(-(2**63), 2**63 - 1), "name": st.none() | st.text('a가"\n\\', max_size=8)}
    ),
    max_size=30,
)


@given(ROWS, st.integers(1, 7))
def test_a_stream_written_in_parts_reads_as_if_written_at_once(rows: list[dict[str, Any]], size: int) -> None:
    columns = [Column("n", "int64"), Column("name", "text")]
    raw = [msgspec.Raw(json.dumps(row).encode()) for row in rows]
    writer = ArrowWriter(columns)
    parts = [writer.head(), *(writer.rows(raw[at : at + size]) for at in range(0, len(raw), size)), writer.end()]
    assert _rows_of(b"".join(parts)) == rows
