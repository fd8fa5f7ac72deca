"""What a scan finds out about one table, and what its structure is summed up to.

Two tables have the same fingerprint exactly if they have the same structure: kind, columns, keys, indexes, comments. How many
rows there are, and samples of them, are no structure.
"""

import hashlib
import json
from enum import StrEnum
from typing import Literal

from pydantic import Field

from opsloom.kit.model import Shown


class TableKind(StrEnum):
    """What kind of relation it is."""

    TABLE = "table"
    VIEW = "view"
    MATERIALIZED_VIEW = "materialized_view"
    FOREIGN_TABLE = "foreign_table"


class Family(StrEnum):
    """What can be done with a column's values, whatever its database calls the type."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    TIME = "time"
    TIMESTAMP = "timestamp"
    INTERVAL = "interval"
    UUID = "uuid"
    JSON = "json"
    ENUM = "enum"
    BINARY = "binary"
    ARRAY = "array"
    GEOMETRY = "geometry"
    OTHER = "other"


class Column(Shown):
    """`type` as the database writes it; `default` as SQL text; `values` are those an enumeration allows."""

    name: str
    type: str
    family: Family
    nullable: bool
    default: str | None = None
    generated: bool = False
    comment: str | None = None
    values: list[str] = Field(default_factory=list)


class UniqueKey(Shown):
    name: str | None
    columns: list[str]


class ForeignKey(Shown):
    """`columns` of this table refer to `referred_columns` of the table at `target`."""

    name: str | None
    columns: list[str]
    target: str
    referred_columns: list[str]


class Index(Shown):
    """Expressions stand among `columns` as their SQL text."""

    name: str | None
    columns: list[str]
    unique: bool


class TableFacts(Shown):
    """The structure of one table, in the order the database keeps its columns."""

    schema_name: str
    name: str
    kind: TableKind = TableKind.TABLE
    comment: str | None = None
    columns: list[Column] = Field(default_factory=list)
    primary_key: list[str] = Field(default_factory=list)
    unique_keys: list[UniqueKey] = Field(default_factory=list)
    foreign_keys: list[ForeignKey] = Field(default_factory=list)
    indexes: list[Index] = Field(default_factory=list)

    @property
    def path(self) -> str:
        """`schema.table`, as people's words refer to it."""
        return path_of(self.schema_name, self.name)


class RowCount(Shown):
    """`at_least`: counting stopped there. `estimate`: the database's own statistics."""

    value: int
    precision: Literal["exact", "at_least", "estimate"]


class MaskReason(StrEnum):
    """Why a column's values are not shown. `binary`: they have no form that people read."""

    DECLARED = "declared"
    NAME = "name"
    VALUE = "value"
    BINARY = "binary"


class SampleColumn(Shown):
    """`masked` columns hold no values in any row."""

    name: str
    masked: MaskReason | None = None


Plain = str | int | float | bool | None


class Samples(Shown):
    """A few rows as they were when scanned, long text cut; what is masked was never stored."""

    columns: list[SampleColumn]
    rows: list[list[Plain]]


def path_of(schema: str, name: str) -> str:
    """The one way a table is written: parts that hold a dot or a quote are quoted, as in SQL."""
    return f"{_part(schema)}.{_part(name)}" if schema else _part(name)


def _part(name: str) -> str:
    if "." in name or '"' in name:
        return '"' + name.replace('"', '""') + '"'
    return name


def fingerprint(facts: TableFacts) -> str:
    """SHA-256 of the structure, 64 hexadecimal digits. Keys and indexes are a set: their order says nothing."""
    plain = facts.model_dump(mode="json")
    for name in ("unique_keys", "foreign_keys", "indexes"):
        plain[name] = sorted(plain[name], key=_canonical)
    return hashlib.sha256(_canonical(plain).encode()).hexdigest()


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
