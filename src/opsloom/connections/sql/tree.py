"""What is in a database: schemas, their tables and views, their columns. A path is the names, each percent-encoded, joined by `/`."""

from urllib.parse import quote, unquote

from sqlalchemy import Connection, inspect
from sqlalchemy.exc import NoSuchTableError

from opsloom.connections.errors import NothingThere
from opsloom.connections.results import Node

_SHOWN = 5000


def below(connection: Connection, path: str) -> list[Node]:
    """What is under a path. Raises NothingThere."""
    names = [unquote(part) for part in path.split("/")] if path else []
    if not names:
        return _schemas(connection)
    if len(names) == 1:
        return _tables(connection, names[0])
    if len(names) == 2:
        return _columns(connection, names[0], names[1])
    raise NothingThere("There is nothing below a column.")


def _schemas(connection: Connection) -> list[Node]:
    seen = inspect(connection)
    default = seen.default_schema_name
    return [
        Node(quote(name, safe=""), name, "schema", leaf=False, detail="default" if name == default else "")
        for name in seen.get_schema_names()
    ]


def _tables(connection: Connection, schema: str) -> list[Node]:
    seen = inspect(connection)
    if schema not in seen.get_schema_names():
        raise NothingThere(f"There is no schema “{schema}”.")
    found = [(name, "table") for name in seen.get_table_names(schema)]
    found += [(name, "view") for name in seen.get_view_names(schema)]
    above = quote(schema, safe="")
    return [Node(f"{above}/{quote(name, safe='')}", name, kind, leaf=False) for name, kind in sorted(found)[:_SHOWN]]


def _columns(connection: Connection, schema: str, table: str) -> list[Node]:
    seen = inspect(connection)
    try:
        columns = seen.get_columns(table, schema)
    except NoSuchTableError:
        raise NothingThere(f"There is no table “{table}” in “{schema}”.") from None
    above = f"{quote(schema, safe='')}/{quote(table, safe='')}"
    return [
        Node(
            f"{above}/{quote(each['name'], safe='')}",
            each["name"],
            "column",
            leaf=True,
            detail=str(each["type"]) + ("" if each.get("nullable", True) else " not null"),
        )
        for each in columns[:_SHOWN]
    ]
