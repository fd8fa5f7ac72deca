"""Anomaly rules in the running engine: what is unusual fires, with numbers and words; what was learnt survives a restart."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx2
import numpy as np
import pytest
import pytest_asyncio

from fixtures.tenants import TestTenant
from opsloom.infra.core import Core
from opsloom.inventory import service as inventory
from opsloom.rules.detectors.anomaly import AnomalyDetector, chance
from opsloom.rules.document import RuleDocument
from opsloom.rules.errors import ConditionInvalid
from opsloom.rules.explain import Proof, holds_up, prove
from opsloom.rules.facts import Batch, Fact
from opsloom.rules.lifecycle import Change
from opsloom.rules.program import Identity, Program, compile_rule
from opsloom.rules.runtime import Found, Runtime
from opsloom.rules.tenant_engine import OwnershipLost
from rules.world import CPU_HIGH, World

MINUTE = 60_000_000
ODD: dict[str, Any] = {
    "name": "Odd load",
    "kind": "anomaly",
    "source": {"type": "metric", "metric": "load"},
}


def program(**changes: Any) -> Program:
    document = {key: value for key, value in (ODD | changes).items() if key != "name"}
    return compile_rule(RuleDocument.model_validate(document).root, Identity(uuid4(), 1, "Odd load"))


def facts(values: list[float], start: int = 0, series: str = "a") -> list[Fact]:
    return [
        Fact(
            time=(start + n) * MINUTE, ref=f"sample:{start + n}", metric="load", value=value, item=series, series=series
        )
        for n, value in enumerate(values)
    ]


def ordinary(count: int, seed: int = 3) -> list[float]:
    found: list[float] = np.random.default_rng(seed).normal(50, 1, count).round(4).tolist()
    return found


class Engine:
    """A runtime with one rule."""

    def __init__(self, of: Program) -> None:
        self.runtime = Runtime()
        self.run = self.runtime.add(of)
        self.program = of

    def take(self, given: list[Fact], cut: int = 50) -> list[Found]:
        found: list[Found] = []
        for begin in range(0, len(given), cut):
            piece = given[begin : begin + cut]
            some, failures = self.runtime.take(Batch.of(piece), piece[-1].time)
            assert not failures
            found += some
        return found

    @property
    def detector(self) -> AnomalyDetector:
        detector = self.run.detector
        assert isinstance(detector, AnomalyDetector)
        return detector


def fired(found: list[Found]) -> list[int]:
    return [one.decision.at // MINUTE for one in found if one.decision.change is Change.FIRED]


def test_what_is_unusual_fires_and_its_proof_holds() -> None:
    engine = Engine(program(resolve_after_s=120))
    found = engine.take(facts([*ordinary(900), 90.0, 91.0, *ordinary(20, 2)]))
    assert fired(found) == [900]
    (alarm,) = [one for one in found if one.decision.change is Change.FIRED]
    proof = prove(engine.program, alarm.decision, {})
    assert (proof.condition, holds_up(proof)) == ("score >= 8", True)
    values = proof.facts[0].values
    assert values["value"] == 90
    assert values["score"] == pytest.approx(values["level"] + values["season"])
    assert values["level_usual"] == pytest.approx(50, abs=1)
    assert "for its level" in values["why"]
    (over,) = [one for one in found if one.decision.change is Change.RESOLVED]
    assert 904 <= over.decision.at // MINUTE <= 910
    assert holds_up(prove(engine.program, over.decision, {}))


def test_only_a_stronger_one_fires_again_while_it_rests() -> None:
    calm = ordinary(30, 2)
    given = facts([*ordinary(900), 90.0, *calm, 60.0, *calm, 500.0, *calm])
    restful: dict[str, Any] = {"type": "calibrated", "score": 5.3}
    assert fired(Engine(program(resolve_after_s=60, detector=restful)).take(given)) == [900, 962]
    restless = restful | {"rest_s": 0}
    assert fired(Engine(program(resolve_after_s=60, detector=restless)).take(given)) == [900, 931, 962]


@pytest.mark.parametrize("cut", [1, 7, 500])
def test_cuts_make_no_difference(cut: int) -> None:
    values = [*ordinary(200), 80.0, *ordinary(50, 3), 30.0, *ordinary(50, 4)]
    given = sorted(facts(values) + facts(values[::-1], series="b"), key=lambda fact: fact.time)
    of = program(detector={"type": "zscore", "limit": 6, "points": 30}, warm_up=50)
    expected = [(one.code, one.decision) for one in Engine(of).take(given, 40)]
    assert expected
    assert [(one.code, one.decision) for one in Engine(of).take(given, cut)] == expected


def test_a_memory_carries_everything() -> None:
    of, values = program(resolve_after_s=60), [*ordinary(900), 90.0, *ordinary(40, 5), 400.0, *ordinary(40, 6)]
    whole = Engine(of)
    expected = [one.decision for one in whole.take(facts(values)) if one.decision.at > 910 * MINUTE]
    assert expected
    first, second = Engine(of), Engine(of)
    first.take(facts(values[:905]))
    memory = first.detector.memory(0)
    assert memory is not None
    second.take(facts([values[0]]))  # the key is there
    second.detector.restore(0, memory)
    assert second.detector.memory(0) == memory
    assert [one.decision for one in second.take(facts(values[905:], start=905))] == expected


def test_why_it_does_not_fire() -> None:
    engine = Engine(program(condition="item = 'a'"))
    engine.take(facts(ordinary(50)))
    (last,) = facts([50.0])
    learning = engine.detector.failing(0, last)
    assert learning is not None
    assert (learning.part, learning.values["points"]) == ("points > 300", 50)
    engine.take(facts(ordinary(400), start=50))
    usual = engine.detector.failing(0, last)
    assert usual is not None
    assert (usual.part, usual.threshold) == ("score >= 8", 8)
    other = engine.detector.failing(0, last._replace(item="b"))
    assert other is not None
    assert other.part == "item = 'a'"


def test_a_number_is_needed() -> None:
    with pytest.raises(ConditionInvalid) as caught:
        program(of="item")
    assert caught.value.pointer == "/of"


def test_chances_are_said_as_people_say_them() -> None:
    assert [chance(decades) for decades in (0, 2, 3.5, 7.2, 30)] == [
        "nothing unusual", "1 in 100", "1 in 3,162", "1 in 10^7", "less than 1 in 10^15",
    ]  # fmt: skip


@pytest_asyncio.fixture
async def world(core: Core, tenant: TestTenant) -> World:
    return await World(core, tenant).build()


async def test_a_restarted_engine_has_not_forgotten_until_it_is_told_to(
    world: World, client: httpx2.AsyncClient, tenant: TestTenant
) -> None:
    rule_id = await world.publish(**ODD, warm_up=100, resolve_after_s=0)
    engine = await world.engine()
    values = ordinary(150)
    samples = [
        inventory.Sample(world.items["h:1"], "load", world.start + timedelta(seconds=n), value)
        for n, value in enumerate(values)
    ]
    async with world.core.db.raw(world.scope) as connection:
        await inventory.record_samples(connection, world.scope, samples)
    world.at(len(values))
    await world.drain(engine)
    await engine.flush()
    fresh = await world.engine()
    world.at(len(values) + 1)
    await world.sample(len(values) + 1, 95, metric="load")
    await world.drain(fresh)
    (alert,) = await world.alerts()
    assert alert.state == "firing"
    assert holds_up(Proof.model_validate(alert.proof))
    assert alert.proof["facts"][0]["values"]["score"] > 8
    at = f"/api/v1/rules/{rule_id}/baselines"
    (learnt,) = (await client.get(at, headers=tenant.headers)).json()["items"]
    assert (learnt["points"], learnt["needed"]) == (151, 100)
    assert learnt["level"] == pytest.approx(50, abs=2)
    assert [one is not None for one in learnt["profile"]].count(True) in (1, 2)
    told = await client.post(f"{at}/reset", json={"key": learnt["key"]}, headers=tenant.headers)
    assert told.json() == {"forgotten": 1}
    with pytest.raises(OwnershipLost):
        await fresh.flush()
    assert (await client.get(at, headers=tenant.headers)).json()["items"] == []


async def test_only_anomaly_rules_have_baselines(world: World, client: httpx2.AsyncClient, tenant: TestTenant) -> None:
    rule_id = await world.publish(**CPU_HIGH)
    refused = await client.get(f"/api/v1/rules/{rule_id}/baselines", headers=tenant.headers)
    assert (refused.status_code, refused.json()["code"]) == (422, "rule_invalid")
