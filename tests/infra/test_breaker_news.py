"""What a breaker does is counted, logged and told to the tenant it concerns, and to no other."""

import asyncio
import logging

import pytest
from sqlalchemy import text

from fixtures.tenants import TestTenant
from fixtures.waiting import until
from opsloom.infra.breaker_news import TRANSITIONS, BreakerNews, tenant_of
from opsloom.infra.core import Core
from opsloom.kit.ids import new_id
from opsloom.kit.resilience.board import BreakerBoard, Outcome


async def told(core: Core, tenant: TestTenant) -> list[tuple[str, str, str]]:
    sql = text(
        "select payload->>'name', payload->>'before', payload->>'after' from stream_messages "
        "where topic = 'system' order by id"
    )
    async with core.db.transaction(tenant.scope) as session:
        return [(row[0], row[1], row[2]) for row in (await session.execute(sql)).all()]


async def test_the_tenants_pages_hear_of_it(
    core: Core, tenant: TestTenant, other_tenant: TestTenant, caplog: pytest.LogCaptureFixture
) -> None:
    news, stop = BreakerNews(core.db), asyncio.Event()
    board = BreakerBoard(lambda: 0.0, listener=news.heard)
    key = f"channel:{tenant.id}:{new_id()}"
    counted = TRANSITIONS.labels("channel", "closed", "open", "consecutive_failures")
    before = counted._value.get()
    with caplog.at_level(logging.INFO):
        for each in (key, "nobodys"):
            for _ in range(5):
                board.report(each, board.admit(each), Outcome.FAILED)
        board.reset(key)
    running = asyncio.create_task(news.run(stop))

    async def both_told() -> bool:
        return len(await told(core, tenant)) == 2

    await until(both_told)
    stop.set()
    await running
    assert await told(core, tenant) == [(key, "closed", "open"), (key, "open", "closed")]
    assert await told(core, other_tenant) == []
    assert counted._value.get() == before + 1


@pytest.mark.parametrize("key", ["", "x", "api:y", "api:not-a-tenant:z", "a:b:c:d"])
def test_keys_of_nobody(key: str) -> None:
    assert tenant_of(key) is None
