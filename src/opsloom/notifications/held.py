"""What stages have kept from being told, for those who know when that is over: silences end, windows close, other alerts resolve."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from opsloom.identity.scope import Scope
from opsloom.notifications import directory, recording
from opsloom.notifications.models import Delivery, DeliveryStatus


async def of_transitions(session: AsyncSession, transition_ids: Sequence[UUID]) -> list[Delivery]:
    """Lines that a stage ended and that nobody has been told of since, locked; those somebody holds are left out."""
    repeat = aliased(Delivery)
    told = exists().where(repeat.tenant_id == Delivery.tenant_id, repeat.resent_from == Delivery.id)
    query = select(Delivery).where(Delivery.transition_id.in_(transition_ids), Delivery.stage.is_not(None))
    query = query.where(Delivery.status == DeliveryStatus.DROPPED, ~told).order_by(Delivery.id)
    return list((await session.execute(query.with_for_update(skip_locked=True))).scalars())


async def release(session: AsyncSession, scope: Scope, lines: Sequence[Delivery]) -> list[Delivery]:
    """Tell it now, each channel as it is in force now: a new line of the ledger that names the one that was dropped."""
    made = []
    for line in lines:
        channel = await directory.in_force(session, line.channel_id)
        if channel is not None and channel.content.enabled:
            delivery = await recording.release(session, scope, line, channel)
            made += [] if delivery is None else [delivery]
    return made
