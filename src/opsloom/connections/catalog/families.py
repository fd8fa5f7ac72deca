"""From a database's type to what can be done with its values."""

import re
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.sql import sqltypes
from sqlalchemy.types import TypeEngine

from opsloom.connections.catalog.facts import Family

_BY_CLASS: Final[tuple[tuple[type[Any], Family], ...]] = (
    (sa.Enum, Family.ENUM),
    (sa.Uuid, Family.UUID),
    (sa.JSON, Family.JSON),
    (sa.ARRAY, Family.ARRAY),
    (sa.Boolean, Family.BOOLEAN),
    (sa.Integer, Family.INTEGER),
    (sa.Numeric, Family.NUMBER),
    (sa.DateTime, Family.TIMESTAMP),
    (sa.Date, Family.DATE),
    (sa.Time, Family.TIME),
    (sqltypes._AbstractInterval, Family.INTERVAL),
    (sqltypes._Binary, Family.BINARY),
    (sa.String, Family.TEXT),
)
_BY_WORDS: Final = tuple(
    (re.compile(words, re.IGNORECASE), family)
    for words, family in (
        (r"\[\]$|^(list|array|_)", Family.ARRAY),
        (r"^enum", Family.ENUM),
        (r"^(geo(metry|graphy)|(multi)?(point|linestring|polygon)|geometrycollection)", Family.GEOMETRY),
        (r"^uuid", Family.UUID),
        (r"^json|^struct|^map\b|^union|^variant|^hstore", Family.JSON),
        (r"^bool|^bit\(1\)$", Family.BOOLEAN),
        (r"^u?(tiny|small|medium|big|huge)?int(eger)?\d*\b|^serial|^bigserial|^year|^oid$", Family.INTEGER),
        (r"^(decimal|numeric|real|float|double|money|dec\b|bignum)", Family.NUMBER),
        (r"^(timestamp|datetime)", Family.TIMESTAMP),
        (r"^date", Family.DATE),
        (r"^time", Family.TIME),
        (r"^interval", Family.INTERVAL),
        (r"^(blob|bytea|binary|varbinary|(tiny|medium|long)blob|bit)", Family.BINARY),
        (r"char|text|string|clob|citext|^name$|^set\(", Family.TEXT),
    )
)


def family_of(kind: TypeEngine[Any]) -> Family:
    """Of a type as SQLAlchemy read it."""
    inner = getattr(kind, "data_type", None)  # of a PostgreSQL domain
    if isinstance(inner, TypeEngine):
        return family_of(inner)
    for parent, family in _BY_CLASS:
        if isinstance(kind, parent):
            return family
    return family_of_text(str(getattr(kind, "__visit_name__", "")))


def family_of_text(name: str) -> Family:
    """Of a type's name as the database writes it."""
    for pattern, family in _BY_WORDS:
        if pattern.search(name.strip()):
            return family
    return Family.OTHER
