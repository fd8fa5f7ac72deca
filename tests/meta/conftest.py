"""What the generated tests share: the bare application, and tenants that live for a whole module."""

from collections.abc import AsyncIterator

import pytest_asyncio
from sqlalchemy import text
from starlette.types import ASGIApp

from fixtures.tenants import TestTenant, make_tenant
from opsloom import composition
from opsloom.app import create_app
from opsloom.health import Readiness
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def app(core: Core) -> ASGIApp:
    """The application itself, for requests that no HTTP client would send."""
    return create_app(core, composition.routers(), Readiness(), composition.record_denial)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ours(core: Core) -> AsyncIterator[TestTenant]:
    """The tenant whose data must not be seen, or that the requests act in."""
    yield await make_tenant(core)
    await forget_attempts(core)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stranger(core: Core) -> TestTenant:
    """The tenant that looks in from outside."""
    return await make_tenant(core)


async def forget_attempts(core: Core) -> None:
    """Made-up sign-ins slow down this machine's address; the next module begins afresh."""
    async with core.db.transaction(Scope.outside()) as session:
        await session.execute(text("delete from login_attempts"))
