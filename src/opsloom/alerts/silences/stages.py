"""What stands before the channels: a transition that a silence, a window or an inhibition matches is told to nobody. The ledger has
the reason (`notifications.stages`)."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.alerts.silences import force
from opsloom.alerts.silences.matchers import labels_of
from opsloom.alerts.silences.muting import Firing, Mute, muted_by
from opsloom.identity.scope import Scope
from opsloom.kit.clock import Clock
from opsloom.notifications.stages import Dropped, Stage
from opsloom.notifications.subject import Subject


def _firing(subject: Subject) -> Firing:
    return Firing(subject.alert_id, labels_of(subject.rule_name, subject.severity, subject.labels))


@dataclass(frozen=True)
class SilenceStage:
    """Drops what a silence in force matches."""

    clock: Clock
    name: str = "silence"

    async def judge(self, session: AsyncSession, _scope: Scope, subject: Subject, /) -> Dropped | None:
        """The first silence that matches."""
        found = muted_by((await force.at(session, self.clock.now())).silences, _firing(subject).labels)
        if not found:
            return None
        return Dropped("silenced", f"Silenced until {_until(found[0])}: {found[0].name}", str(found[0].id))


@dataclass(frozen=True)
class WindowStage:
    """Drops what an open maintenance window matches."""

    clock: Clock
    name: str = "window"

    async def judge(self, session: AsyncSession, _scope: Scope, subject: Subject, /) -> Dropped | None:
        """The first open window that matches."""
        found = muted_by((await force.at(session, self.clock.now())).windows, _firing(subject).labels)
        if not found:
            return None
        return Dropped("in_maintenance", f"In maintenance until {_until(found[0])}: {found[0].name}", str(found[0].id))


@dataclass(frozen=True)
class InhibitionStage:
    """Drops what another firing alert makes unimportant."""

    clock: Clock
    name: str = "inhibition"

    async def judge(self, session: AsyncSession, _scope: Scope, subject: Subject, /) -> Dropped | None:
        """The first inhibition with an alert that fires."""
        in_force = await force.at(session, self.clock.now())
        found = await force.inhibited(session, in_force, _firing(subject))
        if found is None:
            return None
        mute, source = found
        return Dropped("inhibited", f"Inhibited by the alert {source.id}: {mute.name}", str(mute.id))


def stages(clock: Clock) -> list[Stage]:
    """The three, in the order in which they are asked."""
    return [SilenceStage(clock), WindowStage(clock), InhibitionStage(clock)]


def _until(mute: Mute) -> str:
    return "it is ended" if mute.until is None else f"{mute.until:%Y-%m-%d %H:%M} UTC"
