"""A query read row by row, until it ends or reaches the limit of rows or bytes."""

import time
from collections.abc import Mapping

from sqlalchemy import Connection, CursorResult

from opsloom.connections.content import Limits
from opsloom.connections.errors import QueryRefused, ResultTooLarge
from opsloom.connections.results import Column, Rows, Value
from opsloom.connections.sql.flavour import Flavour
from opsloom.connections.sql.statement import bind
from opsloom.connections.sql.values import plain, size_of

_BATCH = 100


def read(connection: Connection, flavour: Flavour, sql: str, params: Mapping[str, object], limits: Limits) -> Rows:
    """The rows of a statement. Raises QueryRefused, ResultTooLarge for a first row beyond the limit of bytes."""
    began = time.monotonic()
    flavour.check(sql)
    text, used = bind(sql, params, flavour.grammar, flavour.style)
    streaming = connection.execution_options(stream_results=True, max_row_buffer=_BATCH)
    result = streaming.exec_driver_sql(text, used or None)
    if not result.returns_rows:
        raise QueryRefused("The statement returns no rows.", hint="Only statements that read can be run.")
    truncated = True
    try:
        columns = [Column(str(each[0]), flavour.type_name(each)) for each in result.cursor.description]
        rows, truncated = _take(result, limits)
    finally:
        flavour.leave(connection, result, complete=not truncated)
    return Rows(columns, rows, truncated, (time.monotonic() - began) * 1000)


def _take(result: CursorResult[tuple[object, ...]], limits: Limits) -> tuple[list[list[Value]], bool]:
    rows: list[list[Value]] = []
    size = 0
    while batch := result.fetchmany(min(_BATCH, limits.rows - len(rows) + 1)):
        for row in batch:
            if len(rows) == limits.rows:
                return rows, True
            values = [plain(value) for value in row]
            size += size_of(values)
            if size > limits.bytes:
                if not rows:
                    raise ResultTooLarge(f"The first row is larger than {limits.bytes} bytes.")
                return rows, True
            rows.append(values)
    return rows, False
