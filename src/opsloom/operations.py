"""What an operator does to a whole installation: migrate, back up, restore."""

import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from opsloom.infra.db import bootstrap, migrate
from opsloom.infra.db.dsn import Dsn
from opsloom.infra.db.embedded import BIN, EmbeddedPostgres
from opsloom.infra.db.positions import move_into_the_past
from opsloom.server import Place, StartRefused, reach_database
from opsloom.settings import Settings, child_environment

_DUMP = "database.dump"
_KEY = "master.key"


@contextmanager
def _place(settings: Settings) -> Iterator[Place]:
    place = reach_database(settings)
    try:
        yield place
    finally:
        place.leave()


def migrate_database(settings: Settings) -> str:
    """Apply what is pending. Raises MigrationFailed, StartRefused."""
    with _place(settings) as place:
        if place.owner is None:
            raise StartRefused(
                "Migrating an external database needs its owner: set OPSLOOM_DATABASE_OWNER_URL to a role that may "
                "create roles and tables (only this command uses it)."
            )
        if place.embedded is None:
            bootstrap.bootstrap_external(place.owner, place.app)
        state = migrate.upgrade(place.owner)
    return f"The schema is at {state.current}."


def back_up(settings: Settings, target: Path) -> str:
    """Dump the database with the embedded server's own tools into one archive together with the master key."""
    with _place(settings) as place, tempfile.TemporaryDirectory() as folder:
        dump = Path(folder) / _DUMP
        _run([_tool("pg_dump"), "--format=custom", f"--file={dump}", *_reach(_all_seeing(place))], place)
        partial = target.with_name(target.name + ".partial")
        with tarfile.open(partial, "w") as archive:
            archive.add(dump, _DUMP)
            key = _master_key(settings)
            if key.exists():
                archive.add(key, _KEY)
        partial.chmod(0o600)
        partial.replace(target)
    return f"Written to {target} ({target.stat().st_size} bytes). It holds all secrets: keep it safe."


def restore_backup(settings: Settings, source: Path) -> str:
    """Replace the database by an archive's, in one transaction: a broken archive leaves everything as it was."""
    if not source.exists():
        raise StartRefused(f"There is no file {source}.")
    with tempfile.TemporaryDirectory() as folder:
        try:
            with tarfile.open(source) as archive:
                archive.extractall(folder, filter="data")
        except (tarfile.TarError, EOFError) as error:
            raise StartRefused(f"{source} is not a backup of Opsloom: it cannot be read as an archive.") from error
        dump, key = Path(folder) / _DUMP, Path(folder) / _KEY
        if not dump.exists():
            raise StartRefused(f"{source} is not a backup of Opsloom (it has no {_DUMP}).")
        with _place(settings) as place:
            _replace_database(place, dump)
        if key.exists():
            shutil.copyfile(key, _master_key(settings))
            _master_key(settings).chmod(0o600)
    return "Restored. Start the server with `make up`."


def _replace_database(place: Place, dump: Path) -> None:
    """Load beside the old database, then swap names: either the whole backup is there or nothing changed."""
    if place.embedded is None or place.owner is None:
        raise StartRefused(
            "An external database is restored with its own tools (pg_restore), by its own administrator."
        )
    fresh, old = f"{bootstrap.DATABASE}_restored", f"{bootstrap.DATABASE}_replaced"
    superuser = place.embedded.dsn
    with psycopg.connect(**superuser.psycopg(), autocommit=True) as connection:
        for name in (fresh, old):
            connection.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(name)))
    bootstrap.bootstrap_embedded(superuser, fresh)
    _run([_tool("pg_restore"), "--exit-on-error", "--single-transaction", "--clean", "--if-exists",
          *_reach(superuser.as_role(superuser.user, database=fresh)), str(dump)], place)  # fmt: skip
    with psycopg.connect(**superuser.as_role(superuser.user, database=fresh).psycopg(), autocommit=True) as connection:
        move_into_the_past(connection)
    with psycopg.connect(**superuser.psycopg(), autocommit=True) as connection:
        for was, becomes in ((bootstrap.DATABASE, old), (fresh, bootstrap.DATABASE)):
            connection.execute(
                sql.SQL("alter database {} rename to {}").format(sql.Identifier(was), sql.Identifier(becomes))
            )
        connection.execute(sql.SQL("drop database {}").format(sql.Identifier(old)))


def _all_seeing(place: Place) -> Dsn:
    """A dump must see all tenants: the superuser of the embedded server, the owner of an external one."""
    if isinstance(place.embedded, EmbeddedPostgres):
        superuser = place.embedded.dsn
        return superuser.as_role(superuser.user, database=bootstrap.DATABASE)
    if place.owner is None:
        raise StartRefused(
            "Backing up an external database needs OPSLOOM_DATABASE_OWNER_URL (a role that may see all)."
        )
    return place.owner


def _tool(name: str) -> str:
    return str(BIN / name)


def _reach(dsn: Dsn) -> list[str]:
    return [f"--host={dsn.host}", f"--port={dsn.port}", f"--username={dsn.user}", f"--dbname={dsn.database}"]


def _run(command: list[str], place: Place) -> None:
    password = place.owner.password if place.owner is not None else None
    environment = child_environment(PGPASSWORD=password)
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)  # noqa: S603
    if done.returncode != 0:
        raise StartRefused(f"{Path(command[0]).name} failed: {done.stderr.strip()[-400:]}")


def _master_key(settings: Settings) -> Path:
    return settings.master_key_file or settings.data_dir / "master.key"
