"""Rules with memories on the real database: every step on an engine that knows only what was stored."""

from typing import Any

import pytest
import pytest_asyncio

from fixtures.tenants import TestTenant
from opsloom.infra.core import Core
from opsloom.rules.explain import Proof, holds_up
from rules.world import World

EVENTS = {"source": {"type": "event", "event_type": "t"}, "keys": ["subject"]}
TOO_MANY = EVENTS | {
    "name": "Too many",
    "kind": "aggregate",
    "window": {"type": "hopping", "size_s": 20, "slide_s": 10},
    "measures": [
        {"name": "n", "function": "count"},
        {"name": "p", "function": "percentile", "of": "data.n", "at": 0.5},
    ],
    "having": "n >= 3 AND p > 1",
    "title": "{{ subject }}: {{ n }} times",
}
UNANSWERED = EVENTS | {
    "name": "Unanswered",
    "kind": "absence",
    "after": "data.k = 'order'",
    "expect": "data.k = 'paid'",
    "within_s": 30,
}
INTRUDER = EVENTS | {
    "name": "Intruder",
    "kind": "sequence",
    "steps": [
        {"name": "failed", "condition": "data.k = 'failed'", "times": {"min": 2, "max": None}},
        {"name": "login", "condition": "data.k = 'login' AND data.user = failed.data.user"},
    ],
    "within_s": 60,
    "resolve_after_s": 20,
}
LIVES: dict[str, tuple[dict[str, Any], list[tuple[float, dict[str, Any]]], float, float]] = {
    "aggregate": (TOO_MANY, [(1, {"n": 5}), (3, {"n": 6}), (2, {"n": 7})], 10, 30),
    "absence": (UNANSWERED, [(1, {"k": "order"}), (5, {"k": "other"})], 31, 44),
    "sequence": (
        INTRUDER,
        [
            (1, {"k": "failed", "user": "a"}),
            (3, {"k": "failed", "user": "a"}),
            (2, {"k": "login", "user": "b"}),
            (9, {"k": "login", "user": "a"}),
        ],
        9,
        29,
    ),
}


@pytest_asyncio.fixture
async def world(core: Core, tenant: TestTenant) -> World:
    return await World(core, tenant).build()


@pytest.mark.parametrize("kind", LIVES)
async def test_what_a_rule_remembers_survives_its_engine(world: World, kind: str) -> None:
    document, events, fired, resolved = LIVES[kind]
    await world.publish(**document)

    async def step(second: float) -> None:
        world.at(second)
        engine = await world.engine()
        await world.drain(engine)
        await engine.flush()

    aligned = (-world.start.timestamp()) % 10 if kind == "aggregate" else 0
    for second, data in events:
        await world.event(aligned + second, "t", "x", data)
        await step(aligned + second)
    for second in (20, 41):
        await step(aligned + second)
    if kind == "absence":
        await world.event(44, "t", "x", {"k": "paid"})
    for second in (52, 60):
        await step(aligned + second)
    (alert,) = await world.alerts()
    assert await world.steps(alert) == [(None, "firing"), ("firing", "resolved")]
    assert ((alert.fired_at - world.start).total_seconds() - aligned) == pytest.approx(fired)
    assert ((alert.resolved_at - world.start).total_seconds() - aligned) == pytest.approx(resolved)
    assert holds_up(Proof.model_validate(alert.proof))
