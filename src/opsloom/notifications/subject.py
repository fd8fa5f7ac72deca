"""What a notification is about, as this domain sees it.

Alerts sit above notifications, so their types cannot be imported; an alert and its transition only have to look like this.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


class AlertLike(Protocol):
    """An alert as the caller holds it."""

    @property
    def id(self) -> UUID: ...
    @property
    def rule_id(self) -> UUID: ...
    @property
    def rule_name(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def severity(self) -> str: ...
    @property
    def labels(self) -> Mapping[str, str]: ...
    @property
    def channels(self) -> Sequence[str]: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def fired_at(self) -> datetime | None: ...
    @property
    def resolved_at(self) -> datetime | None: ...


class TransitionLike(Protocol):
    """One change of state of an alert."""

    @property
    def id(self) -> UUID: ...
    @property
    def at(self) -> datetime: ...
    @property
    def from_state(self) -> str | None: ...
    @property
    def to_state(self) -> str: ...
    @property
    def actor(self) -> str: ...
    @property
    def reason(self) -> str: ...


@dataclass(frozen=True)
class Subject:
    """An alert's transition, detached from where it is stored."""

    alert_id: UUID
    rule_id: UUID
    rule_name: str
    key: str
    title: str
    description: str
    severity: str
    labels: Mapping[str, str]
    started_at: datetime
    fired_at: datetime | None
    resolved_at: datetime | None
    transition_id: UUID
    at: datetime
    from_state: str | None
    to_state: str
    actor: str
    reason: str
    channels: tuple[str, ...]
    """Ids or slugs of the channels its rule names; none: every channel whose filter fits."""
    incident: str = ""
    """The id of the incident its alert belongs to, where a channel counts by it."""

    def counted_by(self) -> Mapping[str, str]:
        """What a channel's limit may count by: the labels, and the incident."""
        return {"incident": self.incident, **self.labels} if self.incident else self.labels


def subject_of(alert: AlertLike, transition: TransitionLike) -> Subject:
    """A copy of what matters."""
    return Subject(
        alert_id=alert.id,
        rule_id=alert.rule_id,
        rule_name=alert.rule_name,
        key=alert.key,
        title=alert.title,
        description=alert.description,
        severity=str(alert.severity),
        labels=dict(alert.labels),
        started_at=alert.started_at,
        fired_at=alert.fired_at,
        resolved_at=alert.resolved_at,
        transition_id=transition.id,
        at=transition.at,
        from_state=None if transition.from_state is None else str(transition.from_state),
        to_state=str(transition.to_state),
        actor=transition.actor,
        reason=transition.reason,
        channels=tuple(alert.channels),
    )
