"""PostgreSQL's own verdict on a statement that the guard let through, and the columns it gives.

The statement is made a temporary view in a transaction that is rolled back: PostgreSQL parses it, resolves every name and
overload and stores the analysed tree, but executes nothing. The tree's functions and relations must be among the allowed
ones by oid. It sees what no parser of ours can: a function called as an attribute, an operator's function, a view's name
hidden by another schema. Costs two milliseconds, paid when an API is checked or published.
"""

import re
import secrets
from dataclasses import dataclass

import asyncpg

from opsloom.apis.params import Parameter, Schema
from opsloom.apis.schemas import OutputColumn
from opsloom.apis.sql.functions import Catalog, Procedure, catalog_of
from opsloom.apis.sql.guard import SCHEMA, Finding
from opsloom.apis.sql.lexer import Marks, Prepared
from opsloom.apis.sql.statement import SQL_TYPES
from opsloom.infra.db import Database
from opsloom.kit.position import line_and_column

_PROCEDURES = """
select p.oid::int8 as oid, p.proname::text as name, n.nspname::text as schema, p.provolatile::text as volatility,
       exists (select from unnest(array_append(p.proargtypes::oid[], p.prorettype)) as t(oid)
               where t.oid::regtype::text = any (array['internal', 'cstring', 'trigger', 'event_trigger'])) as is_internal
from pg_proc p join pg_namespace n on n.oid = p.pronamespace
"""
_RELATIONS = """
select c.oid::int8 as oid, c.relname::text as name from pg_class c
where c.relnamespace = (select oid from pg_namespace where nspname = $1) and c.relkind in ('v', 'm', 'r', 'p')
"""
_TREE = """
select ev_action::text as tree, ev_class::int8 as itself from pg_rewrite where ev_class = $1::text::regclass
"""
_COLUMNS = """
select a.attname::text as name, format_type(a.atttypid, null) as type from pg_attribute a
where a.attrelid = $1::text::regclass and a.attnum > 0 order by a.attnum
"""
_FUNCTIONS = re.compile(r":(?:funcid|opfuncid|aggfnoid|winfnoid|opno_funcid) (\d+)")
_RELATION_IDS = re.compile(r":relid (\d+)")
_CHANGES = re.compile(r":hasModifyingCTE true|:commandType [2-9]|:hasForUpdate true|:rowMarks \(")
_TYPES = re.compile(r":(?:consttype|resulttype|vartype|funcresulttype|casttype) (\d+)")
_CATALOG_TYPES = frozenset({24, 26, 2202, 2203, 2204, 2205, 2206, 4089, 4096, 4191})  # oid, regproc … regcollation
_SESSION_WORDS = re.compile(r"SQLVALUEFUNCTION :op ([0-9]+)")
_CLOCK_WORDS = frozenset({"0", "1", "2", "3", "4", "5", "6", "7", "8"})  # CURRENT_DATE … LOCALTIMESTAMP


@dataclass(frozen=True, slots=True)
class Verdict:
    """`columns` are empty when there are findings."""

    columns: tuple[OutputColumn, ...] = ()
    findings: tuple[Finding, ...] = ()


async def load_catalog(db: Database) -> Catalog:
    """What the guard needs to know; read once per process, and again when a migration may have changed it."""
    async with db.connection() as connection:
        procedures = await connection.fetch(_PROCEDURES)
        relations = await connection.fetch(_RELATIONS, SCHEMA)
    return catalog_of((Procedure(**dict(row)) for row in procedures), ((row["oid"], row["name"]) for row in relations))


async def judge(db: Database, prepared: Prepared, parameters: list[Parameter], catalog: Catalog) -> Verdict:
    """Ask PostgreSQL about a statement that passed the guard."""
    types = {parameter.name: SQL_TYPES[parameter.type][0] for parameter in parameters}
    values = [f"(null::{types.get(name, 'text')})" for name in prepared.parameters]
    text, marks = prepared.with_values(values)
    view = f"api_check_{secrets.token_hex(8)}"
    head = f"create temp view {view} as select * from ("
    async with db.connection() as connection:
        transaction = connection.transaction()
        await transaction.start()
        try:
            await connection.execute(f"set local search_path = {SCHEMA}, pg_temp; set local statement_timeout = '3s'")
            # `fetch` speaks the extended protocol: more than one statement would be an error
            await connection.fetch(f'{head}{text}\n) "{secrets.token_hex(8)}"')
            rule = await connection.fetchrow(_TREE, f"pg_temp.{view}")
            columns = await connection.fetch(_COLUMNS, f"pg_temp.{view}")
        except asyncpg.PostgresError as error:
            return Verdict(findings=(_finding(error, prepared.source, marks, len(head)),))
        finally:
            await transaction.rollback()
    found = tuple(OutputColumn(name=row["name"], type=row["type"]) for row in columns)
    assert rule is not None, "a view has its rule"
    findings = (*_tree_findings(rule["tree"], rule["itself"], catalog), *_column_findings(found))
    return Verdict(findings=findings) if findings else Verdict(columns=found)


def _finding(error: asyncpg.PostgresError, source: str, marks: Marks, before: int) -> Finding:
    position = str(getattr(error, "position", None) or "")
    offset = marks.source_offset(max(int(position) - 1 - before, 0)) if position.isdigit() else 0
    line, column = line_and_column(source, offset)
    return Finding(f"postgres_{error.sqlstate}", str(error).splitlines()[0], line, column)


def _tree_findings(tree: str, itself: int, catalog: Catalog) -> list[Finding]:
    findings = []
    if _CHANGES.search(tree):
        findings.append(Finding("not_a_query", "the statement changes or locks rows"))
    for oid in sorted({int(oid) for oid in _FUNCTIONS.findall(tree)} - {0}):
        if oid not in catalog.allowed_oids:
            name = catalog.names.get(oid, f"number {oid}")
            findings.append(Finding("function_not_allowed", f"the function {name} is not available to APIs"))
    # Before PostgreSQL 16 a view's tree names the view itself twice, as OLD and NEW.
    relations = {int(oid) for oid in _RELATION_IDS.findall(tree)} - {0, itself}
    if not relations <= catalog.relation_oids.keys():
        findings.append(Finding("relation_not_allowed", "a relation outside the schema data is read"))
    if _CATALOG_TYPES & {int(oid) for oid in _TYPES.findall(tree)}:
        findings.append(Finding("type_not_allowed", "the types of catalog entries are not available to APIs"))
    if any(op not in _CLOCK_WORDS for op in _SESSION_WORDS.findall(tree)):
        findings.append(Finding("function_not_allowed", "the session's user and catalog are not available to APIs"))
    return findings


def _column_findings(columns: tuple[OutputColumn, ...]) -> list[Finding]:
    return [
        Finding("column_unnamed", "give every output column a name with AS")
        for column in columns
        if column.name == "?column?"
    ][:1]


_JSON_TYPES: dict[str, Schema] = {
    "boolean": {"type": "boolean"},
    "smallint": {"type": "integer"},
    "integer": {"type": "integer"},
    "bigint": {"type": "integer"},
    "real": {"type": "number"},
    "double precision": {"type": "number"},
    "numeric": {"type": "number"},
    "date": {"type": "string", "format": "date"},
    "timestamp with time zone": {"type": "string", "format": "date-time"},
    "timestamp without time zone": {"type": "string"},
    "uuid": {"type": "string", "format": "uuid"},
    "json": {},
    "jsonb": {},
}


def output_schema(columns: tuple[OutputColumn, ...]) -> Schema:
    """The JSON Schema of one row; any column may be null."""
    return {
        "type": "object",
        "properties": {column.name: _column_schema(column.type) for column in columns},
        "required": [column.name for column in columns],
    }


def _column_schema(kind: str) -> Schema:
    if kind.endswith("[]"):
        return {"type": ["array", "null"], "items": _column_schema(kind[:-2])}
    schema = _JSON_TYPES.get(kind, {"type": "string"})
    return {**schema, "type": [schema["type"], "null"]} if "type" in schema else dict(schema)
