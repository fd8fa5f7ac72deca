"""Looking something up in the middle of a transaction."""

import asyncio

import pytest
from sqlalchemy import text

from fixtures.tenants import TestTenant
from opsloom.infra.core import Core
from opsloom.infra.db import lend

_ADD = text("insert into stream_messages (tenant_id, topic, payload) values (:tenant, 'probe', '{}')")
_COUNT = text("select count(*) from stream_messages where topic = 'probe'")


async def seen(core: Core, tenant: TestTenant) -> int:
    async with core.db.looking(tenant.scope) as session:
        return int(await session.scalar(_COUNT) or 0)


async def test_only_a_lent_transaction_shows_what_is_not_committed(core: Core, tenant: TestTenant) -> None:
    async with core.db.transaction(tenant.scope) as session:
        await session.execute(_ADD, {"tenant": tenant.id})
        assert await seen(core, tenant) == 0
        with lend(session, tenant.scope):
            assert await seen(core, tenant) == 1
        assert await seen(core, tenant) == 0
    assert await seen(core, tenant) == 1


async def test_it_is_lent_to_its_own_tenant_only(core: Core, tenant: TestTenant, other_tenant: TestTenant) -> None:
    async with core.db.transaction(tenant.scope) as session:
        await session.execute(_ADD, {"tenant": tenant.id})
        with lend(session, tenant.scope):
            assert await seen(core, other_tenant) == 0


async def test_several_tasks_look_one_at_a_time_and_a_look_may_hold_another(core: Core, tenant: TestTenant) -> None:
    async def nested() -> int:
        async with core.db.looking(tenant.scope) as session:
            await session.execute(text("select pg_sleep(0.01)"))
            return await seen(core, tenant)

    async with core.db.transaction(tenant.scope) as session:
        await session.execute(_ADD, {"tenant": tenant.id})
        with lend(session, tenant.scope):
            assert await asyncio.gather(*(nested() for _ in range(5))) == [1] * 5


async def fail_in_the_middle(core: Core, tenant: TestTenant) -> None:
    async with core.db.transaction(tenant.scope) as session:
        await session.execute(_ADD, {"tenant": tenant.id})
        with lend(session, tenant.scope):
            raise RuntimeError("on purpose")


async def test_it_is_taken_back_when_the_work_fails(core: Core, tenant: TestTenant) -> None:
    with pytest.raises(RuntimeError, match="on purpose"):
        await fail_in_the_middle(core, tenant)
    assert await seen(core, tenant) == 0
