"""The first start: nobody exists, so the one who can read the server's output proves it with a token printed there.

There is no default password. A token opens set-up once; only its hash is stored, so a server started again before set-up
prints a new one, and older ones stay good until they expire (several nodes may have printed theirs).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.identity import attempts, audit, sessions, tenants
from opsloom.identity.addresses import normal_email
from opsloom.identity.attempts import Origin
from opsloom.identity.claims import claim_user, inside_tenant
from opsloom.identity.errors import SetupAlreadyDone, SetupTokenInvalid
from opsloom.identity.models import SetupToken, Tenant, User
from opsloom.identity.passwords import check_strength, hash_password
from opsloom.identity.repository import Place
from opsloom.identity.scope import NIL_TENANT, SYSTEM, Scope
from opsloom.identity.sessions import SignIn, user_scope
from opsloom.identity.tenants import Person, distinct_slug, slug_of
from opsloom.identity.tokens import TokenKind, digest, issue
from opsloom.infra.core import Core
from opsloom.infra.db import Database
from opsloom.kit.clock import Clock
from opsloom.kit.ids import new_id

_TOKEN_LIFE: Final = timedelta(days=7)
# One set-up at a time in the whole installation; the number only has to differ from other advisory locks.
_ONE_AT_A_TIME: Final = text("select pg_advisory_xact_lock(7305801)")


@dataclass(frozen=True, slots=True)
class FirstTenant:
    """What set-up is told. `email` is normalised; the slug is made of the tenant's name unless it is given."""

    tenant_name: str
    email: str
    name: str
    password: str
    slug: str | None = None


async def is_needed(session: AsyncSession) -> bool:
    return (await session.scalar(select(func.count()).select_from(select(Tenant.id).limit(1).subquery()))) == 0


async def ensure_token(db: Database, clock: Clock) -> str | None:
    """A fresh set-up token to print, or None when the installation is set up."""
    now = clock.now()
    async with db.transaction(_server()) as session:
        if not await is_needed(session):
            return None
        await session.execute(delete(SetupToken).where(SetupToken.expires_at <= now))
        token = issue(TokenKind.SETUP, NIL_TENANT)
        session.add(SetupToken(hash=digest(token), created_at=now, expires_at=now + _TOKEN_LIFE))
        return token


async def ensure_admin(db: Database, clock: Clock, first: FirstTenant) -> bool:
    """Create the first tenant and its owner unattended; False when the installation is set up already.

    Raises PasswordWeak, and ValueError for an address that is none.
    """
    async with db.transaction(_server()) as session:
        if not await is_needed(session):
            return False  # most starts end here, without the slow hash
    first = replace(first, email=normal_email(first.email))
    check_strength(first.password, first.email)
    password_hash = await hash_password(first.password)
    async with db.transaction(_server()) as session:
        await session.execute(_ONE_AT_A_TIME)
        if not await is_needed(session):
            return False
        await _create(session, first, password_hash, clock.now(), "")
    return True


async def add_tenant(core: Core, first: FirstTenant) -> Place:
    """A further tenant with a new account as its owner, made by the operator at the machine. Raises PasswordWeak."""
    check_strength(first.password, first.email)
    password_hash = await hash_password(first.password)
    async with core.db.transaction(_server()) as session:
        slug = distinct_slug(first.tenant_name)
        place, _ = await _create(session, replace(first, slug=slug), password_hash, core.clock.now(), "")
    return place


async def complete(core: Core, token: str, first: FirstTenant, origin: Origin, trace_id: str) -> SignIn:
    """Create the first tenant and its owner, who is signed in. Raises SetupAlreadyDone, SetupTokenInvalid."""
    now = core.clock.now()
    check_strength(first.password, first.email)
    outside = Scope.outside(trace_id=trace_id)
    async with core.db.transaction(outside) as session:
        if not await is_needed(session):
            raise _done()
        charged = await attempts.charge(session, now, origin, None)
    password_hash = await hash_password(first.password)
    async with core.db.transaction(outside) as session:
        await session.execute(_ONE_AT_A_TIME)
        if not await is_needed(session):
            raise _done()
        known = await session.get(SetupToken, digest(token))
        if known is None or known.expires_at <= now:
            raise SetupTokenInvalid(
                "The set-up token is not valid.", hint="Use the link the server printed at its last start."
            )
        await attempts.refund(session, charged)
        place, user_id = await _create(session, first, password_hash, now, trace_id)
        scope = user_scope(place, user_id, trace_id)
        async with inside_tenant(session, place.tenant_id):
            return await sessions.start(session, scope, place, origin, now)


async def _create(
    session: AsyncSession, first: FirstTenant, password_hash: str, now: datetime, trace_id: str
) -> tuple[Place, UUID]:
    user = User(
        id=new_id(),
        email=first.email,
        name=first.name,
        password_hash=password_hash,
        created_at=now,
        password_changed_at=now,
    )
    await claim_user(session, user.id)
    session.add(user)
    await session.flush()
    owner = Person(user.id, first.email, first.name)
    place = await tenants.found(session, first.tenant_name, first.slug or slug_of(first.tenant_name), owner, now)
    await session.execute(delete(SetupToken))  # once anybody exists, no printed link opens anything
    scope = user_scope(place, user.id, trace_id)
    await audit.record(session, scope, "tenant.created", "tenant", place.tenant_id, {"name": first.tenant_name})
    await audit.record(session, scope, "user.created", "user", user.id, {"role": place.role, "email": first.email})
    return place, user.id


def _server() -> Scope:
    return Scope(NIL_TENANT, SYSTEM, frozenset())


def _done() -> SetupAlreadyDone:
    return SetupAlreadyDone("Opsloom is set up already.", hint="Sign in.")
