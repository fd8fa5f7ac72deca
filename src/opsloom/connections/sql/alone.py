"""One statement and no more: the server itself refuses a text that holds two.

psycopg sends a text without values as it stands, and PostgreSQL would run every statement in it; a prepared one must be single.
The other drivers take one statement at a time anyway.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from opsloom.connections.results import Value
from opsloom.connections.sql.flavour import Flavour
from opsloom.connections.sql.statement import bind
from opsloom.connections.sql.values import plain

_NEVER_BY_ITSELF = 1_000_000


@dataclass(frozen=True, slots=True)
class Ran:
    """`count` is what the driver says was changed; rows are as many as were wanted and one more."""

    count: int
    columns: list[str] = field(default_factory=list)
    rows: list[list[Value]] = field(default_factory=list, repr=False)


def alone(
    connection: Connection, flavour: Flavour, sql: str, params: Mapping[str, object], most: int, *, before: str = ""
) -> Ran:
    """Run it, with words put before it, and take at most `most` + 1 rows. Raises QueryRefused and the driver's errors."""
    text, used = bind(sql.rstrip().rstrip(";"), params, flavour.grammar, flavour.style)
    if flavour.grammar == "postgres":
        return _prepared(connection, before + text, used, most)
    result = connection.exec_driver_sql(before + text, used or None)
    if not result.returns_rows:
        return Ran(max(result.rowcount, 0))
    columns = [str(each[0]) for each in result.cursor.description]
    rows = [[plain(value) for value in row] for row in result.fetchmany(most + 1)]
    result.close()
    return Ran(len(rows), columns, rows)


def _prepared(connection: Connection, text: str, used: Mapping[str, object], most: int) -> Ran:
    import psycopg

    raw: Any = connection.connection.dbapi_connection
    raw.prepare_threshold = _NEVER_BY_ITSELF
    try:
        with raw.cursor() as cursor:
            cursor.execute(text, used, prepare=True)
            if cursor.description is None:
                return Ran(max(cursor.rowcount, 0))
            columns = [str(each.name) for each in cursor.description]
            rows = [[plain(value) for value in row] for row in cursor.fetchmany(most + 1)]
            return Ran(max(cursor.rowcount, len(rows)), columns, rows)
    except psycopg.Error as error:
        raise DBAPIError(text, dict(used), error) from error
