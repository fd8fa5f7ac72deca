"""Composite rules: other rules joined by AND, OR, NOT, as the engine decides about them."""

from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from fixtures.tenants import TestTenant
from opsloom.assets import service as assets
from opsloom.assets.errors import LinksCyclic
from opsloom.infra.core import Core
from opsloom.rules.document import RuleDocument
from opsloom.rules.errors import ConditionInvalid
from opsloom.rules.explain import Proof, holds_up, prove
from opsloom.rules.facts import Batch, Fact
from opsloom.rules.joining import read_expression
from opsloom.rules.kind import RULE
from opsloom.rules.lifecycle import Change
from opsloom.rules.printing import show
from opsloom.rules.program import Identity, Program, compile_rule
from opsloom.rules.runtime import Found, Runtime
from rules.world import CPU_HIGH, World

SECOND = 1_000_000


def program(key: str, **document: Any) -> Program:
    return compile_rule(RuleDocument.model_validate(document).root, Identity(uuid4(), 1, key, key=key))


def threshold(key: str, event_type: str) -> Program:
    source = {"type": "event", "event_type": event_type}
    return program(key, kind="threshold", source=source, condition="data['bad'] = TRUE", keys=["subject"])


def joined(expression: str, **changes: Any) -> Program:
    members = [{"name": "slow", "rule": "db-slow"}, {"name": "errors", "rule": "many-errors"}]
    document = {"kind": "composite", "members": members, "expression": expression} | changes
    return program("both", **document)


class Engine:
    """Two threshold rules and the one that joins them."""

    def __init__(self, composite: Program) -> None:
        self.runtime, self.composite = Runtime(), composite
        for one in (threshold("db-slow", "slow"), threshold("many-errors", "errors"), composite):
            self.runtime.add(one)
        self.found: list[Found] = []

    def tell(self, seconds: float, kind: str, *, bad: bool, subject: str = "shop") -> None:
        time = round(seconds * SECOND)
        fact = Fact(time=time, ref=f"event:{kind}{seconds}", source="s", type=kind, subject=subject, data={"bad": bad})
        found, failures = self.runtime.take(Batch.of([fact]), time)
        assert not failures
        self.found += found

    def wait(self, seconds: float) -> None:
        found, failures = self.runtime.tick(round(seconds * SECOND))
        assert not failures
        self.found += found

    @property
    def steps(self) -> list[tuple[str, float]]:
        mine = [one for one in self.found if one.program is self.composite]
        for one in mine:
            assert holds_up(prove(one.program, one.decision, {})), one.decision
        return [(one.decision.change.value, one.decision.at / SECOND) for one in mine if one.decision.change in TOLD]


TOLD = (Change.FIRED, Change.RESOLVED)


def test_both_must_fire_and_one_that_ends_ends_it() -> None:
    engine = Engine(joined("slow AND errors"))
    engine.tell(1, "slow", bad=True)
    engine.tell(2, "errors", bad=True)
    engine.tell(3, "slow", bad=False)
    assert engine.steps == [("fired", 2), ("resolved", 3)]


def test_one_is_enough_and_what_is_not() -> None:
    engine = Engine(joined("slow AND NOT errors"))
    engine.tell(1, "slow", bad=True)
    engine.tell(2, "errors", bad=True)
    engine.tell(3, "errors", bad=False)
    engine.tell(4, "slow", bad=False)
    assert engine.steps == [("fired", 1), ("resolved", 2), ("fired", 3), ("resolved", 4)]


def test_alerts_that_follow_within_a_time_count_together() -> None:
    engine = Engine(joined("slow AND errors", within_s=10))
    engine.tell(1, "slow", bad=True)
    engine.tell(2, "slow", bad=False)
    engine.tell(5, "errors", bad=True)
    engine.wait(10)
    engine.wait(12)
    assert engine.steps == [("fired", 5), ("resolved", 11)]
    engine.tell(20, "errors", bad=False)
    engine.tell(21, "slow", bad=True)
    assert len(engine.steps) == 2


def test_only_alerts_whose_labels_agree_are_joined() -> None:
    engine = Engine(joined("slow AND errors", on=["subject"]))
    engine.tell(1, "slow", bad=True, subject="shop")
    engine.tell(2, "errors", bad=True, subject="bank")
    assert engine.steps == []
    engine.tell(3, "errors", bad=True, subject="shop")
    assert engine.steps == [("fired", 3)]


def test_a_name_is_true_while_any_of_its_alerts_fires() -> None:
    engine = Engine(joined("slow OR errors"))
    engine.tell(1, "slow", bad=True, subject="a")
    engine.tell(2, "slow", bad=True, subject="b")
    engine.tell(3, "slow", bad=False, subject="a")
    assert engine.steps == [("fired", 1)]
    engine.tell(4, "slow", bad=False, subject="b")
    assert engine.steps == [("fired", 1), ("resolved", 4)]


def test_a_joined_rule_may_be_joined() -> None:
    engine = Engine(joined("slow"))
    outer = program("outer", kind="composite", members=[{"name": "inner", "rule": "both"}], expression="inner")
    engine.runtime.add(outer)
    engine.tell(1, "slow", bad=True)
    assert [one.decision.at for one in engine.found if one.program is outer and one.decision.change in TOLD] == [SECOND]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("slow and (errors or not slow)", "slow = 1 AND (errors = 1 OR NOT slow = 1)"),
        ("NOT(slow OR errors)", "NOT (slow = 1 OR errors = 1)"),
    ],
)
def test_expressions_are_read(text: str, shown: str) -> None:
    assert show(read_expression(text, ["slow", "errors"])) == shown


@pytest.mark.parametrize(
    ("text", "column"),
    [("slow AND", 9), ("slow errors", 6), ("fast", 1), ("(slow", 6), ("slow AND 1 = 1", 10), ("", 1), ("NOT", 4)],
)
def test_what_is_no_expression_is_refused_with_its_place(text: str, column: int) -> None:
    with pytest.raises(ConditionInvalid) as caught:
        read_expression(text, ["slow", "errors"])
    assert (caught.value.pointer, caught.value.flaw.column) == ("/expression", column)


@pytest_asyncio.fixture
async def world(core: Core, tenant: TestTenant) -> World:
    return await World(core, tenant).build()


async def test_it_lives_across_a_restart_and_ends_with_its_member(world: World) -> None:
    member = await world.publish(**CPU_HIGH | {"for_s": 0})
    members = [{"name": "hot", "rule": "cpu-high"}]
    await world.publish(name="Hot anywhere", kind="composite", members=members, expression="hot", severity="critical")
    engine = await world.engine()
    world.at(1)
    await world.sample(1, 95)
    await world.drain(engine)
    assert {one.rule_name: one.state for one in await world.alerts()} == {
        "CPU high": "firing",
        "Hot anywhere": "firing",
    }
    (joined,) = [one for one in await world.alerts() if one.rule_name == "Hot anywhere"]
    assert holds_up(Proof.model_validate(joined.proof))
    fresh = await world.engine()
    world.at(2)
    await world.sample(2, 96)
    await world.drain(fresh)
    assert len(await world.alerts()) == 2
    async with world.core.db.transaction(world.scope) as session:
        await assets.unpublish(session, world.scope, RULE, member, force=True)
    last = await world.engine()
    world.at(5)
    await world.drain(last)
    assert {one.rule_name: one.state for one in await world.alerts()}["Hot anywhere"] == "resolved"


async def test_one_that_is_published_later_hears_of_what_fires(world: World) -> None:
    await world.publish(**CPU_HIGH | {"for_s": 0})
    engine = await world.engine()
    world.at(1)
    await world.sample(1, 95)
    await world.drain(engine)
    await world.publish(name="Hot", kind="composite", members=[{"name": "hot", "rule": "cpu-high"}], expression="hot")
    fresh = await world.engine()
    world.at(2)
    await world.drain(fresh)
    assert {one.rule_name: one.state for one in await world.alerts()} == {"CPU high": "firing", "Hot": "firing"}


async def test_rules_that_would_join_each_other_are_refused_with_the_way_round(world: World) -> None:
    async def join(name: str, member: str) -> None:
        members = [{"name": "m", "rule": member}]
        await world.publish(name=name, kind="composite", members=members, expression="m")

    await world.publish(**CPU_HIGH)
    await join("one", "cpu-high")
    await join("two", "one")
    await join("three", "two")
    async with world.core.db.transaction(world.scope) as session:
        one = await assets.by_key(session, RULE, "one")
    assert one is not None
    again = {"kind": "composite", "members": [{"name": "m", "rule": "three"}], "expression": "m"}
    with pytest.raises(LinksCyclic, match="rule/one → rule/three → rule/two → rule/one"):
        await world.change(one.id, name="one", **again)
