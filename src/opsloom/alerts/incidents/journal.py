"""What is written of an incident, who is told of its turns, and how its life goes on. In the caller's transaction, always."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.alerts.incidents import repository
from opsloom.alerts.incidents.models import EntryKind, Incident, IncidentState
from opsloom.alerts.lifecycle import Severity
from opsloom.identity.scope import Scope
from opsloom.infra import stream

TOPIC: Final = "incidents"
_RANK: Final = {severity: rank for rank, severity in enumerate(Severity)}


class Turn(StrEnum):
    """What others may want to act on."""

    OPENED = "opened"
    WORSENED = "worsened"


class Follower(Protocol):
    """Told of an incident's turns in the transaction that makes them; `now` is when."""

    async def __call__(
        self, session: AsyncSession, scope: Scope, incident: Incident, turn: Turn, now: datetime, /
    ) -> None: ...


@dataclass
class Followers:
    """Who is told; the composition root fills it and keeps it in the core."""

    each: list[Follower] = field(default_factory=list)

    async def tell(self, session: AsyncSession, scope: Scope, incident: Incident, turn: Turn, now: datetime) -> None:
        """One after the other."""
        for follower in self.each:
            await follower(session, scope, incident, turn, now)


@dataclass(frozen=True)
class Line:
    """A line of the timeline to be."""

    kind: EntryKind
    at: datetime
    text: str = ""
    detail: Mapping[str, str] = field(default_factory=dict)


async def write(session: AsyncSession, scope: Scope, incident: Incident, line: Line) -> None:
    """Write a line, and let open pages know."""
    incident.updated_at = line.at
    await session.flush()
    values = {
        "tenant_id": scope.tenant_id,
        "incident_id": incident.id,
        "at": line.at,
        "kind": line.kind,
        "actor_kind": scope.actor.kind,
        "actor": scope.actor.name,
        "text": line.text,
        "detail": dict(line.detail),
    }
    await repository.add_entry(session, values)
    told = {
        "type": f"incident.{line.kind}",
        "id": str(incident.id),
        "state": incident.state,
        "severity": incident.severity,
        "title": incident.title,
    }
    await stream.publish(session, scope.tenant_id, TOPIC, told)


def begin_episode(incident: Incident, now: datetime) -> None:
    """It is open (again), and nobody has taken it yet."""
    incident.state, incident.episode, incident.opened_at = IncidentState.OPEN, incident.episode + 1, now
    incident.acknowledged_at = incident.acknowledged_by = incident.resolved_at = incident.resolved_by = None
    incident.quiet_since = None


def acknowledge(incident: Incident, by: str, now: datetime) -> None:
    """Somebody takes care of it."""
    incident.state, incident.acknowledged_at, incident.acknowledged_by = IncidentState.ACKNOWLEDGED, now, by


def resolve(incident: Incident, by: str, now: datetime) -> None:
    """It is over."""
    incident.state, incident.resolved_at, incident.resolved_by = IncidentState.RESOLVED, now, by


def is_worse(severity: str, than: str) -> bool:
    """Whether one severity is above another."""
    return _RANK[Severity(severity)] > _RANK[Severity(than)]


def worst(severities: list[str]) -> str:
    """The worst of some."""
    return max(severities, key=lambda one: _RANK[Severity(one)])


def severity_of(incident: Incident) -> Severity:
    """The worst of its alerts."""
    return Severity(incident.severity)
