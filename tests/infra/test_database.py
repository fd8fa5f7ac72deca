"""Transactions belong to one tenant, and only the end of the block commits."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from fixtures.tenants import TestTenant
from opsloom.infra import stream
from opsloom.infra.core import Core


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
