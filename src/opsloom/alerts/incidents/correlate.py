"""Which incident an alert belongs to. Pure.

An open incident is a candidate when its last alert lies no further than the window from the new one. Among the candidates the
strongest tie decides: the same key of the same rule, then the same values of every label that groups, then the nearest item of
the topology. One that is closed is opened again, when nothing open is tied, by the same key of the same rule within a window of
its own. A tie within one kind goes to the incident that heard of an alert last, then to the older one, so that the answer does
not depend on the order in which incidents are given. No tie: the alert opens an incident of its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID


class Tie(StrEnum):
    """Why an alert joined its incident, `came_back` opened it again, `first` opened it, `by_hand` was put there by a person."""

    SAME_KEY = "same_key"
    CAME_BACK = "came_back"
    LABELS = "labels"
    TOPOLOGY = "topology"
    FIRST = "first"
    BY_HAND = "by_hand"


@dataclass(frozen=True)
class Grouping:
    """How a tenant groups. No labels: labels tie nothing. `hops` of None: nor does the topology; 0 means the same item."""

    labels: tuple[str, ...] = ("service",)
    hops: int | None = 1
    window: timedelta = timedelta(minutes=10)
    reopen: timedelta = timedelta(minutes=30)


@dataclass(frozen=True)
class Arrival:
    """An alert that fires, as far as grouping looks at it."""

    rule_id: UUID
    key: str
    labels: Mapping[str, str]
    item_id: UUID | None
    at: datetime


@dataclass(frozen=True)
class Candidate:
    """An incident, as far as grouping looks at it. `values` are those of its first alert."""

    id: UUID
    keys: frozenset[tuple[UUID, str]]
    values: Mapping[str, str]
    items: frozenset[UUID]
    last_alert_at: datetime
    closed: bool = False


@dataclass(frozen=True)
class Joined:
    """The incident to join and what ties the alert to it."""

    incident_id: UUID
    tie: Tie
    detail: dict[str, str] = field(default_factory=dict)


def correlate(
    incidents: Iterable[Candidate], alert: Arrival, distances: Mapping[UUID, int], grouping: Grouping
) -> Joined | None:
    """`distances` are the items around the alert's own (itself at 0) by hops. None: open a new incident."""
    near = [one for one in incidents if abs(alert.at - one.last_alert_at) <= _reach(one, grouping)]
    near.sort(key=lambda one: (-one.last_alert_at.timestamp(), one.id))
    tied = [(_strength(joined), joined) for one in near if (joined := _tie(one, alert, distances, grouping))]
    return min(tied, key=lambda pair: pair[0])[1] if tied else None


def _reach(one: Candidate, grouping: Grouping) -> timedelta:
    return grouping.reopen if one.closed else grouping.window


def _tie(one: Candidate, alert: Arrival, distances: Mapping[UUID, int], grouping: Grouping) -> Joined | None:
    if (alert.rule_id, alert.key) in one.keys:
        return Joined(one.id, Tie.CAME_BACK if one.closed else Tie.SAME_KEY, {"key": alert.key})
    if one.closed:
        return None
    shared = _shared(one.values, alert.labels, grouping.labels)
    if shared is not None:
        return Joined(one.id, Tie.LABELS, shared)
    if grouping.hops is None or alert.item_id is None:
        return None
    reached = [(distances[item], item) for item in one.items if distances.get(item, grouping.hops + 1) <= grouping.hops]
    if not reached:
        return None
    hops, item = min(reached)
    return Joined(one.id, Tie.TOPOLOGY, {"item": str(item), "hops": str(hops)})


def _shared(values: Mapping[str, str], labels: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str] | None:
    if not names or any(name not in labels or values.get(name) != labels[name] for name in names):
        return None
    return {name: labels[name] for name in names}


_ORDER = {Tie.SAME_KEY: 0, Tie.LABELS: 1, Tie.TOPOLOGY: 2, Tie.CAME_BACK: 3}


def _strength(joined: Joined) -> tuple[int, int]:
    return _ORDER[joined.tie], int(joined.detail.get("hops", 0)) if joined.tie is Tie.TOPOLOGY else 0


def distances_from(item: UUID, edges: Iterable[tuple[UUID, UUID]], hops: int) -> dict[UUID, int]:
    """Items within so many hops of one, whichever way the relations point; itself at 0."""
    beside: dict[UUID, set[UUID]] = {}
    for source, target in edges:
        beside.setdefault(source, set()).add(target)
        beside.setdefault(target, set()).add(source)
    found, edge = {item: 0}, {item}
    for hop in range(1, hops + 1):
        edge = {each for one in edge for each in beside.get(one, ()) if each not in found}
        found.update(dict.fromkeys(edge, hop))
    return found
