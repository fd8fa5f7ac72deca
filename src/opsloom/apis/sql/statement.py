"""The walls around a user's statement: what is set before it, what it is wrapped in, what its errors mean.

Invariant: the statement runs in an implicit transaction that was told the tenant, the time limit and the role just before it
and ends with it, so everything reverts, whatever happens. The wrapper's alias cannot be guessed and is quoted; the user's
text ends with a newline, and it was lexed, so it cannot close the wrapper.
"""

import secrets
from dataclasses import dataclass

from opsloom.apis.params import ParameterType, Value
from opsloom.apis.sql.guard import SCHEMA
from opsloom.apis.sql.lexer import Marks, Prepared
from opsloom.kit.position import line_and_column

READER = "opsloom_api_reader"

ENTER = (
    "select set_config('opsloom.tenant', $1, true), set_config('opsloom.user', '', true),"
    f" set_config('statement_timeout', $2, true), set_config('role', '{READER}', true)"
)
"""Tenant, time limit in milliseconds; then the role that may do nothing but read the views. Transaction-local."""

SESSION = {
    "default_transaction_read_only": "on",
    "search_path": f"{SCHEMA}, pg_temp",
    "lock_timeout": "1000",
    "idle_in_transaction_session_timeout": "60000",
    "work_mem": "16MB",
    "max_parallel_workers_per_gather": "0",
    "timezone": "UTC",
    "intervalstyle": "iso_8601",
    "bytea_output": "hex",
    "application_name": "opsloom api",
}
"""Fixed for the life of a connection that runs nothing else; no statement can reach them."""

SQL_TYPES: dict[ParameterType, tuple[str, int]] = {
    ParameterType.STRING: ("text", 25),
    ParameterType.ENUM: ("text", 25),
    ParameterType.INTEGER: ("int8", 20),
    ParameterType.NUMBER: ("float8", 701),
    ParameterType.BOOLEAN: ("bool", 16),
    ParameterType.DATE: ("date", 1082),
    ParameterType.DATETIME: ("timestamptz", 1184),
    ParameterType.UUID: ("uuid", 2950),
    ParameterType.JSON: ("jsonb", 3802),
}
"""Name and oid; the oids of these types are the same on every server."""


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A statement as it runs: three columns come back (rows, bytes, and the JSON array unless it is too large)."""

    text: str
    before: int
    source: str
    marks: Marks
    parameters: tuple[str, ...]

    def place(self, position: int) -> tuple[int, int] | None:
        """Line and column in the user's text for a position PostgreSQL reports (from 1); None when it is ours."""
        offset = position - 1 - self.before
        if offset < 0 or not self.marks.ours or offset > self.marks.ours[-1] + 200:
            return None
        return line_and_column(self.source, self.marks.source_offset(offset))


def wrap(prepared: Prepared, *, max_rows: int, max_bytes: int) -> Wrapped:
    """PostgreSQL makes the JSON. One row more than allowed is read, to know that there is more."""
    mine = f'"{secrets.token_hex(8)}"'
    body = f"coalesce(json_agg({mine}.r) filter (where {mine}.n <= {max_rows:d}), '[]')::text"
    head = (
        f"select {mine}.rows, octet_length({mine}.body),"
        f" case when octet_length({mine}.body) <= {max_bytes:d} then {mine}.body end"
        f" from (select count(*) as rows, {body} as body"
        f" from (select {mine} as r, row_number() over () as n from (select * from ("
    )
    tail = f"\n) {mine} limit {max_rows + 1:d}) {mine}) {mine}) {mine}"
    return Wrapped(head + prepared.text + tail, len(head), prepared.source, prepared.marks, prepared.parameters)


LARGEST_ROW_BYTES = 262_144
"""What one row of a stream may have as JSON: a part of a stream is some rows, and is held in memory."""


def wrap_rows(prepared: Prepared, *, max_rows: int) -> Wrapped:
    """The same, to be read through a cursor: one column, the row as JSON, null when it is too large. One row more than allowed
    is there, to know that there is more."""
    mine = f'"{secrets.token_hex(8)}"'
    head = (
        f"select case when octet_length({mine}.r) <= {LARGEST_ROW_BYTES:d} then {mine}.r end"
        f" from (select row_to_json({mine})::text as r from (select * from ("
    )
    tail = f"\n) {mine} limit {max_rows + 1:d}) {mine}) {mine}"
    return Wrapped(head + prepared.text + tail, len(head), prepared.source, prepared.marks, prepared.parameters)


def encode(value: Value) -> bytes | None:
    """A parameter in PostgreSQL's text form."""
    if value is None:
        return None
    if isinstance(value, bool):
        return b"t" if value else b"f"
    if isinstance(value, float):
        return repr(value).encode()
    return str(value).encode()
