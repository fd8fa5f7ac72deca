"""The made-up company: the same every time, whole, and loaded once."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from fixtures.tenants import TestTenant
from opsloom.demo import load_demo
from opsloom.infra.core import Core
from opsloom.inventory.demo.company import company
from opsloom.inventory.demo.happenings import DemoEvent, happenings
from opsloom.inventory.demo.load import load
from opsloom.inventory.demo.shapes import CAUSE, MINUTES, all_series
from opsloom.inventory.metrics import METRICS

LAST = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_the_company_hangs_together() -> None:
    world = company()
    names = [item.key for item in world.items]
    assert len(names) == len(set(names)) >= 30
    assert len({item.type for item in world.items}) >= 6
    assert all(item.name_ko for item in world.items)
    assert all(edge.source in names and edge.target in names for edge in world.relations)


def test_the_numbers_are_the_same_every_time() -> None:
    for one, two in zip(all_series(LAST), all_series(LAST), strict=True):
        assert (one.item, one.metric) == (two.item, two.metric)
        assert np.array_equal(one.values, two.values)
    assert happenings(LAST) == happenings(LAST)


def test_every_series_is_plausible() -> None:
    for one in all_series(LAST):
        kind = METRICS[one.metric]
        assert one.values.size == MINUTES
        assert np.isfinite(one.values).all()
        assert one.values.min() >= 0
        assert kind.unit != "percent" or one.values.max() <= 100


def test_the_incident_shows_at_its_cause_and_not_elsewhere() -> None:
    peaks = {one.item: one.values.max() for one in all_series(LAST) if one.metric == "cpu.usage"}
    databases = {name: peak for name, peak in peaks.items() if "-db-" in name}
    assert max(databases, key=lambda name: databases[name]) == CAUSE
    assert databases[CAUSE] > 90


async def test_it_is_loaded_once(core: Core, tenant: TestTenant) -> None:
    taken: list[int] = []

    async def ingest(events: Sequence[DemoEvent]) -> int:
        taken.append(len(events))
        return len(events)

    first = await load(core.db, tenant.scope, core.clock.now(), ingest)
    assert first is not None
    assert first.samples == MINUTES * sum(1 for _ in all_series(LAST))
    assert await load(core.db, tenant.scope, core.clock.now(), ingest) is None
    assert taken == [first.events]


async def test_the_command_says_what_it_did(core: Core, tenant: TestTenant) -> None:
    said = await load_demo(core, tenant.slug)
    assert said.startswith("Loaded the demo world")
    async with core.db.raw(tenant.scope) as connection:
        assert await connection.fetchval("select count(*) from data.events") == len(happenings(LAST))
        assert await connection.fetchval("select count(distinct type) from data.items") >= 6
    assert await load_demo(core, tenant.slug) == "The demo world is already there."
