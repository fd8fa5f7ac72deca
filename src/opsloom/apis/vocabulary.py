"""What people may name while they write SQL: tables, columns and keys with people's words, and functions the guard lets pass."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.apis import repository
from opsloom.apis.schemas_sql import NamedColumn, NamedKey, NamedTable, Said, VocabularyShown
from opsloom.apis.sql.functions import Catalog
from opsloom.apis.sql.guard import SCHEMA
from opsloom.connections.catalog import service as catalogs
from opsloom.connections.catalog.words import SpokenColumn, SpokenTable
from opsloom.identity.scope import Scope

_TO_CALL = text(
    """
select distinct p.proname::text from pg_proc p
where p.pronamespace = (select oid from pg_namespace where nspname = 'pg_catalog') and p.prokind in ('f', 'a', 'w')
  and not exists (select from pg_operator o where o.oprcode = p.oid or o.oprrest = p.oid or o.oprjoin = p.oid)
  and not exists (select from pg_aggregate a where p.oid in (a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggmtransfn,
                                                            a.aggminvtransfn, a.aggmfinalfn, a.aggserialfn, a.aggdeserialfn))
  and not exists (select from pg_amproc s where s.amproc = p.oid)
  and not exists (select from pg_cast c where c.castfunc = p.oid)
order by 1
"""
)
"""Functions that are there to be called: what implements an operator, an aggregate, an index or a cast is not."""
_OWN_KEYS = {
    "alerts": [("item_id", "items")],
    "metrics": [("item_id", "items")],
    "relations": [("source_id", "items"), ("target_id", "items")],
}
"""Views have no foreign keys; these hold all the same."""
_COMMON = tuple(
    """
    abs avg ceil coalesce concat count date exp extract first_value floor lag last_value lead length ln lower ltrim max min mod
    nullif percent_rank power rank replace round row_number rtrim sign sqrt substring sum trim upper dense_rank ntile cast
    """.split()  # noqa: SIM905  # a list of words reads as words
)
_OF_DIALECT = {
    "postgres": (
        "array_agg",
        "date_trunc",
        "date_part",
        "greatest",
        "least",
        "now",
        "string_agg",
        "to_char",
        "to_timestamp",
    ),
    "mysql": (
        "date_add",
        "date_format",
        "date_sub",
        "datediff",
        "group_concat",
        "ifnull",
        "json_extract",
        "now",
        "timestampdiff",
    ),
    "sqlite": (
        "datetime",
        "group_concat",
        "ifnull",
        "json_extract",
        "julianday",
        "strftime",
        "substr",
        "total",
        "unixepoch",
    ),
    "duckdb": ("date_diff", "date_trunc", "list", "median", "quantile_cont", "strftime", "string_agg", "time_bucket"),
}


async def own(session: AsyncSession, catalog: Catalog) -> VocabularyShown:
    """The schema `data`."""
    tables: dict[str, NamedTable] = {}
    for relation, column, kind in await repository.readable_columns(session):
        table = tables.setdefault(relation, NamedTable(schema_name=SCHEMA, name=relation, columns=[]))
        table.columns.append(NamedColumn(name=column, type=kind))
    for name, keys in _OWN_KEYS.items():
        if name in tables:
            tables[name].foreign_keys = [
                NamedKey(columns=[column], target=f"{SCHEMA}.{target}", referred_columns=["id"])
                for column, target in keys
            ]
    names = [name for (name,) in (await session.execute(_TO_CALL)).all() if name in catalog.allowed]
    return VocabularyShown(dialect="postgres", cataloged=True, tables=list(tables.values()), functions=names)


async def connected(session: AsyncSession, scope: Scope, connection: str, dialect: str) -> VocabularyShown:
    """The published catalogs of a connection."""
    found = [each for each in await catalogs.vocabulary(session, scope) if each.connection == connection]
    return VocabularyShown(
        dialect=dialect,
        cataloged=bool(found),
        tables=[_table(table) for each in found for table in each.tables],
        functions=sorted({*_COMMON, *_OF_DIALECT.get(dialect, ())}),
    )


def _table(table: SpokenTable) -> NamedTable:
    return NamedTable(
        schema_name=table.schema_name,
        name=table.name,
        comment=table.comment or "",
        description=Said(en=table.description.en, ko=table.description.ko),
        synonyms=[*table.synonyms.en, *table.synonyms.ko],
        columns=[_column(each) for each in table.columns],
        foreign_keys=[
            NamedKey(columns=key.columns, target=key.target, referred_columns=key.referred_columns)
            for key in table.foreign_keys
        ],
    )


def _column(column: SpokenColumn) -> NamedColumn:
    return NamedColumn(
        name=column.name,
        type=column.type,
        comment=column.comment or "",
        description=Said(en=column.description.en, ko=column.description.ko),
        synonyms=[*column.synonyms.en, *column.synonyms.ko],
    )
