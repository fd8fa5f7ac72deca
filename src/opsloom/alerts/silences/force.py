"""What is in force: the silences, windows and inhibitions of a moment, and what they keep quiet.

A transaction that makes many transitions (a batch of the rule engine) reads the silences, windows and inhibitions once: they are kept
with its session. Which alerts fire is asked anew each time, since the batch itself changes that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.alerts.lifecycle import MuteKind
from opsloom.alerts.models import Alert
from opsloom.alerts.silences import repository
from opsloom.alerts.silences.matchers import Matcher, labels_of
from opsloom.alerts.silences.models import Inhibition, MaintenanceWindow, Silence
from opsloom.alerts.silences.muting import Firing, InhibitionRule, Labels, Mute, Muter, inhibitor, muted_by
from opsloom.alerts.silences.service import timing_of
from opsloom.alerts.silences.windows import current

_KEPT: Final = "alerts.in_force"
_SOURCES: Final = 5_000
_MATCHERS: Final = TypeAdapter(tuple[Matcher, ...])


@dataclass(frozen=True, slots=True)
class InForce:
    """What keeps alerts quiet at a moment."""

    at: datetime
    silences: tuple[Muter, ...]
    windows: tuple[Muter, ...]
    inhibitions: tuple[InhibitionRule, ...]


async def at(session: AsyncSession, now: datetime) -> InForce:
    """What is in force; within one transaction as it was when first asked."""
    kept = session.info.get(_KEPT)
    if isinstance(kept, InForce):
        return kept
    session.info[_KEPT] = found = InForce(
        at=now,
        silences=tuple(_silence(row) for row in await repository.active(session, now)),
        windows=tuple(each for row in await repository.windows(session) if (each := _window(row, now)) is not None),
        inhibitions=tuple(_inhibition(row) for row in await repository.inhibitions(session)),
    )
    return found


async def inhibited(session: AsyncSession, force: InForce, alert: Firing) -> tuple[Mute, Firing] | None:
    """The inhibition that keeps an alert quiet, and the alert that makes it so."""
    for rule in force.inhibitions:
        same = {name: alert.labels.get(name, "") for name in rule.equal}
        if not all(matcher.fits(alert.labels) for matcher in rule.target):
            continue
        sources = [_firing(row) for row in await repository.firing(session, rule.source, same, limit=_SOURCES)]
        found = inhibitor(rule, alert, sources)
        if found is not None:
            return rule.mute, found
    return None


async def mutes(session: AsyncSession, now: datetime, alerts: Sequence[Alert]) -> dict[UUID, list[Mute]]:
    """What keeps each of the alerts quiet now."""
    force = await at(session, now)
    sources = {
        rule.mute.id: [_firing(row) for row in await repository.firing(session, rule.source, {}, limit=_SOURCES)]
        for rule in force.inhibitions
    }
    found: dict[UUID, list[Mute]] = {}
    for row in alerts:
        alert = _firing(row)
        found[row.id] = [*muted_by(force.silences, alert.labels), *muted_by(force.windows, alert.labels)]
        found[row.id] += [rule.mute for rule in force.inhibitions if inhibitor(rule, alert, sources[rule.mute.id])]
    return found


def labels_of_alert(alert: Alert) -> Labels:
    """An alert's labels as matchers see them."""
    return labels_of(alert.rule_name, alert.severity, alert.labels)


def _firing(alert: Alert) -> Firing:
    return Firing(alert.id, labels_of_alert(alert))


def _silence(row: Silence) -> Muter:
    mute = Mute(MuteKind.SILENCE, row.id, row.comment, row.ends_at)
    return Muter(mute, _MATCHERS.validate_python(row.matchers))


def _window(row: MaintenanceWindow, now: datetime) -> Muter | None:
    span = current(timing_of(row), now)
    if span is None:
        return None
    return Muter(Mute(MuteKind.WINDOW, row.id, row.name, span.ends_at), _MATCHERS.validate_python(row.matchers))


def _inhibition(row: Inhibition) -> InhibitionRule:
    mute = Mute(MuteKind.INHIBITION, row.id, row.name, None)
    source, target = _MATCHERS.validate_python(row.source), _MATCHERS.validate_python(row.target)
    return InhibitionRule(mute, source, target, tuple(row.equal))
