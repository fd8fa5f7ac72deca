"""From who is to be told to the channels that tell them, at an instant."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.alerts.escalation.schemas import EscalationTarget, ReachedShown, TargetType, ToldShown
from opsloom.alerts.oncall import contacts
from opsloom.alerts.oncall import service as oncall
from opsloom.alerts.oncall.contacts import Reach
from opsloom.alerts.oncall.errors import OncallScheduleNotFound
from opsloom.identity.scope import Scope
from opsloom.notifications import pages
from opsloom.notifications.content import Channel


@dataclass(frozen=True)
class Told:
    """One target and the channels it comes to. `problem` says why there are none."""

    target: EscalationTarget
    name: str
    people: tuple[Reach, ...] = ()
    channels: tuple[Channel, ...] = ()
    problem: str | None = None

    def shown(self) -> ToldShown:
        """With names."""
        names = {channel.id: channel.name for channel in self.channels}
        people = [
            ReachedShown(name=one.name, channels=[names[each] for each in one.channels if each in names])
            for one in self.people
        ]
        return ToldShown(
            type=self.target.type, id=self.target.id, name=self.name, people=people, channels=list(names.values()),
            problem=self.problem,
        )  # fmt: skip

    def words(self) -> str:
        """For the timeline."""
        who = ", ".join(one.name for one in self.people) or self.name
        how = ", ".join(channel.name for channel in self.channels)
        return f"{who} ({how or self.problem})" if self.target.type is not TargetType.CHANNEL else who


@dataclass
class Directory:
    """The tenant's channels, read once for many targets."""

    session: AsyncSession
    scope: Scope
    channels: dict[UUID, Channel] = field(default_factory=dict)

    @classmethod
    async def read(cls, session: AsyncSession, scope: Scope) -> "Directory":
        """As they are in force now."""
        return cls(session, scope, {one.id: one for one in await pages.channels_in_force(session, scope)})

    async def told(self, targets: Sequence[EscalationTarget], at: datetime) -> list[Told]:
        """Each target, in order."""
        return [await self._one(each, at) for each in targets]

    async def _one(self, target: EscalationTarget, at: datetime) -> Told:
        if target.type is TargetType.CHANNEL:
            channel = self.channels.get(target.id)
            if channel is None:
                return Told(target, "", problem="gone")
            if not channel.content.enabled:
                return Told(target, channel.name, problem="disabled")
            return Told(target, channel.name, channels=(channel,))
        if target.type is TargetType.USER:
            return await self._people(target, "", [target.id])
        try:
            name, order = await oncall.who(self.session, target.id, at)
        except OncallScheduleNotFound:
            return Told(target, "", problem="gone")
        return await self._first(target, name, order) if order else Told(target, name, problem="nobody_on_call")

    async def _first(self, target: EscalationTarget, name: str, order: Sequence[UUID]) -> Told:
        """Whoever is on call or, where no channel leads to them, the next in order that one leads to; those passed over are named."""
        passed: list[Reach] = []
        for user_id in order:
            told = await self._people(target, name, [user_id])
            if told.channels:
                return replace(told, people=(*passed, *told.people))
            passed += told.people
        return Told(target, name, tuple(passed), problem="no_contact" if passed else "gone")

    async def _people(self, target: EscalationTarget, name: str, user_ids: Sequence[UUID]) -> Told:
        people = tuple(await contacts.reach(self.session, self.scope, user_ids))
        if not people:
            return Told(target, name, problem="gone")
        ways = dict.fromkeys(each for one in people for each in one.channels if each in self.channels)
        channels = tuple(self.channels[each] for each in ways if self.channels[each].content.enabled)
        return Told(target, name or people[0].name, people, channels, None if channels else "no_contact")
