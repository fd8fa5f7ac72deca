"""Names as a database compares and writes them. Pure."""

import re

from sqlglot import exp


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FOLDED = re.compile(r"[a-z_][a-z0-9_]*\Z")
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_RESERVED = _words(
    """
    all analyse analyze and any array as asc asymmetric authorization between both by case cast change check collate
    collation column columns condition constraint create cross current_catalog current_date current_role current_schema
    current_time current_timestamp current_user database default deferrable delete desc describe distinct div do drop
    else end escape except exists explain false fetch filter for foreign from full grant group grouping groups having if
    ilike in index initially inner insert intersect interval into is isnull join key keys kill lateral leading left like
    limit load localtime localtimestamp lock match merge mod natural not notnull null of offset on only or order outer
    over overlaps partition pivot placing primary procedure qualify range rank read recursive references regexp rename
    replace returning right rlike row rows schema schemas select session_user set show similar some sql summarize
    symmetric system system_user table tablesample then to trailing trigger true union unique unpivot update usage use
    user using values variadic verbose when where window with write xor
    """
)
"""Words that are quoted to be safe, whichever of the databases reads them."""


def folded(identifier: exp.Expr | None, dialect: str) -> str:
    """A name as the model keeps it; PostgreSQL folds what is not quoted."""
    if not isinstance(identifier, exp.Identifier):
        return ""
    keeps = identifier.args.get("quoted") or dialect != "postgres"
    return identifier.name if keeps else identifier.name.lower()


def written(name: str, dialect: str) -> str:
    """A name as it stands in SQL, quoted where it must be."""
    plain = _FOLDED if dialect == "postgres" else _PLAIN
    if plain.match(name) and name.lower() not in _RESERVED:
        return name
    sign = "`" if dialect == "mysql" else '"'
    return sign + name.replace(sign, sign * 2) + sign
