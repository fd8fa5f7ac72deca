"""What a database says of how it would run a query, or how it ran one; each has its own words for that."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection

from opsloom.connections.results import PlanText
from opsloom.connections.sql.flavour import Flavour
from opsloom.connections.sql.statement import bind
from opsloom.connections.sql.values import plain

_MOST_LINES = 2_000
_ASKING = {
    "postgres": ("explain (format json) ", "explain (format json, analyze, buffers) "),
    "duckdb": ("explain (format json) ", "explain (analyze, format json) "),
    "sqlite": ("explain query plan ", None),
    "mysql": ("explain format=json ", None),
}
_MARIADB_ANALYZE = "analyze format=json "


def explain(
    connection: Connection, flavour: Flavour, sql: str, params: Mapping[str, object], *, analyze: bool
) -> PlanText:
    """The plan in the database's own form; `analyze` runs the query where the database can measure. Raises QueryRefused."""
    flavour.check(sql)
    text, used = bind(sql.rstrip().rstrip(";"), params, flavour.grammar, flavour.style)
    plan, measured = _ASKING[flavour.grammar]
    raw: Any = connection.connection.dbapi_connection
    if flavour.grammar == "mysql" and "MariaDB" in raw.get_server_info():
        measured = _MARIADB_ANALYZE
    runs = analyze and measured is not None
    with one_statement(flavour, raw):
        found = connection.exec_driver_sql(f"{measured if runs else plan}{text}", used or None).fetchmany(_MOST_LINES)
    return PlanText(flavour.grammar, [[plain(value) for value in row] for row in found], runs)


@contextlib.contextmanager
def one_statement(flavour: Flavour, raw: Any) -> Iterator[None]:
    """Inside, the server itself takes no text of several statements: psycopg would send one without values as it stands."""
    if flavour.grammar != "postgres":
        yield
        return
    with raw.pipeline():
        yield
