"""One process from start to end: database, checks, application, components, orderly stop."""

import asyncio
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog
import uvloop
from granian.constants import Interfaces
from granian.server.embed import Server as GranianServer
from starlette.types import ASGIApp

from opsloom import composition
from opsloom.app import create_app, refusing_app
from opsloom.health import Readiness
from opsloom.infra.components import Supervisor
from opsloom.infra.core import Component, Core
from opsloom.infra.db import bootstrap, safety, schema
from opsloom.infra.db.dsn import Dsn
from opsloom.infra.db.embedded import EmbeddedPostgres
from opsloom.infra.db.reach import check_reach
from opsloom.infra.db.watch import DatabaseWatch
from opsloom.infra.telemetry import end_traces, get_logger, set_up_logs, set_up_traces
from opsloom.settings import LogFormat, ServeRole, Settings

log = get_logger(__name__)

DRAIN_LIMIT_S = 12.0


class StartRefused(Exception):
    """Opsloom will not start like this; the message says what to change."""


@dataclass
class Place:
    """The database in use: the application's way in, the owner's if known, and the embedded server if it is ours."""

    app: Dsn
    owner: Dsn | None
    embedded: EmbeddedPostgres | None

    def leave(self) -> None:
        """Stop the embedded server if nobody else uses it."""
        if self.embedded is not None:
            self.embedded.leave()


def reach_database(settings: Settings) -> Place:
    """Start or find the database and make the roles of the embedded one. Raises EmbeddedFailed."""
    if settings.database_url is None:
        embedded = EmbeddedPostgres(settings.data_dir)
        owner = bootstrap.bootstrap_embedded(embedded.start())
        return Place(owner.as_role(bootstrap.APP), owner, embedded)
    app = Dsn.parse(settings.database_url.get_secret_value())
    owner_url = settings.database_owner_url
    return Place(app, Dsn.parse(owner_url.get_secret_value()) if owner_url else None, None)


def prepare_schema(place: Place, migrations: Path = schema.MIGRATIONS) -> list[dict[str, str]]:
    """Bring the embedded schema to head (an external one only by `opsloom migrate`); returns why not to serve."""
    if schema.is_at_head(place.app, migrations):
        return []
    from opsloom.infra.db import migrate  # loads Alembic, which a start with nothing to migrate can do without

    try:
        if place.embedded is not None and place.owner is not None:
            migrate.upgrade(place.owner, migrations)
        state = migrate.schema_state(place.app, migrations)
    except schema.MigrationFailed as failure:
        return [{"check": "migration", "step": failure.step, "cause": str(failure)}]
    if state.at_head:
        return []
    cause = f"the schema is at {state.current or 'nothing'}, this program needs {state.head}; run `opsloom migrate`"
    return [{"check": "schema", "step": state.pending[0], "cause": cause}]


def refuse_unsafe_role(place: Place) -> None:
    """Raises StartRefused when row security would not hold for the role that serves, NotUsable when it cannot get in."""
    if place.embedded is None:
        check_reach(place.app, "OPSLOOM_DATABASE_URL")
    findings = safety.unsafe_role(place.app)
    if findings:
        raise StartRefused("\n".join(f"{each.detail} {each.fix}" for each in findings))


def refuse_taken_port(settings: Settings) -> None:
    """Raises StartRefused when something listens there: the server shares a port with whoever shares it too, and the requests of one
    would reach the other."""
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
            probe.listen(1)
        except OSError as error:
            raise StartRefused(
                f"Could not listen on {settings.host}:{settings.port} ({error.strerror or error}). Set OPSLOOM_PORT to another port, "
                "or stop what listens there."
            ) from None


def serve(settings: Settings, role: ServeRole, announce: Callable[[str], None]) -> None:
    """Run until SIGTERM or SIGINT. Raises StartRefused, NotUsable, EmbeddedFailed or psycopg errors before anything is served."""
    set_up_logs(settings.log_level, json_lines=settings.log_format is LogFormat.JSON)
    traces = set_up_traces(settings.otlp_endpoint)
    structlog.contextvars.bind_contextvars(role=role.value)
    if role in {ServeRole.WEB, ServeRole.ALL}:
        refuse_taken_port(settings)
    place = reach_database(settings)
    try:
        refuse_unsafe_role(place)
        readiness = Readiness(blocked=prepare_schema(place))
        if readiness.blocked:
            log.critical("start.refused_to_serve", problems=readiness.blocked)
        uvloop.run(_run(settings, role, place, readiness, announce))
    finally:
        end_traces(traces)
        place.leave()


async def _run(
    settings: Settings, role: ServeRole, place: Place, readiness: Readiness, announce: Callable[[str], None]
) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if readiness.blocked:
        await _answer_until(stop, refusing_app(settings, readiness), settings, Supervisor([]))
        return
    core = composition.build_core(settings, place.app)
    await core.db.open()
    try:
        await composition.first_start(core, announce)
        watch = DatabaseWatch(core.db, place.embedded)
        readiness.checks["database"] = lambda: None if watch.up else f"the database is away: {watch.last_error}"
        supervisor = Supervisor([watch, *_components(core, role)])
        core.parts[Supervisor] = supervisor
        supervisor.start()
        if role in {ServeRole.WEB, ServeRole.ALL}:
            app = create_app(core, composition.routers(), readiness, composition.record_denial)
            await _answer_until(stop, app, settings, supervisor)
        else:
            await stop.wait()
            await supervisor.stop()
    finally:
        await core.db.close()


def _components(core: Core, role: ServeRole) -> list[Component]:
    found: dict[str, Component] = {}
    for wanted, make in (
        (ServeRole.WEB, composition.web_components),
        (ServeRole.ENGINE, composition.engine_components),
        (ServeRole.WORKER, composition.worker_components),
    ):
        if role in {wanted, ServeRole.ALL}:
            found |= {component.name: component for component in make(core)}
    found.setdefault(core.wakeups.name, core.wakeups)
    return list(found.values())


async def _answer_until(stop: asyncio.Event, app: ASGIApp, settings: Settings, supervisor: Supervisor) -> None:
    """Serve; on stop end the streams first, then let running requests end, then go."""
    server = GranianServer(
        app,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGINL,
        websockets=False,
        log_enabled=False,
        backlog=1024,
    )
    serving = asyncio.ensure_future(server.serve())
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        stopping.cancel()
        await supervisor.stop()
        serving.result()
        raise StartRefused(f"The server on {settings.host}:{settings.port} ended by itself.")
    log.info("stop.begin")
    server.stop()  # type: ignore[no-untyped-call]
    ending = asyncio.ensure_future(supervisor.stop(DRAIN_LIMIT_S))
    _, late = await asyncio.wait({serving, ending}, timeout=DRAIN_LIMIT_S + 2)
    for task in late:
        log.warning("stop.cut_off", task=str(task.get_coro()))
        task.cancel()
    log.info("stop.end")
