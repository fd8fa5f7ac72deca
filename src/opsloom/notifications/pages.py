"""Pages: words to people about what no transition of an alert tells, such as an incident that nobody has taken. They are lines of the
ledger like all others; the id a page is given holds that each channel gets it once."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.identity.scope import Scope
from opsloom.notifications import directory
from opsloom.notifications.content import Channel
from opsloom.notifications.pipeline import Message
from opsloom.notifications.recording import Line, record


@dataclass(frozen=True)
class PageText:
    """`event_type` and `about` are for programs, `message` is the sentence by language (`en`, `ko`)."""

    event_type: str
    title: str
    severity: str
    message: dict[str, str]
    about: Mapping[str, object]


async def channels_in_force(session: AsyncSession, scope: Scope) -> list[Channel]:
    """Every channel that a page may go through; some may not be enabled."""
    return await directory.published(session, scope)


async def page(session: AsyncSession, scope: Scope, channel: Channel, text: PageText, page_id: UUID) -> bool:
    """Give the page to a channel, in the caller's transaction; False when it has it already."""
    data = {"title": text.title, "message": text.message, **text.about}
    body = orjson.dumps({"type": text.event_type, "data": data}, default=str).decode()
    message = Message(text.event_type, text.title[:200], text.severity, text.message, body)
    return await record(session, scope, Line(channel, message, message_id=page_id)) is not None
