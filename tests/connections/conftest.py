"""What tests of connections share: a process that may call this machine, and a tenant in it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from fixtures.linked import Linked, linked_core
from fixtures.shops import Shop, duckdb_shop, mariadb_shop, postgres_shop, shop_mariadb, shop_postgres, sqlite_shop
from fixtures.tenants import make_tenant
from opsloom.infra.core import Core
from opsloom.infra.db.dsn import Dsn
from opsloom.settings import Settings

__all__ = ["shop_mariadb", "shop_postgres"]  # fixtures of these tests


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def linked_process(core: Core, settings: Settings, app_dsn: Dsn) -> AsyncIterator[Core]:
    """One process for all tests of connections; the usual one has made what both need."""
    del core
    async with linked_core(settings, app_dsn) as made:
        yield made


@pytest_asyncio.fixture
async def linked(linked_process: Core) -> Linked:
    """A fresh tenant of that process."""
    return Linked(linked_process, await make_tenant(linked_process))


@pytest_asyncio.fixture
async def shop(request: pytest.FixtureRequest, linked: Linked) -> Shop:
    """The shop in the kind of database the test is parametrised with."""
    match request.param:
        case "postgresql":
            return await postgres_shop(request.getfixturevalue("shop_postgres"), linked)
        case "mysql":
            return await mariadb_shop(request.getfixturevalue("shop_mariadb"), linked)
        case "sqlite":
            return sqlite_shop(linked)
        case _:
            return duckdb_shop(linked)
