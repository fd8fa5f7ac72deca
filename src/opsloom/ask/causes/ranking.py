"""Explain-away over a topology: who is off, and is it not rather because of what it depends on? Pure.

An item's evidence is the logarithm of how far its metrics went from their usual values. What it only *feels* (latency, errors) is taken
back as far as something it depends on is off too, since trouble spreads from what is needed to what needs it; what is its own
(processor, memory, disk, connections) stays. Changes and error events shortly before the onset add to it. The evidence counts as
much as the best way from the symptom lets through: every item on it that shows nothing halves it. Kinds that only observe pass on
what they feel, and count little for it.

Measured against random order, the plain order of deviations, random walks and regression of residuals, this order found injected
causes most often; the largest levers were the kind of the item and the difference between what is felt and what is its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from heapq import heappop, heappush
from math import log1p
from typing import Final
from uuid import UUID

from opsloom.ask.causes.findings import WEAK, Bearing, Candidate, Case, Deviation, Finding, FindingKind, Node
from opsloom.inventory.schemas import Scalar

OBSERVERS: Final = frozenset(
    {"gateway", "api_gateway", "load_balancer", "loadbalancer", "proxy", "cdn", "client", "firewall"}
)
OBSERVER_WEIGHT: Final = 0.35
SECOND_WEIGHT: Final = 0.5
DIRECTIONLESS_WEIGHT: Final = 0.2
EXPLAINED: Final = 0.8
CHANGE_WEIGHT: Final = 1.5
ERRORS_WEIGHT: Final = 0.4
ALERT_WEIGHT: Final = 0.3
NOISE: Final = 3.0  # spreads that the worst of many quiet steps reaches by chance
QUIET: Final = 0.5  # evidence below this is noise
BARE_CHANGE: Final = 0.4  # of a change where nothing went wrong
QUIET_HOP, LOUD_HOP = 0.5, 0.97
CHANGE_BEFORE: Final = timedelta(hours=1)
SLACK: Final = timedelta(minutes=5)
MOST_DEVIATIONS: Final = 3


def rank(case: Case, limit: int = 5) -> list[Candidate]:
    """Candidates by score, best first; ties by name, so that the same case gives the same order."""
    own = {item: _own(node, case) for item, node in case.nodes.items()}
    reach, came_from = _reach(case, own)
    scored = []
    for item, node in case.nodes.items():
        if item not in reach:
            continue
        worst = max((own[each] for each in case.needs.get(item, ()) if each in own), default=0.0)
        score = (own[item] - EXPLAINED * min(_felt(node), worst)) * reach[item]
        if score > 0:
            scored.append((score, node, worst))
    scored.sort(key=lambda one: (-one[0], one[1].name))
    whole = sum(score for score, _, _ in scored) or 1.0
    return [
        Candidate(node, score, score / whole, _path(came_from, node.id), _findings(case, node, worst, reach[node.id]))
        for score, node, worst in scored[:limit]
    ]


def is_observed(candidates: list[Candidate]) -> bool:
    """Whether any evidence is more than weak: otherwise the cause is not among what is measured."""
    return bool(candidates) and candidates[0].score >= WEAK


def _strongest(node: Node, bearing: Bearing) -> float:
    return max((log1p(max(each.z - NOISE, 0.0)) for each in node.deviations if each.bearing is bearing), default=0.0)


def _felt(node: Node) -> float:
    weight = OBSERVER_WEIGHT if node.type in OBSERVERS else 1.0
    return weight * _strongest(node, Bearing.FELT)


def _own(node: Node, case: Case) -> float:
    """All evidence at an item, before anything is explained away."""
    felt, own = _felt(node), _strongest(node, Bearing.OWN)
    evidence = max(felt, own) + SECOND_WEIGHT * min(felt, own)
    evidence += DIRECTIONLESS_WEIGHT * _strongest(node, Bearing.NEITHER)
    errors = sum(1 for each in node.happenings if each.severity in ("error", "critical"))
    evidence += ERRORS_WEIGHT * log1p(errors) + ALERT_WEIGHT * log1p(len(node.alerts))
    return evidence + CHANGE_WEIGHT * _change(node, case) * (1.0 if evidence > 0 else BARE_CHANGE)


def _change(node: Node, case: Case) -> float:
    """1 for a change right before the onset, less the longer before; 0 for none in the hour before."""
    if case.onset is None:
        return 0.0
    nearness = 0.0
    for each in node.happenings:
        before = case.onset - each.time
        if each.is_change and -SLACK <= before <= CHANGE_BEFORE:
            nearness = max(nearness, 1.0 - 0.5 * max(before / CHANGE_BEFORE, 0.0))
    return nearness


def _reach(case: Case, own: Mapping[UUID, float]) -> tuple[dict[UUID, float], dict[UUID, UUID | None]]:
    """How much of an item's evidence the best way from the symptom lets through, and by which way."""
    best: dict[UUID, float] = {}
    came_from: dict[UUID, UUID | None] = {}
    queue: list[tuple[float, str, UUID, UUID | None]] = [(-1.0, "", case.symptom, None)]
    while queue:
        negative, _, item, before = heappop(queue)
        if item in best or item not in case.nodes:
            continue
        best[item], came_from[item] = -negative, before
        # The symptom itself is off by what it was asked about, even where nothing of it is measured.
        loud = item == case.symptom or own[item] >= QUIET
        for each in case.needs.get(item, ()):
            if each in case.nodes and each not in best:
                passed = -negative * (LOUD_HOP if loud else QUIET_HOP)
                heappush(queue, (-passed, case.nodes[each].name, each, item))
    return best, came_from


def _path(came_from: Mapping[UUID, UUID | None], item: UUID) -> tuple[UUID, ...]:
    way: list[UUID] = []
    at: UUID | None = item
    while at is not None:
        way.append(at)
        at = came_from[at]
    return tuple(reversed(way))


def _findings(case: Case, node: Node, worst: float, reach: float) -> tuple[Finding, ...]:
    found = [Finding(FindingKind.DEVIATION, True, _facts(each)) for each in _shown(node.deviations)]
    found += _happened(case, node)
    found += [Finding(FindingKind.ALERT, True, {"title": title}) for title in node.alerts[:1]]
    found += _timing(case, node)
    if worst >= max(QUIET, 0.5 * _felt(node)) and _felt(node) > 0:
        found.append(Finding(FindingKind.EXPLAINED, False, {"name": _worst_name(case, node)}))
    elif case.needs.get(node.id) and worst < QUIET:
        found.append(Finding(FindingKind.QUIET_NEEDS, True, {}))
    if not _shown(node.deviations):
        found.append(Finding(FindingKind.NO_DEVIATION, False, {}))
    if reach < LOUD_HOP**2 * QUIET_HOP * 1.5 and reach < 0.7:
        found.append(Finding(FindingKind.FAR, False, {}))
    return tuple(found)


def _shown(deviations: tuple[Deviation, ...]) -> list[Deviation]:
    return sorted((each for each in deviations if each.z >= 2), key=lambda each: -each.z)[:MOST_DEVIATIONS]


def _facts(each: Deviation) -> dict[str, str | float | None]:
    onset = each.onset.isoformat() if each.onset is not None else None
    return {
        "metric": each.metric,
        "z": each.z,
        "value": each.value,
        "usual": each.usual,
        "unit": each.unit,
        "time": onset,
    }


def _happened(case: Case, node: Node) -> list[Finding]:
    found = []
    if case.onset is not None:
        near = [one for one in node.happenings if one.is_change and -SLACK <= case.onset - one.time <= CHANGE_BEFORE]
        for each in sorted(near, key=lambda one: one.time, reverse=True)[:2]:
            minutes = round((case.onset - each.time).total_seconds() / 60)
            facts: dict[str, Scalar] = {
                "title": each.title,
                "type": each.type,
                "time": each.time.isoformat(),
                "minutes": minutes,
            }
            found.append(Finding(FindingKind.CHANGE, True, facts))
    errors = [each for each in node.happenings if each.severity in ("error", "critical") and not each.is_change]
    if errors:
        counted: dict[str, Scalar] = {
            "title": errors[0].title,
            "count": len(errors),
            "time": errors[0].time.isoformat(),
        }
        found.append(Finding(FindingKind.ERROR_EVENTS, True, counted))
    return found


def _timing(case: Case, node: Node) -> list[Finding]:
    """Whether it was off before the symptom, or only after it."""
    onsets = [each.onset for each in _shown(node.deviations) if each.onset is not None]
    if case.onset is None or not onsets or node.id == case.symptom:
        return []
    first = min(onsets)
    minutes = round(abs((case.onset - first).total_seconds()) / 60)
    if first <= case.onset and minutes:
        return [Finding(FindingKind.EARLIER, True, {"minutes": minutes})]
    return [Finding(FindingKind.LATER, False, {"minutes": minutes})] if first - case.onset > SLACK else []


def _worst_name(case: Case, node: Node) -> str:
    needs = [case.nodes[each] for each in case.needs.get(node.id, ()) if each in case.nodes]
    return max(needs, key=lambda one: (_own(one, case), one.name)).name
