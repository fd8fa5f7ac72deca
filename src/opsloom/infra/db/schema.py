"""Whether the database's schema is at this program's newest step, told without loading Alembic: most starts find it there."""

import re
from pathlib import Path

import psycopg

from opsloom.infra.db.dsn import Dsn

MIGRATIONS = Path(__file__).resolve().parents[4] / "migrations"
_STEP = re.compile(r'^(revision|down_revision) = "(\w+)"$', re.MULTILINE)


class MigrationFailed(Exception):
    """A step could not be applied; nothing was changed. `step` names it."""

    def __init__(self, step: str, cause: str) -> None:
        super().__init__(f"Migration step {step} failed: {cause}")
        self.step = step
        self.cause = cause


def is_at_head(dsn: Dsn, migrations: Path = MIGRATIONS) -> bool:
    """False also when it cannot be told: then Alembic decides, and says what is wrong."""
    with psycopg.connect(**dsn.psycopg()) as connection:
        try:
            found = connection.execute("select version_num from alembic_version").fetchall()
        except (psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege):
            return False
    return found == [(name,) for name in heads(migrations)]


def heads(migrations: Path = MIGRATIONS) -> list[str]:
    """The steps that no other step builds on; there should be one."""
    found: dict[str, set[str]] = {"revision": set(), "down_revision": set()}
    for step in (migrations / "versions").glob("*.py"):
        for key, name in _STEP.findall(step.read_text()):
            found[key].add(name)
    return sorted(found["revision"] - found["down_revision"])
