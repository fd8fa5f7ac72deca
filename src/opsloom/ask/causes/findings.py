"""What is known around the time of a symptom: deviations, happenings and alerts of each item, and what a ranking makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from opsloom.inventory.schemas import Scalar


class Bearing(StrEnum):
    """What a deviation of a metric says about the item that has it."""

    FELT = "felt"  # latency, errors: an item also shows them because of what it depends on
    OWN = "own"  # processor, memory, disk: they are the item's own
    NEITHER = "neither"  # traffic: no direction is bad


@dataclass(frozen=True)
class Deviation:
    """How far a metric went from what was usual, in spreads (`z`), in its bad direction; and since when."""

    metric: str
    bearing: Bearing
    z: float
    value: float
    usual: float
    unit: str = ""
    onset: datetime | None = None


@dataclass(frozen=True)
class Happening:
    """An event about an item."""

    time: datetime
    type: str
    title: str
    severity: str = ""

    @property
    def is_change(self) -> bool:
        return self.type.startswith(("change.", "deployment.", "maintenance.", "deploy."))


@dataclass(frozen=True)
class Node:
    id: UUID
    name: str
    type: str
    deviations: tuple[Deviation, ...] = ()
    happenings: tuple[Happening, ...] = ()
    alerts: tuple[str, ...] = ()  # their titles


@dataclass(frozen=True)
class Case:
    """A symptom and its surroundings; `needs` are the items each item depends on."""

    symptom: UUID
    onset: datetime | None
    nodes: Mapping[UUID, Node]
    needs: Mapping[UUID, tuple[UUID, ...]]


class FindingKind(StrEnum):
    DEVIATION = "deviation"
    CHANGE = "change"
    ERROR_EVENTS = "error_events"
    ALERT = "alert"
    EARLIER = "earlier"
    QUIET_NEEDS = "quiet_needs"  # nothing it depends on is off
    EXPLAINED = "explained"  # something it depends on is off too
    LATER = "later"
    NO_DEVIATION = "no_deviation"
    FAR = "far"  # what lies between is quiet


@dataclass(frozen=True)
class Finding:
    """A reason for or against a candidate; `facts` are the values its sentence may use."""

    kind: FindingKind
    supports: bool
    facts: Mapping[str, Scalar]


@dataclass(frozen=True)
class Candidate:
    """A possible cause. `path` leads from the symptom to it."""

    node: Node
    score: float
    share: float
    path: tuple[UUID, ...]
    findings: tuple[Finding, ...]


WEAK = 1.3
STRONG = 2.6


def confidence(score: float, share: float) -> str:
    """A word for how much evidence there is and how alone the candidate stands."""
    if score >= STRONG and share >= 0.45:
        return "high"
    return "medium" if score >= WEAK and share >= 0.2 else "low"
