"""Polls over real connections: what Prometheus, an HTTP service and an SQL database answer becomes samples that a rule judges."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest
import pytest_asyncio
from sqlalchemy import text

from fakes.clock import FakeClock
from fakes.receiver import Receiver, answers
from fixtures.linked import Linked, linked_core
from fixtures.shops import sqlite_shop
from fixtures.tenants import make_tenant
from opsloom.assets import service as assets
from opsloom.assets.kinds import Kinds
from opsloom.infra.core import Core
from opsloom.infra.db.dsn import Dsn
from opsloom.rules.executors import scheduler, service
from opsloom.rules.executors.metrics import MetricWork
from opsloom.rules.executors.models import ExecutorKind, ExecutorRun, MomentOutcome
from opsloom.rules.executors.scheduler import Works
from opsloom.settings import Settings
from rules.world import World

ROWS = {"shops": [{"shop": "north", "open": 3, "kind": "big"}, {"shop": "south", "open": None, "kind": "small"}]}


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with Receiver().serving() as made:
        yield made


@pytest_asyncio.fixture
async def linked(core: Core, settings: Settings, app_dsn: Dsn) -> AsyncIterator[Linked]:
    del core
    async with linked_core(settings, app_dsn) as made:
        yield Linked(made, await make_tenant(made))


class Polling:
    """A poll in force, asked once at its own time."""

    def __init__(self, linked: Linked) -> None:
        self.linked, self.scope = linked, linked.tenant.scope
        self.clock = FakeClock(linked.core.clock.now() + timedelta(seconds=2))
        self.core = replace(linked.core, clock=self.clock)
        self.core = replace(
            self.core, parts={**self.core.parts, Works: Works({ExecutorKind.METRIC: MetricWork(self.core)})}
        )

    async def ask(self, **content: Any) -> ExecutorRun:
        kind = self.linked.core.part(Kinds).named("poll")
        async with self.core.db.transaction(self.scope) as session:
            asset = await assets.create_draft(session, self.scope, kind, f"poll of {content['metric']}", content)
            await assets.publish(session, self.scope, kind, asset.id)
            due_at = (await service.get(session, asset.id)).next_at
        assert due_at is not None
        self.clock.advance((due_at - self.clock.now()).total_seconds() + 0.1)
        await scheduler.fire(self.core, self.linked.tenant.id, asset.id, due_at, None)
        async with self.core.db.transaction(self.scope) as session:
            return (await service.history(session, asset.id, limit=1, before=None))[0]

    async def stored(self, metric: str) -> list[tuple[str, float, dict[str, str]]]:
        query = text("select item, value, labels from data.metrics where metric = :metric order by item")
        async with self.core.db.transaction(self.scope) as session:
            return [(item, value, labels) for item, value, labels in await session.execute(query, {"metric": metric})]


async def test_promql(linked: Linked, receiver: Receiver) -> None:
    polling = Polling(linked)
    at = polling.clock.now().timestamp()
    series = [
        {"metric": {"__name__": "up", "job": job, "instance": f"{job}:1"}, "value": [at, value]}
        for job, value in (("shop", "1"), ("till", "0"))
    ]
    said = {"status": "success", "data": {"resultType": "vector", "result": series}}
    receiver.otherwise = answers(200, orjson.dumps(said))
    key = await linked.publish("Prometheus", {"type": "prometheus", "url": f"http://127.0.0.1:{receiver.port}"})
    of = {"item_type": "service", "item_column": "job"}
    run = await polling.ask(
        connection=key, ask={"type": "promql", "expression": "up"}, metric="shop.up", of=of, labels=["instance"]
    )
    assert (run.outcome, run.rows, run.detail) == (MomentOutcome.SUCCEEDED, 2, "")
    assert await polling.stored("shop.up") == [
        ("shop", 1.0, {"instance": "shop:1"}),
        ("till", 0.0, {"instance": "till:1"}),
    ]


async def test_http_and_a_rule_over_it(linked: Linked, receiver: Receiver) -> None:
    receiver.otherwise = answers(200, orjson.dumps(ROWS))
    polling = Polling(linked)
    key = await linked.publish("Service", {"type": "http", "url": f"http://127.0.0.1:{receiver.port}/v1"})
    world = World(polling.core, linked.tenant)
    world.core = replace(world.core, clock=polling.clock)
    source = {"type": "metric", "metric": "shop.open"}
    await world.publish(name="Open", kind="threshold", source=source, condition="value > 2 AND attrs['kind'] = 'big'")
    engine = await world.engine()
    run = await polling.ask(
        connection=key,
        ask={"type": "http", "path": "shops", "rows": "/shops"},
        metric="shop.open",
        value_column="open",
        of={"item_column": "shop"},
        labels=["kind"],
    )
    assert (run.outcome, run.rows) == (MomentOutcome.SUCCEEDED, 1), run.detail
    assert receiver.received[-1].path == "/v1/shops"
    await world.drain(engine)
    assert [alert.title for alert in await world.alerts()] == ["Open: north, big"]


async def test_sql(linked: Linked) -> None:
    polling = Polling(linked)
    key = await linked.publish("Shop", sqlite_shop(linked).reader)
    statement = "select customer, total from orders where id <= 2"
    run = await polling.ask(
        connection=key,
        ask={"type": "sql", "statement": statement},
        metric="orders.total",
        value_column="total",
        of={"item_type": "customer", "item_column": "customer"},
    )
    assert (run.outcome, run.rows) == (MomentOutcome.SUCCEEDED, 2), run.detail
    assert [value for _, value, _ in await polling.stored("orders.total")] == [1.25, 2.5]


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [(503, b"", "status 503"), (200, b"<html>", "not JSON"), (200, b'{"shops": [{"open": "many"}]}', "no number")],
)
async def test_an_answer_that_is_no_use_is_told(
    linked: Linked, receiver: Receiver, status: int, body: bytes, said: str
) -> None:
    receiver.otherwise = answers(status, body)
    polling = Polling(linked)
    key = await linked.publish("Service", {"type": "http", "url": f"http://127.0.0.1:{receiver.port}"})
    ask = {"type": "http", "rows": "/shops"}
    run = await polling.ask(connection=key, ask=ask, metric="shop.open", value_column="open", of={"item": "shop"})
    assert run.outcome == MomentOutcome.FAILED
    assert said in run.detail
    assert await polling.stored("shop.open") == []
