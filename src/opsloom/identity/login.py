"""Signing in with a password.

Invariant: an account that does not exist, a wrong password and an account without a place answer the same, after the same
kind of work: one charged attempt, one look for accounts, one slow hash, one audit entry.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from opsloom.identity import attempts, audit, repository, sessions
from opsloom.identity.addresses import account_key
from opsloom.identity.attempts import Charged, Origin
from opsloom.identity.claims import claim_login, claim_user
from opsloom.identity.errors import LoginFailed
from opsloom.identity.models import User
from opsloom.identity.passwords import hash_password, is_outdated, verify_password
from opsloom.identity.repository import Place
from opsloom.identity.scope import Scope
from opsloom.identity.sessions import SignIn
from opsloom.infra.core import Core
from opsloom.kit.ids import new_id

# One address may have an account of each tenant that added it; more than this many are not tried.
_MAX_ACCOUNTS: Final = 8


@dataclass(frozen=True, slots=True)
class _Account:
    id: UUID
    password_hash: str | None


async def log_in(
    core: Core, email: str, password: str, tenant_id: UUID | None, origin: Origin, trace_id: str
) -> SignIn:
    """A new session in `tenant_id`, or in the user's first tenant. Raises LoginFailed, TooManyAttempts."""
    outside = Scope.outside(trace_id=trace_id)
    async with core.db.transaction(outside) as session:
        charged = await attempts.charge(session, core.clock.now(), origin, email)
    accounts = await _accounts(core, outside, email)
    proven = [one for one in accounts if await verify_password(password, one.password_hash)]
    for account in proven:
        place = await _place(core, outside, account.id, tenant_id)
        if place is not None:
            return await _enter(core, account, place, _Proof(password, charged, origin, trace_id))
    await _record_failure(core, accounts, email, charged, origin, trace_id)
    raise LoginFailed("The e-mail address or the password is wrong.")


@dataclass(frozen=True, slots=True)
class _Proof:
    password: str
    charged: Charged
    origin: Origin
    trace_id: str


async def _accounts(core: Core, outside: Scope, email: str) -> list[_Account]:
    async with core.db.transaction(outside) as session:
        await claim_login(session, email)
        found = await repository.accounts_with(session, email, _MAX_ACCOUNTS)
    # Nobody is an account too: with a random id and no hash, it costs what an existing one costs.
    return [_Account(one.id, one.password_hash) for one in found] or [_Account(new_id(), None)]


async def _place(core: Core, outside: Scope, user_id: UUID, tenant_id: UUID | None) -> Place | None:
    async with core.db.transaction(outside) as session:
        await claim_user(session, user_id)
        places = await repository.places_of(session, user_id)
    return next((one for one in places if tenant_id is None or one.tenant_id == tenant_id), None)


async def _enter(core: Core, account: _Account, place: Place, proof: _Proof) -> SignIn:
    now = core.clock.now()
    fresh_hash = None
    if account.password_hash is not None and is_outdated(account.password_hash):
        fresh_hash = await hash_password(proof.password)
    scope = sessions.user_scope(place, account.id, proof.trace_id)
    async with core.db.transaction(scope) as session:
        await attempts.refund(session, proof.charged)
        user = await session.get_one(User, account.id)
        user.last_login_at = now
        if fresh_hash is not None:
            user.password_hash = fresh_hash
        return await sessions.start(session, scope, place, proof.origin, now)


async def _record_failure(
    core: Core, accounts: list[_Account], email: str, charged: Charged, origin: Origin, trace_id: str
) -> None:
    """In the log of every tenant the account belongs to; outside all tenants when there is none."""
    detail: dict[str, object] = {"address": origin.address, "locked": charged.locks}
    outside = Scope.outside(trace_id=trace_id)
    told = False
    for account in accounts:
        async with core.db.transaction(outside) as session:
            await claim_user(session, account.id)
            for place in await repository.places_of(session, account.id):
                scope = Scope.claimed(place.tenant_id, trace_id=trace_id)
                await audit.record(session, scope, "login.failed", "user", account.id, detail)
                told = True
    if not told:
        async with core.db.transaction(outside) as session:
            await audit.record(session, outside, "login.failed", "account", account_key(email), detail)
