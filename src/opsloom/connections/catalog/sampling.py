"""A few rows of a table. Masking happens here, in the thread that reads: what is masked never leaves it.

Columns that are private by declaration or by name, and binary ones, are not even asked for. Text and everything that has no
plain form is cut by the database, so that one large value cannot fill the memory.
"""

import math
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection
from sqlalchemy.sql.elements import quoted_name

from opsloom.connections.catalog import masking
from opsloom.connections.catalog.content import SampleWishes
from opsloom.connections.catalog.facts import (
    Column,
    Family,
    MaskReason,
    Plain,
    SampleColumn,
    Samples,
    TableFacts,
    TableKind,
)

READ_CHARS: Final = 400
"""How much of a text is read and judged; less of it is kept, so that something private cannot hide in the cut."""
KEPT_CHARS: Final = 120
MAX_COLUMNS: Final = 200
SAMPLED: Final = frozenset({TableKind.TABLE, TableKind.MATERIALIZED_VIEW})
"""The first rows of a view may cost reading all it is made of."""
_PATIENCE: Final = "set local statement_timeout = 5000"
"""A table whose first rows do not come (a foreign server behind it, a mountain of dead rows) costs its own sample."""
_TEXT_TYPES: Final = {"postgresql": "text", "mysql": "char", "mariadb": "char", "sqlite": "text", "duckdb": "text"}
_RAW: Final = frozenset({Family.INTEGER, Family.NUMBER, Family.BOOLEAN, Family.DATE, Family.TIME, Family.TIMESTAMP})


def sample(connection: Connection, facts: TableFacts, wishes: SampleWishes) -> Samples | None:
    """The first rows, masked; None for what is not sampled. Raises SQLAlchemyError as the database gives it."""
    if facts.kind not in SAMPLED:
        return None
    masks = [_first_judgement(facts, column, wishes) for column in facts.columns[:MAX_COLUMNS]]
    asked = [column for column, mask in zip(facts.columns, masks, strict=False) if mask is None]
    rows = _rows(connection, facts, asked, wishes.rows) if asked else []
    values = {column.name: [row[place] for row in rows] for place, column in enumerate(asked)}
    shown = []
    for column, mask in zip(facts.columns, masks, strict=False):
        found = mask or (MaskReason.VALUE if masking.by_values(values[column.name]) else None)
        shown.append(SampleColumn(name=column.name, masked=found))
    kept = [
        [None if column.masked else _cut(values[column.name][place]) for column in shown] for place in range(len(rows))
    ]
    return Samples(columns=shown, rows=kept)


def _first_judgement(facts: TableFacts, column: Column, wishes: SampleWishes) -> MaskReason | None:
    if column.family in {Family.BINARY, Family.GEOMETRY}:
        return MaskReason.BINARY
    return masking.reason_to_mask(wishes.mask, facts.schema_name, facts.name, column.name)


def _rows(connection: Connection, facts: TableFacts, asked: Sequence[Column], limit: int) -> list[list[Plain]]:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_PATIENCE)
    text_type = _TEXT_TYPES.get(connection.dialect.name)
    if text_type is None:
        rows = connection.execute(_composed(facts, asked, limit))
    else:
        rows = connection.exec_driver_sql(_written(connection, facts, asked, text_type) + f" limit {limit}")
    return [[_plain(value) for value in row] for row in rows]


def _written(connection: Connection, facts: TableFacts, asked: Sequence[Column], text_type: str) -> str:
    """The statement as text: for thousands of tables, each asked once, composing it takes longer than running it."""
    quote = connection.dialect.identifier_preparer.quote_identifier
    columns = [
        quote(column.name)
        if column.family in _RAW
        else f"substr(cast({quote(column.name)} as {text_type}), 1, {READ_CHARS})"
        for column in asked
    ]
    return f"select {', '.join(columns)} from {quote(facts.schema_name)}.{quote(facts.name)}"


def _composed(facts: TableFacts, asked: Sequence[Column], limit: int) -> sa.Select[Any]:
    """For a dialect whose words are not known here."""
    columns = []
    for place, column in enumerate(asked):
        plain: ColumnElement[Any] = sa.column(quoted_name(column.name, quote=True))
        cut = plain if column.family in _RAW else sa.func.substr(sa.cast(plain, sa.Text), 1, READ_CHARS)
        columns.append(cut.label(f"c{place}"))
    table = sa.table(quoted_name(facts.name, quote=True), schema=quoted_name(facts.schema_name, quote=True))
    return sa.select(*columns).select_from(table).limit(limit)


def _plain(value: Any) -> Plain:
    match value:
        case None | bool() | str():
            return value
        case int():
            return value if abs(value) < 2**53 else str(value)
        case float():
            return value if math.isfinite(value) else str(value)
        case Decimal() | timedelta():
            return str(value)
        case datetime() | date() | time():
            return value.isoformat()
        case bytes():
            return f"{len(value)} bytes"
    return str(value)


def _cut(value: Plain) -> Plain:
    if isinstance(value, str):
        kept = value.replace("\x00", "�")
        return kept if len(kept) <= KEPT_CHARS else kept[: KEPT_CHARS - 1] + "…"
    return value
