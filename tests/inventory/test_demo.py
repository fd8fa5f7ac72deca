"""The made-up company: the same every time, whole, loaded once, and going on from where it stopped."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from fixtures.tenants import TestTenant
from opsloom.demo import load_demo, switch_feed
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.inventory.demo.company import company
from opsloom.inventory.demo.happenings import DemoEvent, happenings
from opsloom.inventory.demo.incidents import STORY_CAUSE, incidents_between
from opsloom.inventory.demo.load import load
from opsloom.inventory.demo.shapes import measured, stretches, tracks
from opsloom.inventory.demo.sink import EventSink
from opsloom.inventory.demo.world import FULL, SMALL, World
from opsloom.inventory.metrics import METRICS

LAST = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = World(LAST, 1)
MONTH = World(LAST)


def _values(world: World, start: datetime, end: datetime) -> np.ndarray:
    return np.concatenate([one.values for one in stretches(world, start, end)], axis=1)


def test_the_company_hangs_together() -> None:
    world = company()
    names = [item.key for item in world.items]
    assert len(names) == len(set(names)) >= 300
    assert len({item.type for item in world.items}) >= 12
    assert len(world.relations) == len(set(world.relations)) >= 600
    assert all(item.name_ko for item in world.items)
    assert all(edge.source in names and edge.target in names for edge in world.relations)
    assert len(measured()) >= 120


def test_the_numbers_are_the_same_every_time_and_however_they_are_cut() -> None:
    whole = _values(DAY, DAY.began, LAST)
    cut = LAST - timedelta(hours=9, minutes=7)
    parts = [_values(DAY, DAY.began, cut), _values(DAY, cut, LAST)]
    assert np.array_equal(whole, np.concatenate(parts, axis=1))
    assert happenings(DAY, DAY.began, LAST) == happenings(DAY, DAY.began, cut) + happenings(DAY, cut, LAST)


def test_every_series_is_plausible() -> None:
    values = _values(DAY, DAY.began, LAST)
    assert values.shape == (len(tracks()), 24 * 60)
    assert np.isfinite(values).all()
    assert values.min() >= 0
    percents = [METRICS[one.metric].unit == "percent" for one in tracks()]
    assert values[percents].max() <= 100


def test_weekends_and_nights_are_quieter() -> None:
    row = next(n for n, one in enumerate(tracks()) if (one.item, one.metric) == ("storefront", "service.requests_s"))
    monday, sunday = LAST.replace(hour=0) - timedelta(days=7), LAST.replace(hour=0) - timedelta(days=8)
    hours = _values(MONTH, monday, monday + timedelta(days=1))[row].reshape(24, 60).mean(axis=1)
    assert hours[5] > 2 * hours[17]  # two in the afternoon and two in the night, in Seoul
    assert hours[:15].mean() > 1.05 * _values(MONTH, sunday, sunday + timedelta(hours=15))[row].mean()


def test_the_history_is_large_enough() -> None:
    told = happenings(MONTH, MONTH.began, LAST)
    works = [one for one in told if str(one["type"]).startswith(("change.", "deployment.", "maintenance."))]
    assert len(told) >= 30_000
    assert len(works) >= 3_000
    assert all(one["data"]["result"] in ("ok", "failed", "rolled_back") for one in works)  # type: ignore[index]
    assert len({one["id"] for one in told}) == len(told)


def test_each_incident_has_a_cause_shows_in_the_metrics_and_is_told_in_order() -> None:
    found = list(incidents_between(MONTH, MONTH.began, LAST))
    assert len(found) >= 25
    assert found[-1].cause == STORY_CAUSE
    assert {name for name, _hop in found[-1].hops} >= {"payment-gateway", "checkout", "storefront"}
    places = {(one.item, one.metric): n for n, one in enumerate(tracks())}
    for one in found[1:]:
        row = places[one.hops[0][0], "service.latency_ms"]
        during = _values(MONTH, one.began + timedelta(minutes=5), one.ended)[row].mean()
        before = _values(MONTH, one.began - timedelta(minutes=25), one.began)[row].mean()
        assert during > 1.3 * before, one
    told = [one for one in happenings(DAY, LAST - timedelta(hours=4), LAST) if str(one["id"]).startswith("demo-inc-0-")]
    kinds = [str(one["type"]) for one in told]
    assert kinds.index("change.schema") < kinds.index("database.slow_queries") < kinds.index("service.degraded")
    assert kinds.index("service.degraded") < kinds.index("incident.database") < kinds.index("service.recovered")


async def test_it_is_loaded_once(core: Core, tenant: TestTenant) -> None:
    taken: list[int] = []

    async def take(scope: Scope, events: Sequence[DemoEvent]) -> int:
        del scope
        taken.append(len(events))
        return len(events)

    now = core.clock.now()
    world = World(now.replace(second=0, microsecond=0), 2, SMALL)
    first = await load(core.db, tenant.scope, world, EventSink(take), now)
    assert first is not None
    assert first.samples == 2 * 24 * 2 * len(tracks())
    assert await load(core.db, tenant.scope, world, EventSink(take), now) is None
    assert taken == [first.events]


async def test_the_command_loads_and_the_feed_goes_on_until_it_is_stopped(core: Core, tenant: TestTenant) -> None:
    assert (await switch_feed(core, tenant.slug, live=True)).startswith("There is no demo world")
    assert (await load_demo(core, tenant.slug, 1, SMALL, questions=False)).startswith("Loaded the demo world")
    assert await load_demo(core, tenant.slug, 1, SMALL, questions=False) == "The demo world is already there."
    behind = core.clock.now().replace(second=0, microsecond=0) - timedelta(hours=5)
    async with core.db.raw(tenant.scope) as connection:
        await connection.execute("update demo_worlds set anchor = $1, written_until = $1", behind)
        await connection.execute("delete from metric_samples where time >= $1", behind)
    said = await switch_feed(core, tenant.slug, live=True)
    assert f"wrote {10 * len(tracks()):,} samples" in said
    assert await switch_feed(core, tenant.slug, live=False) == "The demo world stands still."
    async with core.db.raw(tenant.scope) as connection:
        last = await connection.fetchval("select max(time) from data.metrics")
        assert core.clock.now() - last < timedelta(minutes=31)
        assert await connection.fetchval("select count(distinct type) from data.items") >= 12


def test_the_full_world_has_a_sample_a_minute() -> None:
    assert FULL.step_min == 1
