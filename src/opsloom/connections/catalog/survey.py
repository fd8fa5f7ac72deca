"""The quick look over a whole schema: which tables there are, how many rows each has, and whether one has changed.

A mark is a digest of a table's definition that the database itself computes in one statement for all tables. Two scans that
see the same mark see the same structure, so the second need not read the table. It is made of the definitions, never of
counters or times: those move without a change (vacuum, a restored dump) or stand still in spite of one (MySQL's CREATE_TIME).
A dialect that is not known here gives no marks, and each scan reads everything.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from opsloom.connections.catalog.facts import RowCount, TableKind, path_of
from opsloom.connections.catalog.marks import digest
from opsloom.connections.catalog.trouble import is_lost

COUNT_UP_TO: Final = 100_000
_POSTGRES_KINDS: Final = {
    "r": TableKind.TABLE,
    "p": TableKind.TABLE,
    "v": TableKind.VIEW,
    "m": TableKind.MATERIALIZED_VIEW,
    "f": TableKind.FOREIGN_TABLE,
}


@dataclass(frozen=True)
class Found:
    """One table of the schema; `mark` is None where the database cannot tell cheaply whether it changed."""

    schema: str
    name: str
    kind: TableKind
    mark: str | None = None
    rows: RowCount | None = None

    @property
    def path(self) -> str:
        return path_of(self.schema, self.name)


def survey(connection: Connection, schema: str) -> list[Found]:
    """Every table and view of one schema, by name."""
    look = _BY_DIALECT.get(connection.dialect.name, _anything)
    return sorted(look(connection, schema), key=lambda found: found.name)


# Expressions are taken as they are stored: to write them out PostgreSQL would have to lock their tables, and a table that
# somebody is rebuilding must not hold up the whole scan.
_POSTGRES: Final = text(
    """
select c.relname, c.relkind::text, c.reltuples::bigint, md5(concat_ws('|', c.oid, c.relkind,
    (select string_agg(concat_ws(',', a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                                 a.attidentity, a.attgenerated, d.adbin::text), ';' order by a.attnum)
     from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
     where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
    (select string_agg(concat_ws(',', k::text, r.relnamespace, r.relname, (
                select string_agg(f.attname, ',' order by f.attnum) from pg_attribute f
                where f.attrelid = k.confrelid and f.attnum = any(k.confkey))), ';' order by k.oid)
     from pg_constraint k left join pg_class r on r.oid = k.confrelid where k.conrelid = c.oid),
    (select string_agg(concat_ws(',', x.relname, i::text), ';' order by i.indexrelid)
     from pg_index i join pg_class x on x.oid = i.indexrelid where i.indrelid = c.oid),
    (select string_agg(concat_ws(',', n.objsubid, n.description), ';' order by n.objsubid)
     from pg_description n where n.objoid = c.oid and n.classoid = 'pg_class'::regclass),
    (select string_agg(concat_ws(',', a.attnum, e.enumlabel), ';' order by a.attnum, e.enumsortorder)
     from pg_attribute a join pg_enum e on e.enumtypid = a.atttypid where a.attrelid = c.oid and not a.attisdropped)))
from pg_class c join pg_namespace s on s.oid = c.relnamespace
where s.nspname = :schema and c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
"""
)


def _postgres(connection: Connection, schema: str) -> list[Found]:
    """A partition is left to its table: it is the same columns once more."""
    return [
        Found(
            schema, name, _POSTGRES_KINDS[kind], mark, RowCount(value=rows, precision="estimate") if rows >= 0 else None
        )
        for name, kind, rows, mark in connection.execute(_POSTGRES, {"schema": schema})
    ]


_MYSQL_TABLES: Final = text(
    "select table_name, table_type, table_rows, table_comment from information_schema.tables where table_schema = :schema"
)
_MYSQL_PARTS: Final = tuple(
    text(
        f"select table_name, count(*), sum(cast(conv(substr(md5(concat_ws('|', {parts})), 1, 15), 16, 10) as unsigned)) "
        f"from information_schema.{source} where table_schema = :schema group by table_name"
    )
    for source, parts in (
        (
            "columns",
            "ordinal_position, column_name, column_type, is_nullable, coalesce(column_default, '~'), extra, column_comment",
        ),
        (
            "key_column_usage",
            "constraint_name, column_name, ordinal_position, coalesce(referenced_table_schema, '~'), "
            "coalesce(referenced_table_name, '~'), coalesce(referenced_column_name, '~')",
        ),
        ("statistics", "index_name, seq_in_index, coalesce(column_name, '~'), non_unique"),
    )
)


def _mysql(connection: Connection, schema: str) -> list[Found]:
    parts: dict[str, list[str]] = defaultdict(list)
    for place, statement in enumerate(_MYSQL_PARTS):
        for name, count, total in connection.execute(statement, {"schema": schema}):
            parts[name].append(f"{place}:{count}:{total}")
    found = []
    for name, kind, rows, comment in connection.execute(_MYSQL_TABLES, {"schema": schema}):
        is_view = "VIEW" in kind
        count = None if is_view or rows is None else RowCount(value=int(rows), precision="estimate")
        said = "" if is_view else comment  # of a view that is broken the server says so here
        mark = digest(kind, said, *parts[name])
        found.append(Found(schema, name, TableKind.VIEW if is_view else TableKind.TABLE, mark, count))
    return found


def _sqlite(connection: Connection, schema: str) -> list[Found]:
    """A definition is the text it was made with. The type of a view's columns comes from its tables, so views have no mark."""
    quoted = connection.dialect.identifier_preparer.quote_identifier(schema)
    definitions = connection.exec_driver_sql(f"select type, name, tbl_name, sql from {quoted}.sqlite_master").all()
    parts: dict[str, list[str]] = defaultdict(list)
    for kind, name, table, sql in definitions:
        parts[table].append(f"{kind}:{name}:{sql}")
    known = _sqlite_statistics(connection, quoted, {name for _, name, _, _ in definitions})
    found = []
    for kind, name, _, _ in definitions:
        if kind == "table" and not name.startswith("sqlite_"):
            rows = known.get(name) or _counted(connection, schema, name)
            found.append(Found(schema, name, TableKind.TABLE, digest(*sorted(parts[name])), rows))
        elif kind == "view":
            found.append(Found(schema, name, TableKind.VIEW))
    return found


def _sqlite_statistics(connection: Connection, quoted: str, names: set[str]) -> dict[str, RowCount]:
    """What ANALYZE left behind: the first number of `stat` is the table's rows."""
    if "sqlite_stat1" not in names:
        return {}
    rows = connection.exec_driver_sql(f"select tbl, max(cast(stat as integer)) from {quoted}.sqlite_stat1 group by tbl")
    return {name: RowCount(value=value, precision="estimate") for name, value in rows if value}


def _counted(connection: Connection, schema: str, name: str) -> RowCount | None:
    """Count as far as it is cheap; a virtual table whose module is missing cannot be counted."""
    some = (
        sa.select(sa.literal_column("1")).select_from(sa.table(name, schema=schema)).limit(COUNT_UP_TO + 1).subquery()
    )
    try:
        value = connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one()
    except SQLAlchemyError as error:
        if is_lost(error):
            raise
        return None
    if value > COUNT_UP_TO:
        return RowCount(value=COUNT_UP_TO, precision="at_least")
    return RowCount(value=value, precision="exact")


_DUCKDB: Final = text(
    """
select t.table_name, 'table', t.estimated_size, md5(concat_ws('|', t.sql, t.comment,
    (select string_agg(concat_ws(',', c.column_name, c.comment), ';' order by c.column_index) from duckdb_columns() c
     where c.table_oid = t.table_oid and c.database_name = t.database_name and c.schema_name = t.schema_name),
    (select string_agg(i.sql, ';' order by i.index_name) from duckdb_indexes() i
     where i.table_oid = t.table_oid and i.database_name = t.database_name and i.schema_name = t.schema_name)))
from duckdb_tables() t where t.database_name = current_database() and t.schema_name = :schema and not t.internal
union all
select v.view_name, 'view', null, null
from duckdb_views() v where v.database_name = current_database() and v.schema_name = :schema and not v.internal
"""
)


def _duckdb(connection: Connection, schema: str) -> list[Found]:
    return [
        Found(
            schema,
            name,
            TableKind(kind),
            mark,
            None if rows is None else RowCount(value=int(rows), precision="estimate"),
        )
        for name, kind, rows, mark in connection.execute(_DUCKDB, {"schema": schema})
    ]


def _anything(connection: Connection, schema: str) -> list[Found]:
    """Names alone, as far as the dialect can tell them."""
    inspector = sa.inspect(connection)
    kinds: Mapping[TableKind, Callable[[str], list[str]]] = {
        TableKind.TABLE: inspector.get_table_names,
        TableKind.VIEW: inspector.get_view_names,
        TableKind.MATERIALIZED_VIEW: inspector.get_materialized_view_names,
    }
    found: dict[str, Found] = {}
    for kind, names in kinds.items():
        try:
            for name in names(schema):
                found.setdefault(name, Found(schema, name, kind))
        except NotImplementedError:  # the dialect knows no such thing
            continue
    return list(found.values())


_BY_DIALECT: Final[Mapping[str, Callable[[Connection, str], list[Found]]]] = {
    "postgresql": _postgres,
    "mysql": _mysql,
    "mariadb": _mysql,
    "sqlite": _sqlite,
    "duckdb": _duckdb,
}
