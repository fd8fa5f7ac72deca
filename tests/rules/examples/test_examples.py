"""The rules that come with Opsloom: their files pass, they are loaded once, and those that watch Opsloom really fire."""

from importlib.resources.abc import Traversable
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import insert

from fixtures.tenants import TestTenant
from opsloom.assets import service as assets
from opsloom.events.models import EventRefusal
from opsloom.infra.core import Core
from opsloom.kit.ids import new_id
from opsloom.kit.resilience.board import Outcome
from opsloom.notifications.models import Delivery, DeliveryKind, DeliveryStatus
from opsloom.rules.cases.files import load as load_file
from opsloom.rules.document import RuleDocument
from opsloom.rules.examples.loading import COMPANY, ITSELF, load, paths
from opsloom.rules.executors import query
from opsloom.rules.kind import RULE
from opsloom.rules.performance import itself
from rules.world import World

FILES = [*paths(COMPANY), *paths(ITSELF)]
KINDS = set(RuleDocument.model_json_schema()["discriminator"]["mapping"])


@pytest_asyncio.fixture
async def world(core: Core, tenant: TestTenant) -> World:
    return await World(core, tenant).build()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_its_cases_pass(file: Traversable) -> None:
    for case, outcome in load_file(Path(str(file))).play():
        assert outcome.passed, (case.name, outcome.differences, outcome.failed)


def test_the_company_has_a_rule_of_each_kind() -> None:
    assert {load_file(Path(str(file))).rule.rule.kind for file in paths(COMPANY)} == KINDS


async def test_they_are_published_once_and_stay_as_people_make_them(world: World) -> None:
    async with world.core.db.transaction(world.scope) as session:
        assert await load(session, world.scope) == len(FILES)
        found = await assets.by_key(session, RULE, "company-no-backup")
        assert found is not None
        await assets.unpublish(session, world.scope, RULE, found.id)
        assert await load(session, world.scope) == 0
        assert len(await assets.list_published(session, RULE)) == len(FILES) - 1


async def test_the_query_of_the_company_is_one_that_runs(world: World) -> None:
    rule = load_file(Path(str(next(file for file in paths(COMPANY) if "storage" in file.name)))).rule
    asked = query.Asked(rule.rule_id, rule.name, 1, "hash", rule.rule, world.start, world.start)
    await world.sample(-2, 95.5, metric="disk.usage")
    assert await query.QueryWork(world.core).ask(world.scope, asked) == [{"item": "web-1", "usage": 95.5}]


async def test_what_watches_opsloom_fires(world: World) -> None:
    assert await itself.report(world.core, world.scope) == 0, "nobody asked"
    async with world.core.db.transaction(world.scope) as session:
        await load(session, world.scope, [ITSELF])
    engine = await world.engine()
    await world.drain(engine)
    await engine.flush()
    await trouble(world)
    await world.sample(0, 1)  # the engine does not get to see it
    for second in (80, 200, 330):
        world.at(second)
        assert await itself.report(world.core, world.scope) == 4
    await world.drain(engine)
    assert {alert.title for alert in await world.alerts() if alert.state == "firing"} == {
        "Rules are 80 s behind",
        "1 notifications could not be delivered in the last five minutes",
        "1 breakers are open: what is behind them does not answer",
        "12 events were refused in the last five minutes",
    }


async def trouble(world: World) -> None:
    """A channel that does not answer, a notification that nobody got, and events that could not be read."""
    now, board = world.clock.now(), world.core.breakers.local
    channel = new_id()
    for _ in range(5):
        board.report(key := f"channel:{world.tenant.id}:{channel}", board.admit(key), Outcome.FAILED)
    delivery = Delivery(
        tenant_id=world.tenant.id, id=new_id(), kind=DeliveryKind.TRANSITION, transition_id=new_id(), alert_id=new_id(),
        channel_id=channel, channel_name="hook", channel_type="webhook", event_type="alert.firing", title="x",
        severity="warning", body="{}",
        status=DeliveryStatus.FAILED, attempts=8, attempts_allowed=8, maybe_repeated=False, created_at=now,
        finished_at=now, message_id=new_id(),
    )  # fmt: skip
    refused = {"door": "events", "at": now, "code": "malformed", "detail": "", "pointer": "", "item": "x"}
    async with world.core.db.transaction(world.scope) as session:
        session.add(delivery)
        rows = [{"tenant_id": world.tenant.id, "id": new_id(), **refused} for _ in range(12)]
        await session.execute(insert(EventRefusal), rows)
