"""Reading the structure of tables through SQLAlchemy's inspector, many at once where the dialect can.

One table that cannot be read costs only itself: what the whole batch could not give is asked for again one by one, and what
still fails is handed back with its cause. A connection that is lost ends the reading.
"""

import threading
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import Connection, Inspector, text
from sqlalchemy.engine.reflection import ObjectKind, ObjectScope
from sqlalchemy.exc import NoSuchTableError, SAWarning, SQLAlchemyError
from sqlalchemy.sql.sqltypes import NullType

from opsloom.connections.catalog.facts import Column, Family, ForeignKey, Index, TableFacts, UniqueKey, path_of
from opsloom.connections.catalog.families import family_of, family_of_text
from opsloom.connections.catalog.survey import Found
from opsloom.connections.catalog.trouble import attempt, cause, is_lost

# Another database's types and indexes are no reason to warn: names of types are looked up, see `_odd_types`.
for _said in ("Did not recognize type", "Skipped unsupported reflection of expression-based index"):
    warnings.filterwarnings("ignore", message=_said, category=SAWarning)

_TYPE_NAMES: Final = {
    "postgresql": text(
        "select c.relname, a.attname, format_type(a.atttypid, a.atttypmod) from pg_attribute a "
        "join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace "
        "where n.nspname = :schema and c.relname = any(:names) and a.attnum > 0 and not a.attisdropped"
    ),
    "mysql": text(
        "select table_name, column_name, column_type from information_schema.columns "
        "where table_schema = :schema and table_name in :names"
    ).bindparams(sa.bindparam("names", expanding=True)),
}
_TYPE_NAMES["mariadb"] = _TYPE_NAMES["mysql"]

Parts = Mapping[str, Mapping[tuple[str | None, str], Any]]


@dataclass
class Read:
    """What came of a batch: facts, and the causes of what could not be read, both by path.

    A table that is in neither was dropped since it was listed.
    """

    facts: dict[str, TableFacts] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)


def read_tables(connection: Connection, schema: str, batch: Sequence[Found], stop: threading.Event) -> Read:
    """The structure of some tables of one schema, unfinished once `stop` is set. Raises SQLAlchemyError when the connection
    is lost."""
    read = Read()
    try:
        with attempt(connection):
            read.facts = _read_together(connection, schema, batch)
    except SQLAlchemyError as error:
        if is_lost(error):
            raise
    for found in batch:
        if found.path not in read.facts and not stop.is_set():
            _read_alone(connection, schema, found, read)
    return read


def _read_alone(connection: Connection, schema: str, found: Found, read: Read) -> None:
    try:
        with attempt(connection):
            _inspector(connection).get_columns(found.name, schema)  # names the cause; reading many at once does not
            read.facts |= _read_together(connection, schema, [found])
    except NoSuchTableError:
        return
    except SQLAlchemyError as error:
        if is_lost(error):
            raise
        read.problems[found.path] = cause(error)


def _read_together(connection: Connection, schema: str, batch: Sequence[Found]) -> dict[str, TableFacts]:
    inspector = _inspector(connection)
    options: dict[str, Any] = {
        "schema": schema,
        "filter_names": [found.name for found in batch],
        "kind": ObjectKind.ANY,
        "scope": ObjectScope.ANY,
    }
    asked: dict[str, Callable[..., Any]] = {
        "columns": inspector.get_multi_columns,
        "primary_key": inspector.get_multi_pk_constraint,
        "foreign_keys": inspector.get_multi_foreign_keys,
        "unique_keys": inspector.get_multi_unique_constraints,
        "indexes": inspector.get_multi_indexes,
        "comment": inspector.get_multi_table_comment,
    }
    parts = {name: _asked(ask, options) for name, ask in asked.items()}
    odd = _odd_types(connection, schema, parts["columns"])
    facts = {}
    for found in batch:
        if parts["columns"].get((schema, found.name)):
            facts[found.path] = _assembled(inspector, found, parts, odd)
    return facts


def _inspector(connection: Connection) -> Inspector:
    """A fresh one: it remembers what it has read. On PostgreSQL names must not depend on who looks."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("set local search_path to ''"))
    return sa.inspect(connection)


def _asked(ask: Callable[..., Any], options: Mapping[str, Any]) -> Mapping[tuple[str | None, str], Any]:
    try:
        found: Mapping[tuple[str | None, str], Any] = ask(**options)
    except NotImplementedError:  # SQLite has no comments
        return {}
    return found


def _odd_types(
    connection: Connection, schema: str, columns: Mapping[tuple[str | None, str], Any]
) -> dict[tuple[str, str], str]:
    """The names of types that SQLAlchemy does not know, by table and column."""
    names = sorted({table for (_, table), each in columns.items() if any(_is_odd(column) for column in each)})
    statement = _TYPE_NAMES.get(connection.dialect.name)
    if not names or statement is None:
        return {}
    return {
        (table, column): kind
        for table, column, kind in connection.execute(statement, {"schema": schema, "names": names})
    }


def _is_odd(column: Mapping[str, Any]) -> bool:
    return isinstance(column["type"], NullType)


def _assembled(inspector: Inspector, found: Found, parts: Parts, odd: Mapping[tuple[str, str], str]) -> TableFacts:
    key = (found.schema, found.name)
    default = inspector.default_schema_name or ""
    return TableFacts(
        schema_name=found.schema,
        name=found.name,
        kind=found.kind,
        comment=(parts["comment"].get(key) or {}).get("text") or None,
        columns=[_column(inspector, found.name, column, odd) for column in parts["columns"][key]],
        primary_key=list((parts["primary_key"].get(key) or {}).get("constrained_columns") or []),
        unique_keys=[
            UniqueKey(name=each["name"], columns=list(each["column_names"]))
            for each in parts["unique_keys"].get(key) or []
        ],
        foreign_keys=[
            ForeignKey(
                name=each["name"],
                columns=list(each["constrained_columns"]),
                target=path_of(each["referred_schema"] or default, each["referred_table"]),
                referred_columns=list(each["referred_columns"]),
            )
            for each in parts["foreign_keys"].get(key) or []
        ],
        indexes=[
            Index(name=each["name"], columns=_index_columns(each), unique=bool(each["unique"]))
            for each in parts["indexes"].get(key) or []
            if not each.get("duplicates_constraint")
        ],
    )


def _index_columns(index: Mapping[str, Any]) -> list[str]:
    shown = index.get("expressions") or index["column_names"]
    return [str(each) for each in shown if each is not None]


def _column(inspector: Inspector, table: str, column: Mapping[str, Any], odd: Mapping[tuple[str, str], str]) -> Column:
    name = str(column["name"])
    if _is_odd(column):
        written = odd.get((table, name), "unknown")
        kind = family_of_text(written)
    else:
        written = column["type"].compile(dialect=inspector.dialect)
        kind = family_of(column["type"])
    return Column(
        name=name,
        type=written,
        family=kind,
        nullable=bool(column.get("nullable", True)),
        default=column.get("default"),
        generated=bool(column.get("identity") or column.get("computed")),
        comment=column.get("comment") or None,
        values=[str(each) for each in getattr(column["type"], "enums", ())] if kind is Family.ENUM else [],
    )
