"""Acknowledging by the link in a message: one alert, for a day, and only that.

Invariant: looking at a link changes nothing, so that a mail program or chat that opens links by itself acknowledges nothing; what
acknowledges is a click on the page, once, as an alert can be acknowledged once. The link says which alert; who used it is not known,
so the timeline names the channel that it was given out through.
"""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.alerts import repository, service
from opsloom.alerts.errors import AcknowledgeLinkExpired, AcknowledgeLinkInvalid
from opsloom.alerts.lifecycle import AlertState
from opsloom.alerts.models import Alert
from opsloom.alerts.transitions import Listeners
from opsloom.identity.scope import Actor, ActorKind, Scope
from opsloom.infra import links
from opsloom.infra.core import Core
from opsloom.infra.links import LinkUnreadable
from opsloom.infra.secrets import Secrets
from opsloom.notifications.service import ACKNOWLEDGE_PURPOSE, LinkSays, read_link


@dataclass(frozen=True)
class Asked:
    """What a link leads to."""

    alert: Alert
    says: LinkSays

    @property
    def open(self) -> bool:
        """Whether there is something to acknowledge still."""
        return self.alert.state == AlertState.FIRING


async def look(core: Core, token: str) -> Asked:
    """What a link asks; nothing changes. Raises AcknowledgeLinkInvalid, AcknowledgeLinkExpired."""
    try:
        scope = Scope.claimed(links.tenant_of(token))
    except LinkUnreadable:
        raise _invalid() from None
    async with core.db.transaction(scope) as session:
        return await _asked(session, core, token)


async def acknowledge(core: Core, token: str, comment: str) -> Asked:
    """Acknowledge by a link. Raises as `look`, AlertStateConflict."""
    found = await look(core, token)
    actor = Actor(ActorKind.SYSTEM, None, f"link from {found.says.channel}"[:200])
    scope = Scope(found.alert.tenant_id, actor, frozenset())
    async with core.db.transaction(scope) as session:
        found = await _asked(session, core, token)
        await service.acknowledge(session, scope, found.alert.id, comment, core.part(Listeners))
        return await _asked(session, core, token)


async def _asked(session: AsyncSession, core: Core, token: str) -> Asked:
    try:
        says = read_link(await links.read(session, core.part(Secrets), ACKNOWLEDGE_PURPOSE, token))
    except LinkUnreadable:
        raise _invalid() from None
    alert = await repository.load(session, says.alert_id)
    if alert is None:
        raise _invalid()
    if says.expired(core.clock.now()):
        raise AcknowledgeLinkExpired("This link has expired.", hint="Sign in and acknowledge the alert there.")
    return Asked(alert, says)


def _invalid() -> AcknowledgeLinkInvalid:
    return AcknowledgeLinkInvalid(
        "This is not a link to an alert.", hint="Open it again from where it was sent to you."
    )
