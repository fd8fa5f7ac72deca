"""Migrations that fail closed: all pending steps are one transaction, so a failure leaves data and schema as they were."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from sqlalchemy import Connection, NullPool, create_engine, text

from opsloom.infra.db.dsn import Dsn
from opsloom.infra.db.schema import MIGRATIONS, MigrationFailed
from opsloom.infra.telemetry import get_logger

log = get_logger(__name__)

_ONE_AT_A_TIME = 0x0B51_0001  # advisory lock: two servers started together migrate one after the other


@dataclass(frozen=True)
class SchemaState:
    """Where the database's schema is and where this program needs it to be."""

    current: str | None
    head: str
    pending: tuple[str, ...]

    @property
    def at_head(self) -> bool:
        return self.current == self.head


def upgrade(owner: Dsn, migrations: Path = MIGRATIONS) -> SchemaState:
    """Apply every pending step in one transaction. Raises MigrationFailed, having changed nothing."""
    script = _scripts(migrations)
    with _connected(owner) as connection:
        done: list[str] = []
        with connection.begin():
            connection.execute(text("set local lock_timeout = '30s'"))
            connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
            before = _state(connection, script)
            config = Config()
            config.set_main_option("script_location", str(migrations))
            config.attributes |= {"connection": connection, "done": done}
            for step in before.pending:
                log.info("migration.pending", step=step)
            _run(config, before, done)
        return SchemaState(before.head, before.head, ())


def _run(config: Config, before: SchemaState, done: list[str]) -> None:
    try:
        command.upgrade(config, "head")
    except Exception as error:  # boundary: a migration may raise anything; it is named, logged and raised on
        step = before.pending[len(done)] if len(done) < len(before.pending) else before.head
        cause = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        log.critical("migration.failed", step=step, cause=cause, exc_info=True)
        raise MigrationFailed(step, cause) from error


def schema_state(dsn: Dsn, migrations: Path = MIGRATIONS) -> SchemaState:
    """Compare the database with this program; any role that may read `alembic_version` can ask."""
    with _connected(dsn) as connection:
        return _state(connection, _scripts(migrations))


def _scripts(migrations: Path) -> ScriptDirectory:
    """The steps import `migrations.tenancy`; the checkout is not on the path of an installed command."""
    root = str(MIGRATIONS.parent)
    if root not in sys.path:
        sys.path.append(root)
    return ScriptDirectory(str(migrations))


def _state(connection: Connection, script: ScriptDirectory) -> SchemaState:
    current = MigrationContext.configure(connection).get_current_revision()
    head = script.get_current_head()
    assert head is not None, "there is at least one migration"
    try:
        pending = [step.revision for step in script.iterate_revisions(head, current or "base")]
    except RevisionError as error:
        raise MigrationFailed(
            str(current), "the database is newer than this program; start the version of Opsloom that made it"
        ) from error
    return SchemaState(current, head, tuple(reversed(pending)))


@contextmanager
def _connected(dsn: Dsn) -> Iterator[Connection]:
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(**dsn.psycopg()), poolclass=NullPool
    )
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()
