"""Fixtures of all tests: one embedded PostgreSQL per worker, migrated once; each test lives in tenants of its own."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio

from fixtures.sockets import no_outside_sockets
from fixtures.tenants import TestTenant, make_tenant
from opsloom import composition
from opsloom.app import create_app
from opsloom.health import Readiness
from opsloom.infra.core import Core
from opsloom.infra.db import bootstrap, migrate
from opsloom.infra.db.dsn import Dsn
from opsloom.infra.db.embedded import EmbeddedPostgres
from opsloom.infra.telemetry import set_up_logs, set_up_traces
from opsloom.settings import Settings

__all__ = ["no_outside_sockets"]  # a fixture of every test


@pytest.fixture(scope="session", autouse=True)
def _traces() -> None:
    """Trace ids and logs as in a running server."""
    set_up_traces(None)
    set_up_logs("WARNING", json_lines=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """A running server of this worker's own."""
    folder = Path(tempfile.mkdtemp(prefix="opsloom-tests-"))
    server = EmbeddedPostgres(folder)
    server.start()
    yield server
    server.leave()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def owner_dsn(postgres: EmbeddedPostgres) -> Dsn:
    """The migrated database as its owner."""
    owner = bootstrap.bootstrap_embedded(postgres.dsn)
    migrate.upgrade(owner)
    return owner


@pytest.fixture(scope="session")
def app_dsn(owner_dsn: Dsn) -> Dsn:
    """The migrated database as the role that serves."""
    return owner_dsn.as_role(bootstrap.APP)


@pytest.fixture(scope="session")
def settings(postgres: EmbeddedPostgres) -> Settings:
    """Settings of the test process; the environment's are kept out."""
    kept = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("OPSLOOM_")}
    made = Settings(_env_file=None, data_dir=postgres.root)
    os.environ.update(kept)
    return made


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def core(settings: Settings, app_dsn: Dsn) -> AsyncIterator[Core]:
    """The process's shared parts on the test database; no component runs unless a test starts it."""
    made = composition.build_core(settings, app_dsn)
    await made.db.open()
    await composition.first_start(made, lambda _line: None)
    yield made
    await made.db.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def client(core: Core) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the whole application, in process."""
    app = create_app(core, composition.routers(), Readiness(), composition.record_denial)
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False, client=("127.0.0.1", 40000))
    async with httpx2.AsyncClient(transport=transport, base_url="http://opsloom.test") as made:
        yield made


@pytest.fixture(autouse=True)
def _signed_out(request: pytest.FixtureRequest) -> None:
    """The client is shared; a cookie that one test was given must not sign in the next."""
    if "client" in request.fixturenames:
        request.getfixturevalue("client").cookies.clear()


@pytest_asyncio.fixture
async def tenant(core: Core) -> TestTenant:
    """A fresh tenant with one member for each role."""
    return await make_tenant(core)


@pytest_asyncio.fixture
async def other_tenant(core: Core) -> TestTenant:
    """A second one, to look at the first from outside."""
    return await make_tenant(core)
