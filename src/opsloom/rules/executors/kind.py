"""Polls as a kind of asset."""

from collections.abc import Sequence

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.apis import service as apis
from opsloom.assets.kinds import Link, PlainKind
from opsloom.assets.service import Asset
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.kit.clock import Clock
from opsloom.rules.executors import service, timing
from opsloom.rules.executors.models import ExecutorKind
from opsloom.rules.executors.poll import POLL_KIND, MetricPoll

CONNECTION_KIND = "connection"


class PollKind(PlainKind):
    """A poll in force has an executor."""

    name = POLL_KIND
    model = MetricPoll
    read = Permission.RULES_READ
    write = Permission.RULES_WRITE

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def links(self, content: BaseModel) -> Sequence[Link]:
        """The connection it asks."""
        assert isinstance(content, MetricPoll)
        return [Link(CONNECTION_KIND, content.connection, "polls", "/connection")]

    async def check(self, session: AsyncSession, scope: Scope, asset: Asset, content: BaseModel) -> None:
        """Publishing lends the connection to the poll. Raises PermissionMissing."""
        del session, asset, content
        apis.may_connect(scope)

    async def published(self, session: AsyncSession, scope: Scope, asset: Asset, content: BaseModel) -> None:
        """Its executor starts from now."""
        assert isinstance(content, MetricPoll)
        await service.put_in_force(
            session, scope, asset, ExecutorKind.METRIC, timing.of_poll(content), self._clock.now()
        )

    async def withdrawn(self, session: AsyncSession, scope: Scope, asset: Asset) -> None:
        """Its executor ends."""
        del scope
        await service.take_out_of_force(session, asset.id)
