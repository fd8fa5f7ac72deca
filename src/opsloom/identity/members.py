"""The people of a tenant. What a tenant records of a person (name, role, whether active) is in the membership; the account
with the password is the person's own, and no administrator of any tenant can change it.

Nobody gives or touches a role above his own, and a tenant keeps at least one active owner.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.identity import attempts, audit, repository, sessions
from opsloom.identity.attempts import Origin
from opsloom.identity.claims import as_user, claim_user
from opsloom.identity.credentials import Caller
from opsloom.identity.errors import (
    AboveOwnRole,
    LastOwner,
    MemberExists,
    PasswordWrong,
    SessionNotFound,
    UserNotFound,
)
from opsloom.identity.models import Membership, User
from opsloom.identity.passwords import check_strength, hash_password, verify_password
from opsloom.identity.permissions import Role
from opsloom.identity.scope import Scope
from opsloom.identity.sessions import Ended
from opsloom.infra.core import Core
from opsloom.kit.ids import new_id


@dataclass(frozen=True, slots=True)
class NewMember:
    """`email` is normalised."""

    email: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Change:
    """None leaves a thing as it is."""

    name: str | None = None
    role: Role | None = None
    active: bool | None = None


async def listed(
    session: AsyncSession, scope: Scope, *, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Membership]:
    return await repository.memberships(session, scope.tenant_id, after=after, limit=limit)


async def get(session: AsyncSession, scope: Scope, user_id: UUID, *, lock: bool = False) -> Membership:
    """Raises UserNotFound, also for a member of another tenant."""
    member = await repository.membership(session, scope.tenant_id, user_id, lock=lock)
    if member is None:
        raise UserNotFound("There is no such user.")
    return member


async def create(core: Core, scope: Scope, acting: Role, new: NewMember, password: str) -> Membership:
    """Add a person with an account of his own; the password is for him to change.

    Raises AboveOwnRole, PasswordWeak, MemberExists.

    An account that another tenant made for the same address is neither seen nor used: its password may be known there.
    Opens its own transaction, so that none is held while the password is hashed.
    """
    _check_rank(acting, new.role)
    check_strength(password, new.email)
    password_hash = await hash_password(password)
    async with core.db.transaction(scope) as session:
        return await admit(session, scope, new, password_hash, core.clock.now())


async def admit(
    session: AsyncSession, scope: Scope, new: NewMember, password_hash: str | None, now: datetime
) -> Membership:
    """A new account and its membership; without a password it is one that signs in elsewhere. Raises MemberExists."""
    if await by_email(session, scope, new.email) is not None:
        raise MemberExists("This e-mail address is a member already.")
    user = User(
        id=new_id(),
        email=new.email,
        name=new.name,
        password_hash=password_hash,
        created_at=now,
        password_changed_at=None if password_hash is None else now,
    )
    session.add(user)
    await session.flush()
    member = Membership(
        tenant_id=scope.tenant_id,
        user_id=user.id,
        email=new.email,
        name=new.name,
        role=new.role.value,
        active=True,
        created_at=now,
    )
    session.add(member)
    await session.flush()
    detail = {"email": new.email, "name": new.name, "role": new.role.value}
    await audit.record(session, scope, "user.created", "user", user.id, detail)
    return member


async def by_email(session: AsyncSession, scope: Scope, email: str) -> Membership | None:
    """The member with a normalised address."""
    return await session.scalar(
        select(Membership).where(Membership.tenant_id == scope.tenant_id, Membership.email == email)
    )


async def change(
    session: AsyncSession, scope: Scope, acting: Role, user_id: UUID, wanted: Change, now: datetime
) -> Membership:
    """Raises UserNotFound, AboveOwnRole, LastOwner."""
    owners = await repository.active_owners(session, scope.tenant_id)
    member = await get(session, scope, user_id, lock=True)
    _check_rank(acting, Role(member.role))
    role = wanted.role if wanted.role is not None else Role(member.role)
    active = wanted.active if wanted.active is not None else member.active
    _check_rank(acting, role)
    if owners == [user_id] and (role is not Role.OWNER or not active):
        raise LastOwner("This is the last active owner.", hint="Make somebody else an owner first.")
    before = {"name": member.name, "role": member.role, "active": member.active}
    member.name = wanted.name if wanted.name is not None else member.name
    member.role, member.active = role.value, active
    after = {"name": member.name, "role": member.role, "active": member.active}
    changed = {name: {"from": before[name], "to": value} for name, value in after.items() if before[name] != value}
    if not changed:
        return member
    await session.flush()
    await audit.record(session, scope, "user.changed", "user", user_id, changed)
    if not active and before["active"]:
        await sessions.end_all_of(session, scope, user_id, Ended.MEMBER_CHANGED, now)
    return member


async def remove(session: AsyncSession, scope: Scope, acting: Role, user_id: UUID) -> None:
    """End the membership; sessions and keys open nothing from then on. Raises UserNotFound, AboveOwnRole, LastOwner."""
    owners = await repository.active_owners(session, scope.tenant_id)
    member = await get(session, scope, user_id, lock=True)
    _check_rank(acting, Role(member.role))
    if owners == [user_id]:
        raise LastOwner("This is the last active owner.", hint="Make somebody else an owner first.")
    detail = {"email": member.email, "name": member.name, "role": member.role}
    await session.delete(member)
    await session.flush()
    await _forget_account(session, user_id)
    await audit.record(session, scope, "user.removed", "user", user_id, detail)


async def change_password(core: Core, caller: Caller, current: str, new: str, origin: Origin) -> None:
    """Change one's own password; every other sign-in of the account ends, in all its tenants.

    Raises PasswordWrong, PasswordWeak, TooManyAttempts; SessionNotFound when a key asks, which has no password.
    """
    scope = caller.scope
    if caller.session_id is None or scope.user_id is None:
        raise SessionNotFound("A password is changed by its owner, signed in.")
    now = core.clock.now()
    check_strength(new, caller.email)
    async with core.db.transaction(scope) as session:
        stored = (await session.get_one(User, scope.user_id)).password_hash
        charged = await attempts.charge(session, now, origin, caller.email)
    if not await verify_password(current, stored):
        async with core.db.transaction(scope) as session:
            await audit.record(session, scope, "password.refused", "user", scope.user_id)
        raise PasswordWrong("The current password is wrong.")
    fresh = await hash_password(new)
    async with core.db.transaction(scope) as session:
        await attempts.refund(session, charged)
        user = await session.get_one(User, scope.user_id)
        user.password_hash, user.password_changed_at = fresh, now
        await session.flush()
        await audit.record(session, scope, "password.changed", "user", scope.user_id)
        await sessions.end_all_of(session, scope, scope.user_id, Ended.PASSWORD_CHANGED, now, keep=caller.session_id)


async def reset_password(core: Core, scope: Scope, email: str, new: str) -> None:
    """For the operator at the machine (`opsloom user`), who has the database anyway. Raises UserNotFound, PasswordWeak."""
    check_strength(new, email)
    fresh = await hash_password(new)
    now = core.clock.now()
    async with core.db.transaction(scope) as session:
        member = await by_email(session, scope, email)
        if member is None:
            raise UserNotFound("There is no such user in this tenant.")
        await claim_user(session, member.user_id)
        user = await session.get_one(User, member.user_id)
        user.password_hash, user.password_changed_at = fresh, now
        await session.flush()
        await audit.record(session, scope, "password.reset", "user", member.user_id)
        await sessions.end_all_of(session, scope, member.user_id, Ended.PASSWORD_CHANGED, now)


async def _forget_account(session: AsyncSession, user_id: UUID) -> None:
    """Delete an account that belongs nowhere any more, with its address and password."""
    async with as_user(session, user_id):
        if not await session.scalar(select(exists().where(Membership.user_id == user_id))):
            await session.execute(delete(User).where(User.id == user_id))


def _check_rank(acting: Role, role: Role) -> None:
    if role.rank > acting.rank:
        raise AboveOwnRole(
            f"A role of {acting.value} cannot give or change the role {role.value}.",
            hint="Ask somebody with that role.",
        )
