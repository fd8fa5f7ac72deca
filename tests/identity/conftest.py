"""People who sign in: a client of the application for each network address, so that one test's guesses never slow another."""

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

import httpx2
import pytest_asyncio

from fakes.clock import FakeClock
from fixtures.tenants import TestTenant
from opsloom.app import create_app
from opsloom.health import Readiness
from opsloom.identity import members
from opsloom.identity.access import on_denied
from opsloom.identity.permissions import Role
from opsloom.identity.routes import router
from opsloom.infra.core import Core

PASSWORD = "a loom weaves at night"

_addresses = (f"10.{a}.{b}.{c}" for a, b, c in itertools.product(range(1, 255), repeat=3))

NewBrowser = Callable[[], Awaitable[httpx2.AsyncClient]]


def application(core: Core) -> object:
    return create_app(core, [router], Readiness(), on_denied)


@pytest_asyncio.fixture
async def clock() -> FakeClock:
    return FakeClock()


@pytest_asyncio.fixture
async def timed(core: Core, clock: FakeClock) -> Core:
    """The process's parts with a clock that the test moves."""
    return replace(core, clock=clock, parts={})


@pytest_asyncio.fixture
async def new_browser(timed: Core) -> AsyncIterator[NewBrowser]:
    """Makes clients with cookies of their own and a network address of their own."""
    app = application(timed)
    async with AsyncExitStack() as stack:

        async def make() -> httpx2.AsyncClient:
            transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False, client=(next(_addresses), 40000))
            client = httpx2.AsyncClient(transport=transport, base_url="http://opsloom.test")
            return await stack.enter_async_context(client)

        yield make


@pytest_asyncio.fixture
async def browser(new_browser: NewBrowser) -> httpx2.AsyncClient:
    return await new_browser()


@dataclass(frozen=True)
class Ada:
    """Somebody with a password in a fresh tenant."""

    email: str
    role: Role
    tenant: TestTenant

    @property
    def login(self) -> dict[str, str]:
        return {"email": self.email, "password": PASSWORD}


async def person(core: Core, tenant: TestTenant, role: Role) -> Ada:
    email = f"{role}@{tenant.slug}.example"
    await members.reset_password(core, tenant.scope, email, PASSWORD)
    return Ada(email, role, tenant)


@pytest_asyncio.fixture
async def owner(timed: Core, tenant: TestTenant) -> Ada:
    return await person(timed, tenant, Role.OWNER)


async def sign_in(client: httpx2.AsyncClient, who: Ada) -> dict[str, object]:
    answer = await client.post("/api/v1/auth/login", json=who.login)
    assert answer.status_code == 200, answer.text
    signed_in: dict[str, object] = answer.json()
    return signed_in


def bearer(token: object) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
