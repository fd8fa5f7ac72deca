"""`opsloom doctor`: looks at an installation from outside and says what to fix."""

import asyncio
import json
import os
import shutil
import urllib.request
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import psycopg

from opsloom import __version__
from opsloom.identity import audit_log
from opsloom.identity.scope import NIL_TENANT, Scope
from opsloom.infra.db import Database, hardening, migrate, safety
from opsloom.infra.db.dsn import Dsn
from opsloom.infra.db.reach import NotUsable, check_reach
from opsloom.server import Place, reach_database
from opsloom.settings import Settings

OK, WARN, FAIL = "ok", "warn", "fail"
_LOW_DISK_BYTES = 2 * 1024**3
_CLOCK_SKEW_S = 2.0

_WORST = ("set_config(", "pg_sleep(", "pg_notify(", "lo_import(", "pg_settings")
_GLOBAL_WITH_TENANT = "select count(*) from pg_policies where schemaname = 'public'"


@dataclass(frozen=True)
class Check:
    """One finding. `fix` says what to do when it is not ok."""

    name: str
    status: str
    detail: str
    fix: str = ""


@dataclass
class Report:
    """Everything that was looked at."""

    database: str
    socket: str | None
    role: str
    checks: list[Check] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether something must be put right."""
        return any(check.status == FAIL for check in self.checks)

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "version": __version__,
            "ok": not self.failed,
            "database": {"url": self.database, "socket": self.socket, "role": self.role},
            "checks": [asdict(check) for check in self.checks],
        }


def examine(settings: Settings) -> Report:
    """Look at everything. Starts the embedded database for the time if it does not run."""
    place = reach_database(settings)
    try:
        socket = f"{place.app.host}/.s.PGSQL.{place.app.port}" if place.app.host.startswith("/") else None
        report = Report(place.app.shown(), socket, place.app.user)
        report.checks += [*_database(place), _disk(settings), _sandbox(), _secrets(settings), _server(settings)]
        return report
    finally:
        place.leave()


def _database(place: Place) -> list[Check]:
    """Each look needs what the one before it found to be good."""
    try:
        if place.embedded is None:
            check_reach(place.app, "OPSLOOM_DATABASE_URL")
    except NotUsable as refused:
        return [Check("database", FAIL, refused.detail, refused.fix)]
    findings = safety.unsafe_role(place.app)
    unsafe = [Check(each.code, FAIL, each.detail, each.fix) for each in findings]
    if any(each.code == safety.UNKNOWN_ROLE for each in findings):
        return unsafe
    schema = _schema(place)
    if schema.status != OK:
        return [schema, *unsafe, _clock(place.app)]
    return [schema, *(unsafe or _roles(place.app)), _users_sql(place), *_audit(place), _clock(place.app)]


def _schema(place: Place) -> Check:
    state = migrate.schema_state(place.app)
    if state.at_head:
        return Check("schema", OK, f"at {state.head}")
    return Check("schema", FAIL, f"at {state.current or 'nothing'}, needs {state.head}", "Run `opsloom migrate`.")


def _roles(app: Dsn) -> list[Check]:
    with psycopg.connect(**app.psycopg()) as connection:
        row = connection.execute(_GLOBAL_WITH_TENANT).fetchone()
        seen = connection.execute("select count(*) from memberships").fetchone()
    assert row is not None
    assert seen is not None
    holds = Check("row_security", OK, f"forced, {row[0]} policies; without a tenant no rows are visible")
    if seen[0]:
        holds = Check("row_security", FAIL, "Rows are visible with no tenant set.", "Report this; do not serve.")
    return [Check("roles", OK, f"{app.user} owns nothing and cannot bypass row security"), holds]


def _users_sql(place: Place) -> Check:
    """Guard, verdict and walls hold on any server; the fourth layer needs a superuser's hand once."""
    with psycopg.connect(**place.app.psycopg()) as connection:
        reachable = hardening.gaps(connection)
    if not reachable:
        return Check("users_sql", OK, "all four layers hold: guard, verdict, read-only role, hardened built-ins")
    named = ", ".join(name.split("(")[0] for name in reachable if name.startswith(_WORST)) or reachable[0]
    return Check(
        "users_sql",
        WARN,
        f"Three layers hold (guard, verdict, read-only role); the hardening does not: users' SQL that got past them could "
        f"reach {len(reachable)} built-ins ({named} …).",
        f"Have a superuser run it once: `opsloom hardening | psql {place.app.as_role('SUPERUSER').shown()}`. A managed "
        "server may not allow it; the other three layers stay.",
    )


def _audit(place: Place) -> list[Check]:
    """Recompute every tenant's chain, each in its own tenant."""
    broken, count = asyncio.run(_broken_chains(place.app))
    if broken:
        fix = "Somebody changed the audit log with the owner's rights: keep a copy and look at the backup."
        return [Check("audit", FAIL, fault, fix) for fault in broken]
    return [Check("audit", OK, f"the chains of {count} tenants are whole")]


async def _broken_chains(app: Dsn) -> tuple[list[str], int]:
    db = Database(app, pool_size=2)
    broken = []
    try:
        ids = [*await db.tenant_ids(), NIL_TENANT]
        for tenant_id in ids:
            scope = Scope.system(tenant_id)
            async with db.transaction(scope) as session:
                found = await audit_log.verify(session, scope)
            if found.broken_seq is not None:
                broken.append(
                    f"The audit chain of tenant {tenant_id} is broken at entry {found.broken_seq} ({found.reason})."
                )
    finally:
        await db.close()
    return broken, len(ids)


def _disk(settings: Settings) -> Check:
    folder = settings.data_dir if settings.data_dir.exists() else settings.data_dir.absolute().parent
    free = shutil.disk_usage(folder).free
    detail = f"{free // 1024**2} MiB free for {settings.data_dir}"
    if free < _LOW_DISK_BYTES:
        return Check("disk", WARN, detail, "Free some space or move OPSLOOM_DATA_DIR.")
    return Check("disk", OK, detail)


def _clock(app: Dsn) -> Check:
    with psycopg.connect(**app.psycopg()) as connection:
        row = connection.execute("select clock_timestamp()").fetchone()
    assert row is not None
    skew = abs((datetime.now(UTC) - row[0]).total_seconds())
    if skew > _CLOCK_SKEW_S:
        return Check("clock", WARN, f"{skew:.1f} s away from the database's", "Synchronise both clocks (NTP).")
    return Check("clock", OK, "agrees with the database's")


def _sandbox() -> Check:
    """Scripts of full CPython need user namespaces; without them they stay off, nothing else is affected."""
    if shutil.which("bwrap") is None:
        return Check("sandbox", OK, "bubblewrap is not installed; the full-CPython script engine stays off")
    enabled = os.path.exists("/proc/self/ns/user")
    return Check(
        "sandbox", OK if enabled else WARN, "user namespaces are available" if enabled else "no user namespaces"
    )


def _secrets(settings: Settings) -> Check:
    key = settings.master_key_file or settings.data_dir / "master.key"
    if not key.exists():
        return Check("secrets", OK, "no master key yet; it is made when the first secret is stored")
    mode = key.stat().st_mode & 0o777
    if mode & 0o077:
        return Check("secrets", FAIL, f"{key} can be read by others (mode {mode:o})", f"chmod 600 {key}")
    return Check("secrets", OK, "the master key is readable by its owner alone")


def _server(settings: Settings) -> Check:
    address = f"http://{settings.host}:{settings.port}/readyz"
    try:
        with urllib.request.urlopen(address, timeout=3) as answer:
            state = json.load(answer)["status"]
    except (OSError, ValueError, KeyError) as error:
        return Check("server", WARN, f"does not answer on {address} ({error})", "Start it with `make up`.")
    return Check("server", OK, f"{state} on {settings.origin}")
