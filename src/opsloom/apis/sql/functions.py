"""Which built-in functions users' SQL may call.

The list is taken from the server's own `pg_proc`, so a new PostgreSQL version brings its new pure functions along and none of
its new dangerous ones: immutable and stable functions pass, less those that reveal the server, other sessions, settings
or the catalog, or that run a query given as text; volatile ones do not pass, less a few that only make a value.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

BUILT_IN = "pg_catalog"
HARMLESS_VOLATILE = frozenset(
    {
        "random",
        "random_normal",
        "clock_timestamp",
        "gen_random_uuid",
        "uuidv4",
        "uuidv7",
        "array_shuffle",
        "array_sample",
    }
)
HARMLESS_PG = frozenset({"pg_typeof", "pg_column_size", "pg_size_pretty", "pg_size_bytes", "pg_input_is_valid"})
_REVEALING = re.compile(
    r"""(?x)
    pg_ | current_(?!date$) | session_user$ | system_user$ | getpgusername$ | getdatabaseencoding$ | version$ | icu_
  | has_ | acl | makeaclitem$ | row_security_active$ | inet_(client|server)_ | txid_ | lo_ | loread$ | lowrite$ | to_reg
  | reg(class|proc|role|type|oper|config|namespace|dictionary|collation|procedure|operator) | (col|obj|shobj)_description$
  | (query|table|schema|database|cursor)_to_xml | xml | xpath | ts_stat$ | ts_rewrite$ | ts_debug$ | ts_parse$ | ts_token
  | ts_lexize$ | querytree$ | satisfies_ | format_type$ | oidvectortypes$ | postgresql_fdw | fmgr_ | plpgsql_ | binary_upgrade
  | mxid_ | dblink | nextval$ | currval$ | lastval$ | setval$ | set_config$ | setseed$ | unique_key | suppress_ | tsvector_update
    """
)


@dataclass(frozen=True, slots=True)
class Procedure:
    """One row of pg_proc. `is_internal`: takes or gives `internal`, `cstring` or a trigger: never meant to be called."""

    oid: int
    name: str
    schema: str
    volatility: str
    is_internal: bool

    @property
    def is_allowed(self) -> bool:
        if self.schema != BUILT_IN:
            return False
        if self.volatility == "v":
            return self.name in HARMLESS_VOLATILE
        return self.name in HARMLESS_PG or not _REVEALING.match(self.name)


@dataclass(frozen=True, slots=True, repr=False)
class Catalog:
    """What the guard knows of the database: functions by name and oid, relations of the schema that users read."""

    allowed: frozenset[str]
    known: frozenset[str]
    allowed_oids: frozenset[int]
    names: dict[int, str]
    relations: frozenset[str]
    relation_oids: dict[int, str]


def catalog_of(procedures: Iterable[Procedure], relations: Iterable[tuple[int, str]]) -> Catalog:
    """A name passes when all its callable overloads do; the verdict on the analysed tree tells overloads apart by oid."""
    good: set[str] = set()
    bad: set[str] = set()
    oids: set[int] = set()
    names: dict[int, str] = {}
    for procedure in procedures:
        names[procedure.oid] = procedure.name
        if procedure.is_allowed:
            oids.add(procedure.oid)
        # Functions of extensions live in schemas that are not searched; called by their schema they are refused.
        if not procedure.is_internal and procedure.schema == BUILT_IN:
            (good if procedure.is_allowed else bad).add(procedure.name)
    readable = dict(relations)
    return Catalog(
        allowed=frozenset(good - bad),
        known=frozenset(names.values()),
        allowed_oids=frozenset(oids),
        names=names,
        relations=frozenset(readable.values()),
        relation_oids=readable,
    )
