"""From a line of the ledger to the words that people get, and the link by which they acknowledge.

What is needed is read in the transaction of the claim; a template's expressions run afterwards, in their own process and outside
any transaction. Words that were sent once are sent again as they were.
"""

from dataclasses import dataclass
from typing import Any, Final

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets import service as assets
from opsloom.assets.errors import AssetNotFound, AssetUnreadable, NotPublished
from opsloom.infra.aside import Aside
from opsloom.infra.core import Core
from opsloom.kit import template
from opsloom.kit.errors import OpsloomError
from opsloom.notifications import acknowledging, plain, words
from opsloom.notifications.content import ChannelContent, ChannelType, Language
from opsloom.notifications.kinds import TEMPLATE
from opsloom.notifications.models import Delivery
from opsloom.notifications.words import ACKNOWLEDGE, TemplateContent, Wording, Words

_FOR_PROGRAMS: Final = {ChannelType.WEBHOOK, ChannelType.IN_APP}


@dataclass(frozen=True)
class Draft:
    """What a message is made from. `flaw`: why its template cannot be used."""

    body: dict[str, Any]
    language: Language
    link: str | None
    acknowledge: str | None
    kept: Words | None = None
    wording: Wording | None = None
    flaw: str | None = None


@dataclass(frozen=True)
class Composed:
    """The words as they are written down, how they are sent, and why they are not those of the template."""

    words: Words
    sent: Words
    flaw: str | None


async def draft(session: AsyncSession, core: Core, delivery: Delivery, content: ChannelContent) -> Draft | None:
    """Read what a message is made from; None for a channel that gets none but the body."""
    if content.type in _FOR_PROGRAMS:
        return None
    kept = None if delivery.sent_title is None else Words(delivery.sent_title, delivery.sent_text or "")
    origin, alert_id = core.settings.origin, delivery.alert_id
    link = None if alert_id is None else f"{origin}/alerts?selected={alert_id}"
    acknowledge = None
    if alert_id is not None and delivery.event_type == "alert.firing":
        acknowledge = await acknowledging.address(session, core, delivery, alert_id)
    wording, flaw = None, None
    if delivery.template is not None and kept is None and delivery.alert_id is not None:
        wording, flaw = await _wording(session, delivery.template, content.language)
    return Draft(orjson.loads(delivery.body), content.language, link, acknowledge, kept, wording, flaw)


async def body(session: AsyncSession, core: Core, delivery: Delivery, channel_type: ChannelType) -> str:
    """What a program gets: the document of the ledger and, of an alert that fires, the link by which people acknowledge it. Like all
    links it is not kept."""
    if channel_type is not ChannelType.WEBHOOK or delivery.alert_id is None or delivery.event_type != "alert.firing":
        return delivery.body
    told = orjson.loads(delivery.body)
    told["data"]["acknowledge"] = await acknowledging.address(session, core, delivery, delivery.alert_id)
    return orjson.dumps(told).decode()


async def compose(aside: Aside, made: Draft) -> Composed:
    """The words of a message. A template that fails is no reason to say nothing: the plain words go out, and the ledger tells why."""
    flaw, said = made.flaw, made.kept
    if said is None:
        given = plain.context(made.body, made.link, can_acknowledge=made.acknowledge is not None)
        said = plain.words(given, made.language)
        if made.wording is not None:
            try:
                said = await words.fill(aside, made.wording, said, given)
            except (OpsloomError, template.Unclosed) as error:
                flaw = f"The template failed: {error}"[:500]
    link = made.acknowledge or ""
    return Composed(said, Words(said.title.replace(ACKNOWLEDGE, ""), said.text.replace(ACKNOWLEDGE, link)), flaw)


async def _wording(session: AsyncSession, key: str, language: Language) -> tuple[Wording | None, str | None]:
    try:
        _, version = await assets.in_force(session, TEMPLATE, key)
        content = TemplateContent.model_validate(version.content)
    except (AssetNotFound, NotPublished, AssetUnreadable, ValueError):
        return None, f"There is no message template “{key}” in force."
    return content.wording(language), None
