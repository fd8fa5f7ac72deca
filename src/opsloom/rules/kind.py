"""Rules as a kind of asset."""

from collections.abc import Sequence

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.apis import service as apis
from opsloom.assets.kinds import Gate, Link, PlainKind
from opsloom.assets.service import Asset
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.inventory.service import driver_of
from opsloom.kit.clock import Clock, SystemClock
from opsloom.rules import repository
from opsloom.rules.checks import check_document
from opsloom.rules.document import CompositeRule, RuleDocument, ScheduleRule
from opsloom.rules.executors import service as executors
from opsloom.rules.executors import timing
from opsloom.rules.executors.models import ExecutorKind
from opsloom.rules.feeds import EventFeed, SampleFeed
from opsloom.rules.model import CallApi, Notify
from opsloom.rules.repository import Progress

KIND_NAME = "rule"
CHANNEL_KIND = "channel"
API_KIND = "api"
CONNECTION_KIND = "connection"


class RuleKind(PlainKind):
    """A rule in force has a row that the engine follows; the engine does the rest when it is woken."""

    name = KIND_NAME
    model = RuleDocument
    read = Permission.RULES_READ
    write = Permission.RULES_WRITE

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._gate: Gate | None = None

    def hold_up(self, gate: Gate) -> None:
        """What else must agree before something goes into force."""
        self._gate = gate

    def links(self, content: BaseModel) -> Sequence[Link]:
        """The channels it tells, the APIs it calls, the connection it asks and the rules it joins."""
        assert isinstance(content, RuleDocument)
        rule, links = content.root, list[Link]()
        for place, action in enumerate(rule.actions):
            match action:
                case Notify(channel=channel):
                    links.append(Link(CHANNEL_KIND, channel, "notifies", f"/actions/{place}/channel"))
                case CallApi(api=api):
                    links.append(Link(API_KIND, api, "calls", f"/actions/{place}/api"))
        if isinstance(rule, ScheduleRule) and rule.source.connection is not None:
            links.append(Link(CONNECTION_KIND, rule.source.connection, "asks", "/source/connection"))
        if isinstance(rule, CompositeRule):
            links += [
                Link(KIND_NAME, member.rule, "joins", f"/members/{place}/rule")
                for place, member in enumerate(rule.members)
            ]
        return links

    async def check(self, session: AsyncSession, scope: Scope, asset: Asset, content: BaseModel) -> None:
        """Raises ConditionInvalid with the place of the first flaw, TimetableInvalid, and PermissionMissing where publishing
        would lend a connection to somebody who may not use it."""
        if isinstance(content, RuleDocument):
            check_document(content.root)
            if isinstance(content.root, ScheduleRule):
                timing.of_query(content.root.source)
                if content.root.source.connection is not None:
                    apis.may_connect(scope)
        if self._gate is not None:
            await self._gate(session, scope, self, asset, content)

    async def published(self, session: AsyncSession, scope: Scope, asset: Asset, content: BaseModel) -> None:
        """A rule starts from now; one that was in force before goes on."""
        if asset.published_version is None:
            return
        now = self._clock.now()
        if not any(run.quarantined_at is None for run in await repository.runs(session)):
            # Nobody follows the feeds: they are followed from here on, also when the engine comes up later.
            connection = await driver_of(session)
            old = await repository.progress(session)
            samples, events = [await feed.end(connection, scope) for feed in (SampleFeed(), EventFeed())]
            new = Progress(old.revision + 1 if old else 1, samples, events)
            await repository.advance(session, scope.tenant_id, old, new, now)
        await repository.put_in_force(session, scope.tenant_id, asset.id, asset.published_version, now)
        if isinstance(content, RuleDocument) and isinstance(content.root, ScheduleRule):
            asked = timing.of_query(content.root.source)
            await executors.put_in_force(session, scope, asset, ExecutorKind.QUERY, asked, now)
        else:
            await executors.take_out_of_force(session, asset.id)

    async def withdrawn(self, session: AsyncSession, scope: Scope, asset: Asset) -> None:
        """The engine expires its alerts and forgets its states once it sees that it is gone."""
        await executors.take_out_of_force(session, asset.id)


RULE = RuleKind()
