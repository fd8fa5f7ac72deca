"""Which tables of a database a catalog takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

_SYSTEM: Final = {
    "information_schema", "performance_schema", "pg_catalog", "pg_toast", "mysql", "sys", "temp", "ndbinfo",
}  # fmt: skip
_LOCAL: Final = frozenset({"mysql", "mariadb"})
"""Where a schema is another database that the account happens to see, the connection's own is meant."""


@dataclass(frozen=True)
class Selection:
    """Patterns, in the order they were written; upper and lower case are not told apart."""

    include: Sequence[str] = ()
    exclude: Sequence[str] = ()

    def schemas(self, dialect: str, every: Sequence[str], default: str | None) -> list[str]:
        """The schemas to look into: never the database's own ones."""
        outside = [name for name in every if not _is_system(name)]
        if dialect in _LOCAL and not any("." in pattern for pattern in self.include):
            return [name for name in outside if name == default]
        return sorted(outside)

    def takes(self, schema: str, name: str) -> bool:
        """Whether a table is taken."""
        if self.include and not any(matches(pattern, schema, name) for pattern in self.include):
            return False
        return not any(matches(pattern, schema, name) for pattern in self.exclude)


def matches(pattern: str, schema: str, name: str) -> bool:
    """Whether a pattern means this table."""
    wanted = pattern.casefold()
    if "." in wanted and fnmatchcase(f"{schema}.{name}".casefold(), wanted):
        return True
    return fnmatchcase(name.casefold(), wanted)


def _is_system(schema: str) -> bool:
    plain = schema.casefold()
    return plain in _SYSTEM or plain.startswith(("pg_toast", "pg_temp"))
