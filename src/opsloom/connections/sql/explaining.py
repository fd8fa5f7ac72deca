"""What a database says of how it would run a query, or how it ran one; each has its own words for that."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from opsloom.connections.results import PlanText
from opsloom.connections.sql.alone import alone
from opsloom.connections.sql.flavour import Flavour

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
    plan, measured = _ASKING[flavour.grammar]
    raw: Any = connection.connection.dbapi_connection
    if flavour.grammar == "mysql" and "MariaDB" in raw.get_server_info():
        measured = _MARIADB_ANALYZE
    runs = analyze and measured is not None
    ran = alone(connection, flavour, sql, params, _MOST_LINES, before=(measured if runs else plan) or "")
    return PlanText(flavour.grammar, ran.rows, runs)
