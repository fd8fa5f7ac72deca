"""The engine on the real database: from samples to an alert and back, once, whatever happens in between."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import httpx2
import pytest
import pytest_asyncio

from fixtures.tenants import TestTenant
from fixtures.waiting import until
from opsloom.alerts import service as alerts
from opsloom.alerts.service import Listeners
from opsloom.infra.core import Core
from opsloom.kit.clock import SystemClock
from opsloom.rules.engine import RuleEngine
from opsloom.rules.explain import Proof, holds_up
from opsloom.rules.run import RuleRun
from opsloom.rules.tenant_engine import OwnershipLost, TenantEngine
from rules.world import CPU_HIGH, FAILED, World


@pytest_asyncio.fixture
async def world(core: Core, tenant: TestTenant) -> World:
    return await World(core, tenant).build()


class Crash(BaseException):
    """The process dies here."""


class Crashing(TenantEngine):
    """Dies between evaluating and committing."""

    async def before_commit(self) -> None:
        raise Crash


async def test_a_rule_fires_and_resolves_by_itself(world: World) -> None:
    rule_id = await world.publish(**CPU_HIGH)
    engine = await world.engine()
    for seconds, value in ((0, 50), (5, 95), (10, 96)):
        world.at(seconds)
        await world.sample(seconds, value)
        await world.drain(engine)
    (pending,) = await world.alerts()
    assert (pending.state, pending.rule_id, pending.rule_version) == ("pending", rule_id, 1)
    world.at(15)
    await world.sample(15, 97)
    await world.drain(engine)
    (firing,) = await world.alerts()
    assert (firing.state, firing.severity, firing.title) == ("firing", "critical", "CPU of web-1 is at 97 %")
    assert firing.fired_at == world.start + timedelta(seconds=15)
    assert firing.started_at == world.start + timedelta(seconds=5)
    assert firing.labels == {"item": "web-1"}
    assert firing.item_id == world.items["h:1"]
    assert holds_up(Proof.model_validate(firing.proof))
    assert [fact["values"] for fact in firing.proof["facts"]] == [{"value": 95.0}, {"value": 96.0}, {"value": 97.0}]
    world.at(20)
    await world.sample(20, 30)
    await world.drain(engine)
    (resolved,) = await world.alerts()
    assert resolved.state == "resolved"
    assert await world.steps(resolved) == [(None, "pending"), ("pending", "firing"), ("firing", "resolved")]
    assert world.told == [(resolved.id, "pending"), (resolved.id, "firing"), (resolved.id, "resolved")]


async def test_a_timer_fires_it_when_the_host_goes_quiet(world: World) -> None:
    await world.publish(**CPU_HIGH)
    engine = await world.engine()
    world.at(5)
    await world.sample(5, 95)
    await world.drain(engine)
    world.at(14.9)
    await world.drain(engine)
    assert [one.state for one in await world.alerts()] == ["pending"]
    world.at(15)
    await world.drain(engine)
    (firing,) = await world.alerts()
    assert (firing.state, firing.fired_at) == ("firing", world.start + timedelta(seconds=15))


async def test_repeated_and_late_samples_change_nothing(world: World) -> None:
    await world.publish(**CPU_HIGH | {"for_s": 0})
    engine = await world.engine()
    world.at(30)
    for seconds, value in ((10, 95), (10, 95), (20, 96), (5, 1), (12, 2), (20, 96)):
        await world.sample(seconds, value)
        await world.drain(engine)
    (alert,) = await world.alerts()
    assert alert.state == "firing"
    assert await world.steps(alert) == [(None, "firing")]
    await engine.flush()
    async with world.core.db.raw(world.scope) as connection:
        row = await connection.fetchrow("select late, fired, evaluated from rule_runs")
    assert (row["late"], row["fired"]) == (2, 1)


async def test_each_series_has_an_alert_of_its_own(world: World) -> None:
    await world.publish(**CPU_HIGH | {"for_s": 0})
    engine = await world.engine()
    world.at(5)
    for host in ("h:1", "h:2", "h:3"):
        await world.sample(5, 20 if host == "h:2" else 99, host)
    await world.drain(engine)
    assert sorted(one.labels["item"] for one in await world.alerts()) == ["db-1", "web-1"]


async def test_events_are_judged_by_their_data(world: World) -> None:
    await world.publish(**FAILED)
    engine = await world.engine()
    world.at(10)
    await world.event(1, "payment", "order-1", {"status": "failed", "amount": 20})
    await world.event(2, "payment", "order-2", {"status": "failed", "amount": 900})
    await world.event(3, "login", "order-3", {"status": "failed", "amount": 900})
    await world.drain(engine)
    (alert,) = await world.alerts()
    assert (alert.key, alert.labels, alert.state) == ('subject="order-2"', {"subject": "order-2"}, "firing")
    assert alert.proof["facts"][0]["values"] == {"data['status']": "failed", "data['amount']": 900}
    await world.event(4, "payment", "order-2", {"status": "ok", "amount": 900})
    await world.drain(engine)
    assert [one.state for one in await world.alerts()] == ["resolved"]


async def test_a_new_rule_starts_from_now(world: World) -> None:
    await world.publish(**CPU_HIGH | {"for_s": 0, "name": "First"})
    engine = await world.engine()
    await world.sample(-30, 99)
    world.at(1)
    await world.drain(engine)
    assert await world.alerts() == []


async def test_a_crash_before_the_commit_loses_and_doubles_nothing(world: World) -> None:
    await world.publish(**CPU_HIGH | {"for_s": 0})
    engine = await world.engine(Crashing)
    world.at(5)
    await world.sample(5, 99)
    with pytest.raises(Crash):
        await world.drain(engine)
    assert await world.alerts() == []
    successor = await world.engine()
    await world.drain(successor)
    (alert,) = await world.alerts()
    assert await world.steps(alert) == [(None, "firing")]
    again = await world.engine()
    await world.drain(again)
    assert [one.id for one in await world.alerts()] == [alert.id]


async def test_a_crash_at_every_step_gives_the_same_life(world: World) -> None:
    await world.publish(**CPU_HIGH)
    for seconds, value in ((0, 95), (5, 96), (10, 97), (15, 20), (20, 95), (25, 20), (30, 99), (40, 99), (45, 1)):
        world.at(seconds)
        await world.sample(seconds, value)
        crashing = await world.engine(Crashing)
        with suppress(Crash):  # where there is nothing to commit it is only forgotten
            await world.drain(crashing)
        survivor = await world.engine()
        await world.drain(survivor)
    first, second = await world.alerts()
    life = [(None, "pending"), ("pending", "firing"), ("firing", "resolved")]
    assert await world.steps(first) == life
    assert await world.steps(second) == life
    fired = [(one.fired_at - world.start).total_seconds() for one in (first, second)]
    resolved = [(one.resolved_at - world.start).total_seconds() for one in (first, second)]
    assert (fired, resolved) == ([10, 40], [15, 45])


async def test_what_was_not_committed_yet_is_read_again(world: World) -> None:
    await world.publish(**CPU_HIGH | {"for_s": 0, "name": "Quiet"})
    engine = await world.engine()
    world.at(10)
    await world.sample(10, 50)
    await world.drain(engine)  # nothing decided: not committed within the lazy time
    successor = await world.engine()
    await world.sample(6, 99)  # late, as the engine that died knew
    await world.drain(successor)
    assert await world.alerts() == []


async def test_an_outdated_owner_cannot_commit(world: World) -> None:
    await world.publish(**CPU_HIGH | {"for_s": 0})
    old = await world.engine()
    new = await world.engine()
    world.at(5)
    await world.sample(5, 99)
    with pytest.raises(OwnershipLost):
        await world.drain(old)
    await world.drain(new)
    (alert,) = await world.alerts()
    assert await world.steps(alert) == [(None, "firing")]


async def test_a_rule_that_breaks_is_quarantined_and_the_others_go_on(
    world: World, client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = await world.publish(**CPU_HIGH | {"for_s": 0, "name": "Bad"})
    await world.publish(**CPU_HIGH | {"for_s": 0, "name": "Good"})
    engine = await world.engine()
    whole = RuleRun.take

    def breaking(run: RuleRun, admitted: object, candidates: object = None) -> object:
        if run.program.name == "Bad":
            raise ZeroDivisionError("poisoned")
        return whole(run, admitted, candidates)

    monkeypatch.setattr(RuleRun, "take", breaking)  # stands for a defect no document can bring about
    world.at(5)
    await world.sample(5, 99)
    await world.drain(engine)
    assert [one.rule_name for one in await world.alerts()] == ["Good"]
    monkeypatch.undo()
    async with world.core.db.raw(world.scope) as connection:
        row = await connection.fetchrow("select * from rule_runs where rule_id = $1", bad)
        audited = await connection.fetch("select action from audit_entries where action = 'rule.quarantined'")
    assert (row["quarantine_reason"], row["quarantine_count"]) == ("ZeroDivisionError: poisoned", 1)
    assert len(audited) == 1
    listed = (await client.get("/api/v1/rules", headers=world.tenant.headers)).json()["items"]
    assert {one["name"]: one["in_force"]["quarantine_reason"] for one in listed} == {
        "Bad": "ZeroDivisionError: poisoned",
        "Good": None,
    }
    reloaded = await world.engine()
    assert bad not in reloaded.runtime.runs
    await world.change(bad, **CPU_HIGH | {"for_s": 0, "name": "Bad"})
    freed = await world.engine()
    assert bad in freed.runtime.runs


async def test_unpublishing_expires_open_alerts(world: World) -> None:
    rule_id = await world.publish(**CPU_HIGH | {"for_s": 0})
    engine = await world.engine()
    world.at(5)
    await world.sample(5, 99)
    await world.drain(engine)
    await world.withdraw(rule_id)
    await world.engine()
    (alert,) = await world.alerts()
    assert await world.steps(alert) == [(None, "firing"), ("firing", "expired")]


async def test_a_new_version_that_asks_something_else_keeps_what_fires(world: World) -> None:
    rule_id = await world.publish(**CPU_HIGH | {"for_s": 0})
    engine = await world.engine()
    world.at(5)
    await world.sample(5, 95)
    await world.drain(engine)
    await world.change(rule_id, **CPU_HIGH | {"for_s": 0, "condition": "value > 97"})
    engine = await world.engine()
    world.at(10)
    await world.sample(10, 96)
    await world.drain(engine)
    (alert,) = await world.alerts()
    assert await world.steps(alert) == [(None, "firing"), ("firing", "resolved")]


async def test_an_alert_closed_by_a_person_stays_closed_until_it_clears(world: World) -> None:
    await world.publish(**CPU_HIGH | {"for_s": 0})
    engine = await world.engine()
    world.at(5)
    await world.sample(5, 95)
    await world.drain(engine)
    (alert,) = await world.alerts()
    async with world.core.db.transaction(world.scope) as session:
        await alerts.resolve(session, world.scope, alert.id, "known", world.core.part(Listeners))
    for seconds, value in ((10, 96), (15, 10), (20, 99)):
        world.at(seconds)
        await world.sample(seconds, value)
        await world.drain(engine)
    first, second = await world.alerts()
    assert await world.steps(first) == [(None, "firing"), ("firing", "resolved")]
    assert await world.steps(second) == [(None, "firing")]


async def test_silence_is_told_when_the_rule_wants_it(world: World) -> None:
    await world.publish(**CPU_HIGH | {"no_data": {"policy": "alert", "after_s": 30}})
    engine = await world.engine()
    world.at(5)
    await world.sample(5, 10)
    await world.drain(engine)
    world.at(34)
    await world.drain(engine)
    assert await world.alerts() == []
    world.at(36)
    await world.drain(engine)
    (alert,) = await world.alerts()
    assert (alert.state, alert.title) == ("firing", "CPU high: web-1 (no data)")
    world.at(40)
    await world.sample(40, 10)
    await world.drain(engine)
    assert [one.state for one in await world.alerts()] == ["resolved"]


async def test_silence_ends_an_alert_without_saying_that_it_is_over(world: World) -> None:
    notes = {"runbook": "https://runbooks.example/{{ item }}", "unknown": "{{ nothing }}"}
    await world.publish(
        **CPU_HIGH | {"for_s": 0, "no_data": {"policy": "resolve", "after_s": 30}, "annotations": notes}
    )
    engine = await world.engine()
    world.at(5)
    await world.sample(5, 95)
    await world.drain(engine)
    world.at(40)
    await world.drain(engine)
    (alert,) = await world.alerts()
    assert await world.steps(alert) == [(None, "firing"), ("firing", "expired")]
    assert alert.annotations == {"runbook": "https://runbooks.example/web-1"}


async def test_many_facts_in_small_batches_give_what_one_batch_gives(world: World) -> None:
    await world.publish(**CPU_HIGH | {"for_s": 3})
    world.at(60)
    engine = await world.engine(batch=3)
    for seconds in range(40):
        await world.sample(seconds, 95 if seconds % 10 > 3 else 20)
    await world.drain(engine)
    found = await world.alerts()
    assert [(one.fired_at - world.start).total_seconds() for one in found] == [7, 17, 27, 37]


async def test_of_two_engines_one_owns_and_the_other_takes_over(world: World) -> None:
    await world.publish(**CPU_HIGH | {"for_s": 0})
    engines = [RuleEngine(world.core, poll_s=0.05), RuleEngine(world.core, poll_s=0.05)]
    stops = [asyncio.Event(), asyncio.Event()]
    tasks = [asyncio.create_task(engine.run(stop)) for engine, stop in zip(engines, stops, strict=True)]
    try:
        async with asyncio.timeout(90):
            await asyncio.wait(
                [asyncio.ensure_future(engine.owner.wait()) for engine in engines],
                return_when=asyncio.FIRST_COMPLETED,
            )
            first = 0 if engines[0].owner.is_set() else 1
            world.at(5)
            await world.sample(5, 99)
            await until(world.has_alerts, limit_s=60)
            assert not engines[1 - first].owner.is_set()
            stops[first].set()
            await tasks[first]
            await engines[1 - first].owner.wait()
            world.at(10)
            await world.sample(10, 1)
            await until(world.is_resolved, limit_s=60)
    finally:
        for stop in stops:
            stop.set()
        await asyncio.gather(*tasks)
    (alert,) = await world.alerts()
    assert await world.steps(alert) == [(None, "firing"), ("firing", "resolved")]


async def test_publishing_and_ingest_wake_the_engine(world: World) -> None:
    live = replace(world.core, clock=SystemClock())
    engine, stop = RuleEngine(live, poll_s=600), asyncio.Event()
    tasks = [asyncio.create_task(live.wakeups.run(stop)), asyncio.create_task(engine.run(stop))]
    try:
        async with asyncio.timeout(90):
            await asyncio.gather(live.wakeups.listening.wait(), engine.owner.wait())
            await world.publish(**CPU_HIGH | {"for_s": 0})
            await world.sample(1, 99)
            await until(world.has_alerts, limit_s=60)
    finally:
        stop.set()
        await asyncio.gather(*tasks)
    assert [one.state for one in await world.alerts()] == ["firing"]
