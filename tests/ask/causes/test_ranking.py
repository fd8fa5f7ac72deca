"""Causes injected into made-up topologies are found, and more often than by chance or by the plain order of deviations."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from opsloom.ask.causes.findings import Bearing, Case, Deviation, FindingKind, Happening, Node, confidence
from opsloom.ask.causes.ranking import is_observed, rank

ONSET = datetime(2026, 11, 18, 5, 30, tzinfo=UTC)
KINDS = {"database": "postgres.connections", "server": "cpu.usage", "cache": "memory.usage"}


def item(number: int) -> UUID:
    return UUID(int=number + 1)


def felt(z: float, minutes: float = 0) -> Deviation:
    return Deviation("service.latency_ms", Bearing.FELT, z, 400, 100, "ms", ONSET + timedelta(minutes=minutes))


def own(metric: str, z: float, minutes: float = 0) -> Deviation:
    return Deviation(metric, Bearing.OWN, z, 95, 30, "percent", ONSET + timedelta(minutes=minutes))


def a_case(seed: int) -> tuple[Case, UUID]:
    """Services that call each other and stand on servers and stores; one item is broken, others are off by chance."""
    rng = random.Random(seed)
    services, below = rng.randint(6, 14), rng.randint(8, 20)
    nodes = {item(n): Node(item(n), f"service-{n}", "service") for n in range(services)}
    nodes |= {
        item(n): Node(item(n), f"thing-{n}", rng.choice(sorted(KINDS))) for n in range(services, services + below)
    }
    needs: dict[UUID, tuple[UUID, ...]] = {}
    for n in range(services):
        called = (
            {item(rng.randint(n + 1, services - 1)) for _ in range(rng.randint(0, 2))} if n + 1 < services else set()
        )
        stands = {item(rng.randint(services, services + below - 1)) for _ in range(rng.randint(1, 3))}
        needs[item(n)] = tuple(sorted(called | stands))
    reached = [one for one in _below(needs, item(0)) if one != item(0)]
    cause = rng.choice(sorted(reached))
    return Case(item(0), ONSET, _broken(rng, nodes, needs, cause), needs), cause


def _below(needs: dict[UUID, tuple[UUID, ...]], start: UUID) -> set[UUID]:
    found, queue = {start}, [start]
    while queue:
        for each in needs.get(queue.pop(), ()):
            if each not in found:
                found.add(each)
                queue.append(each)
    return found


def _broken(
    rng: random.Random, nodes: dict[UUID, Node], needs: dict[UUID, tuple[UUID, ...]], cause: UUID
) -> dict[UUID, Node]:
    strength = rng.uniform(8, 60)
    distance, queue = {cause: 0}, [cause]
    while queue:
        here = queue.pop(0)
        for above, each in needs.items():
            if here in each and above not in distance:
                distance[above] = distance[here] + 1
                queue.append(above)
    found = {}
    for one, node in nodes.items():
        off: list[Deviation] = []
        hops = distance.get(one)
        if node.type == "service":
            z = strength * rng.uniform(0.6, 1.2) * 0.9**hops if hops is not None else abs(rng.gauss(0, 1.5))
            off.append(felt(z, hops or 0))
        elif one == cause:
            off.append(own(KINDS[node.type], strength * rng.uniform(0.4, 1.2), -2))
        else:
            off.append(own(KINDS[node.type], rng.uniform(4, 14) if rng.random() < 0.12 else abs(rng.gauss(0, 1.5)), 3))
        happened = []
        if (one == cause and rng.random() < 0.5) or (one != cause and rng.random() < 0.05):
            happened.append(Happening(ONSET - timedelta(minutes=rng.randint(3, 40)), "change.config", "Changed"))
        found[one] = replace(node, deviations=tuple(off), happenings=tuple(happened))
    return found


def by_explaining(case: Case, _rng: random.Random) -> list[UUID]:
    return [one.node.id for one in rank(case, 3)]


def by_deviation(case: Case, _rng: random.Random) -> list[UUID]:
    reached = _below(dict(case.needs), case.symptom)
    worst = {one: max(each.z for each in case.nodes[one].deviations) for one in reached}
    return sorted(worst, key=lambda one: -worst[one])[:3]


def at_random(case: Case, rng: random.Random) -> list[UUID]:
    reached = sorted(_below(dict(case.needs), case.symptom))
    return rng.sample(reached, k=min(3, len(reached)))


def accuracy(order: Callable[[Case, random.Random], list[UUID]], cases: int = 300) -> tuple[float, float]:
    first = three = 0
    for seed in range(cases):
        case, cause = a_case(seed)
        found = order(case, random.Random(seed))
        first, three = first + (found[:1] == [cause]), three + (cause in found)
    return first / cases, three / cases


def test_injected_causes_are_found_more_often_than_by_the_controls() -> None:
    first, three = accuracy(by_explaining)
    plain, chance = accuracy(by_deviation), accuracy(at_random)
    assert first >= 0.8, first
    assert three >= 0.93, three
    assert first > plain[0] + 0.3 > chance[0] + 0.3


def test_a_service_is_explained_by_what_it_needs() -> None:
    front, store = (
        Node(item(0), "front", "service", (felt(30),)),
        Node(item(1), "store", "database", (own("cpu.usage", 20, -3),)),
    )
    found = rank(Case(item(0), ONSET, {one.id: one for one in (front, store)}, {item(0): (item(1),)}))
    assert [one.node.name for one in found] == ["store", "front"]
    assert found[0].path == (item(0), item(1))
    kinds = {each.kind: each.supports for each in found[0].findings}
    assert kinds[FindingKind.EARLIER]
    assert {each.kind: each.supports for each in found[1].findings}[FindingKind.EXPLAINED] is False


def test_a_change_right_before_it_began_tips_the_balance() -> None:
    change = Happening(ONSET - timedelta(minutes=5), "deployment.release", "Release 4.2")
    late = Happening(ONSET + timedelta(minutes=30), "deployment.release", "Release 4.3")
    one = Node(item(1), "a", "service", (felt(12),), (late,))
    other = Node(item(2), "b", "service", (felt(10),), (change,))
    front = Node(item(0), "front", "service", (felt(12),))
    found = rank(Case(item(0), ONSET, {each.id: each for each in (front, one, other)}, {item(0): (item(1), item(2))}))
    assert found[0].node.name == "b"
    assert any(each.kind is FindingKind.CHANGE and each.facts["minutes"] == 5 for each in found[0].findings)


def test_weak_evidence_is_not_called_a_cause() -> None:
    noise = (felt(2.9), own("cpu.usage", 2.9))
    change = Happening(ONSET - timedelta(minutes=5), "change.config", "Changed")
    nodes = {item(n): Node(item(n), f"n{n}", "service", noise, (change,) if n == 1 else ()) for n in range(4)}
    found = rank(Case(item(0), ONSET, nodes, {item(0): (item(1), item(2), item(3))}))
    assert not is_observed(found)
    assert not is_observed([])


def test_an_observer_counts_little_for_what_it_sees() -> None:
    gate, service = Node(item(1), "gate", "load_balancer", (felt(30),)), Node(item(2), "s", "service", (felt(12),))
    front = Node(item(0), "front", "service", (felt(30),))
    nodes = {each.id: each for each in (front, gate, service)}
    found = rank(Case(item(0), ONSET, nodes, {item(0): (item(1), item(2))}))
    assert [one.node.name for one in found].index("s") < [one.node.name for one in found].index("gate")


def test_circles_end_and_the_same_case_gives_the_same_order() -> None:
    nodes = {item(n): Node(item(n), f"n{n}", "service", (felt(10),)) for n in range(3)}
    case = Case(item(0), ONSET, nodes, {item(0): (item(1),), item(1): (item(2),), item(2): (item(0),)})
    assert rank(case) == rank(case)


def test_words_for_confidence_need_both_strength_and_standing_alone() -> None:
    assert [confidence(3.0, 0.6), confidence(3.0, 0.3), confidence(1.0, 0.9)] == ["high", "medium", "low"]
