"""Transactions belong to one tenant, and only the end of the block commits."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from fixtures.tenants import TestTenant
from opsloom.infra import stream
from opsloom.infra.core import Core
from opsloom.infra.db import Database
from opsloom.infra.db.dsn import Dsn
from opsloom.kit.errors import Overloaded


async def test_no_tenant_means_no_rows(core: Core, tenant: TestTenant) -> None:
    async with core.db.transaction(None) as session:
        assert (await session.execute(text("select count(*) from memberships"))).scalar_one() == 0
    async with core.db.transaction(tenant.scope) as session:
        assert (await session.execute(text("select count(*) from memberships"))).scalar_one() == 5


async def test_the_tenant_does_not_outlive_its_transaction(core: Core, tenant: TestTenant) -> None:
    async with core.db.raw(tenant.scope) as connection:
        assert await connection.fetchval("select count(*) from memberships") == 5
    async with core.db.connection() as connection:
        assert await connection.fetchval("select count(*) from memberships") == 0


async def test_a_raising_block_leaves_nothing(core: Core, tenant: TestTenant) -> None:
    async def fail_half_way() -> None:
        async with core.db.transaction(tenant.scope) as session:
            await stream.publish(session, tenant.id, "system", {"type": "never"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_half_way()
    async with core.db.transaction(tenant.scope) as session:
        assert (await session.execute(text("select count(*) from stream_messages"))).scalar_one() == 0


async def test_a_foreign_tenants_row_cannot_be_written(
    core: Core, tenant: TestTenant, other_tenant: TestTenant
) -> None:
    with pytest.raises(DBAPIError, match="row-level security"):
        async with core.db.transaction(tenant.scope) as session:
            await stream.publish(session, other_tenant.id, "system", {"type": "foreign"})


async def test_a_full_pool_is_called_busy_not_away(app_dsn: Dsn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("opsloom.infra.db.database._ACQUIRE_S", 0.05)
    db = Database(app_dsn, pool_size=2)
    await db.open()
    async with db.connection(), db.connection():
        with pytest.raises(Overloaded):
            async with db.connection():
                pass
    async with db.transaction(None), db.transaction(None):
        with pytest.raises(Overloaded):
            async with db.transaction(None):
                pass
    async with db.connection() as connection:
        assert await connection.fetchval("select 1") == 1
    await db.close()
