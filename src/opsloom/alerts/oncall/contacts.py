"""How people are reached: each one's channels, the best way first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.alerts.oncall import repository
from opsloom.alerts.oncall.errors import ContactInvalid
from opsloom.alerts.oncall.schemas import ContactBody, ContactShown
from opsloom.alerts.oncall.service import people
from opsloom.identity import audit
from opsloom.identity.errors import PermissionMissing, UserNotFound
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.kit.errors import FieldProblem
from opsloom.notifications import pages


@dataclass(frozen=True)
class Reach:
    """A person and the ids of the channels that reach him."""

    user_id: UUID
    name: str
    channels: tuple[UUID, ...]


async def listed(session: AsyncSession, scope: Scope) -> list[ContactShown]:
    """Every active member, by name, also one who has not said how he is reached."""
    known = await repository.contacts(session)
    return [
        ContactShown(user_id=one, name=name, channels=known.get(one, []), own=one == scope.user_id)
        for one, name in (await people(session, scope)).items()
    ]


async def put(session: AsyncSession, scope: Scope, user_id: UUID, asked: ContactBody, now: datetime) -> ContactShown:
    """One's own, or with `users.write` anybody's. Raises UserNotFound, PermissionMissing, ContactInvalid."""
    name = (await people(session, scope)).get(user_id)
    if name is None:
        raise UserNotFound("There is no such user.")
    if user_id != scope.user_id and not scope.allows(Permission.USERS_WRITE):
        raise PermissionMissing(
            f"How others are reached needs the permission {Permission.USERS_WRITE.value}.",
            hint="Everybody says for himself how he is reached, or an administrator does.",
        )
    known = {channel.id for channel in await pages.channels_in_force(session, scope)}
    wrong = [place for place, one in enumerate(asked.channels) if one not in known]
    if wrong:
        detail = "There is no such channel in force."
        problems = [FieldProblem(pointer=f"/channels/{place}", detail=detail) for place in wrong]
        raise ContactInvalid("A channel cannot be used.", details=problems)
    channels = list(dict.fromkeys(asked.channels))
    values = {"tenant_id": scope.tenant_id, "user_id": user_id, "channels": [str(one) for one in channels]}
    await repository.put_contact(session, values | {"updated_at": now, "updated_by": scope.actor.name})
    await audit.record(session, scope, "oncall_contact.changed", "user", user_id, {"channels": values["channels"]})
    return ContactShown(user_id=user_id, name=name, channels=channels, own=user_id == scope.user_id)


async def reach(session: AsyncSession, scope: Scope, user_ids: Sequence[UUID]) -> list[Reach]:
    """How those people are reached who are still members; nobody is left out who has no channel."""
    names = await people(session, scope)
    known = await repository.contacts(session, user_ids)
    return [Reach(one, names[one], tuple(known.get(one, ()))) for one in user_ids if one in names]
