"""Reading the structure of DuckDB's tables from its own catalog: the inspector asks for tables of PostgreSQL that it lacks."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, text

from opsloom.connections.catalog.facts import Column, Family, ForeignKey, Index, TableFacts, UniqueKey, path_of
from opsloom.connections.catalog.families import family_of_text
from opsloom.connections.catalog.survey import Found

_HERE: Final = "where database_name = current_database() and schema_name = :schema"


def _asking(columns: str, source: str, name: str, order: str) -> Any:
    sql = f"select {columns} from {source}() {_HERE} and {name} in :names order by {order}"
    return text(sql).bindparams(bindparam("names", expanding=True))


_COLUMNS: Final = _asking(
    "table_name, column_name, data_type, is_nullable, column_default, is_generated, comment",
    "duckdb_columns", "table_name", "table_name, column_index",
)  # fmt: skip
_CONSTRAINTS: Final = _asking(
    "table_name, constraint_type, constraint_name, constraint_column_names, referenced_table, referenced_column_names",
    "duckdb_constraints", "table_name", "table_name, constraint_type, constraint_name",
)  # fmt: skip
_INDEXES: Final = _asking(
    "table_name, index_name, is_unique, expressions", "duckdb_indexes", "table_name", "table_name, index_name"
)
_COMMENTS: Final = (
    _asking("table_name, comment", "duckdb_tables", "table_name", "table_name"),
    _asking("view_name, comment", "duckdb_views", "view_name", "view_name"),
)
_VALUE: Final = re.compile(r"'((?:[^']|'')*)'")


def read_duckdb(connection: Connection, schema: str, batch: Sequence[Found]) -> dict[str, TableFacts]:
    """The structure of some tables of one schema, by path; what is missing was dropped since it was listed."""
    given = {"schema": schema, "names": [found.name for found in batch]}
    columns = _by_table(connection.execute(_COLUMNS, given))
    constraints = _by_table(connection.execute(_CONSTRAINTS, given))
    indexes = _by_table(connection.execute(_INDEXES, given))
    comments = {name: said for statement in _COMMENTS for name, said in connection.execute(statement, given)}
    facts = {}
    for found in batch:
        if found.name not in columns:
            continue
        keys = constraints[found.name]
        facts[found.path] = TableFacts(
            schema_name=schema,
            name=found.name,
            kind=found.kind,
            comment=comments.get(found.name) or None,
            columns=[_column(row) for row in columns[found.name]],
            primary_key=next((list(key[2]) for key in keys if key[0] == "PRIMARY KEY"), []),
            unique_keys=[UniqueKey(name=key[1], columns=list(key[2])) for key in keys if key[0] == "UNIQUE"],
            foreign_keys=[
                ForeignKey(
                    name=key[1], columns=list(key[2]), target=path_of(schema, key[3]), referred_columns=list(key[4])
                )
                for key in keys
                if key[0] == "FOREIGN KEY"
            ],
            indexes=[
                Index(name=name, columns=_expressions(shown), unique=unique)
                for name, unique, shown in indexes[found.name]
            ],
        )
    return facts


def _by_table(rows: Iterable[Any]) -> dict[str, list[tuple[Any, ...]]]:
    found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(tuple(row[1:]))
    return found


def _column(row: Sequence[Any]) -> Column:
    name, kind, nullable, default, generated, comment = row
    family = family_of_text(kind)
    values = [each.replace("''", "'") for each in _VALUE.findall(kind)] if family is Family.ENUM else []
    return Column(
        name=name,
        type=kind,
        family=family,
        nullable=nullable,
        default=default,
        generated=bool(generated),
        comment=comment or None,
        values=values,
    )


def _expressions(shown: str) -> list[str]:
    """DuckDB writes them as a list in brackets: `[a, 'lower(b)']`."""
    inner = shown.strip().removeprefix("[").removesuffix("]")
    return [inner] if "(" in inner else [part.strip().strip("'\"") for part in inner.split(",") if part.strip()]
