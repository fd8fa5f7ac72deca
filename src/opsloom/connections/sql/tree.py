"""What is in a database: schemas, their tables and views, their columns. A path is the names, each percent-encoded, joined by `/`."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol
from urllib.parse import quote, unquote

from sqlalchemy import Connection, inspect, text

from opsloom.connections.errors import NothingThere
from opsloom.connections.results import Node

_SHOWN = 5000


class Structure(Protocol):
    """What a database says of its structure."""

    default: str | None

    def schemas(self) -> Sequence[str]: ...

    def tables(self, schema: str) -> Iterable[tuple[str, str]]:
        """Names with `table` or `view`."""
        ...

    def columns(self, schema: str, table: str) -> Iterable[tuple[str, str]]:
        """Names with their types."""
        ...


class _Inspected:
    """As SQLAlchemy's inspector finds it."""

    def __init__(self, connection: Connection) -> None:
        self._seen = inspect(connection)
        self.default = self._seen.default_schema_name

    def schemas(self) -> Sequence[str]:
        return self._seen.get_schema_names()

    def tables(self, schema: str) -> Iterable[tuple[str, str]]:
        yield from ((name, "table") for name in self._seen.get_table_names(schema))
        yield from ((name, "view") for name in self._seen.get_view_names(schema))

    def columns(self, schema: str, table: str) -> Iterable[tuple[str, str]]:
        for each in self._seen.get_columns(table, schema):
            yield each["name"], str(each["type"]) + ("" if each.get("nullable", True) else " not null")


class _Standard:
    """As the information schema has it, for a database whose dialect's inspector cannot read columns."""

    default: str | None = "main"

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def _rows(self, sql: str, **values: str) -> Sequence[Any]:
        return self._connection.execute(text(sql), values).all()

    def schemas(self) -> Sequence[str]:
        return [
            str(row[0])
            for row in self._rows(
                "select schema_name from information_schema.schemata where catalog_name = current_database()"
                " and schema_name not in ('information_schema', 'pg_catalog') order by 1"
            )
        ]

    def tables(self, schema: str) -> Iterable[tuple[str, str]]:
        sql = (
            "select table_name, table_type from information_schema.tables"
            " where table_schema = :schema and table_catalog = current_database()"
        )
        for name, kind in self._rows(sql, schema=schema):
            yield str(name), "view" if kind == "VIEW" else "table"

    def columns(self, schema: str, table: str) -> Iterable[tuple[str, str]]:
        sql = (
            "select column_name, data_type, is_nullable from information_schema.columns where table_schema = :schema"
            " and table_name = :name and table_catalog = current_database() order by ordinal_position"
        )
        for name, kind, nullable in self._rows(sql, schema=schema, name=table):
            yield str(name), str(kind) + ("" if nullable == "YES" else " not null")


def below(connection: Connection, path: str) -> list[Node]:
    """What is under a path. Raises NothingThere."""
    seen: Structure = _Standard(connection) if connection.dialect.name == "duckdb" else _Inspected(connection)
    names = [unquote(part) for part in path.split("/")] if path else []
    if len(names) > 2:
        raise NothingThere("There is nothing below a column.")
    schemas = seen.schemas()
    if not names:
        return [
            Node(quote(name, safe=""), name, "schema", leaf=False, detail="default" if name == seen.default else "")
            for name in schemas
        ]
    if names[0] not in schemas:
        raise NothingThere(f"There is no schema “{names[0]}”.")
    tables = sorted(seen.tables(names[0]))
    above = quote(names[0], safe="")
    if len(names) == 1:
        return [Node(f"{above}/{quote(name, safe='')}", name, kind, leaf=False) for name, kind in tables[:_SHOWN]]
    if names[1] not in {name for name, _ in tables}:
        raise NothingThere(f"There is no table “{names[1]}” in “{names[0]}”.")
    above += "/" + quote(names[1], safe="")
    return [
        Node(f"{above}/{quote(name, safe='')}", name, "column", leaf=True, detail=kind)
        for name, kind in list(seen.columns(names[0], names[1]))[:_SHOWN]
    ]
