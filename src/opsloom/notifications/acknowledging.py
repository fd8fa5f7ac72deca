"""The link in a message by which its alert is acknowledged: what it says, and how it is read again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.infra import links
from opsloom.infra.core import Core
from opsloom.infra.secrets import Secrets
from opsloom.notifications.models import Delivery

ACKNOWLEDGE_PURPOSE: Final = "acknowledge-link"
_LINK_LIVES: Final = timedelta(hours=24)


async def address(session: AsyncSession, core: Core, delivery: Delivery, alert_id: UUID) -> str:
    """The page of a link that serves for a day."""
    ends_at = core.clock.now() + _LINK_LIVES
    said = f"{alert_id.hex}.{int(ends_at.timestamp())}.{delivery.channel_name}"
    token = await links.seal(session, core.part(Secrets), delivery.tenant_id, ACKNOWLEDGE_PURPOSE, said)
    # Behind the mark: what stands there is sent with no request, so neither a log nor a preview of the link uses it.
    return f"{core.settings.origin}/acknowledge#token={token}"


@dataclass(frozen=True)
class LinkSays:
    """What a link for acknowledging says: which alert, until when, and through which channel it was given out."""

    alert_id: UUID
    ends_at: int
    channel: str

    def expired(self, now: datetime) -> bool:
        """Whether it serves no more."""
        return now.timestamp() >= self.ends_at


def read_link(said: str) -> LinkSays:
    """What stands in an opened link."""
    alert_id, ends_at, channel = said.split(".", 2)
    return LinkSays(UUID(hex=alert_id), int(ends_at), channel)
