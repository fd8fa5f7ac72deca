"""Counts guesses in the database, so that every node sees the same; the rules are in `lockout`."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.identity import lockout
from opsloom.identity.addresses import account_key, network_key
from opsloom.identity.errors import TooManyAttempts
from opsloom.identity.lockout import Attempts, Policy
from opsloom.identity.models import LoginAttempt


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request comes from."""

    address: str
    agent: str


@dataclass(frozen=True, slots=True)
class Charged:
    """A noted attempt; `locks` when it is the one that closes the account for a while."""

    keys: tuple[str, ...]
    locks: bool


async def charge(session: AsyncSession, now: datetime, origin: Origin, email: str | None) -> Charged:
    """Note an attempt before it is looked at. Raises TooManyAttempts when the account or the address has to wait.

    The rows are locked for the short transaction this runs in, in the order of their keys.
    """
    policies: dict[str, Policy] = {network_key(origin.address): lockout.ADDRESS}
    if email is not None:
        policies[account_key(email)] = lockout.ACCOUNT
    keys = tuple(sorted(policies))
    fresh = [{"key": key, "failures": 0, "last_failure_at": now, "blocked_until": None} for key in keys]
    await session.execute(insert(LoginAttempt).values(fresh).on_conflict_do_nothing())
    rows = await _locked(session, keys)
    wait_s = max(lockout.wait_s(_state(row), now) for row in rows)
    if wait_s > 0:
        raise TooManyAttempts(
            "Too many attempts failed.", hint="Wait before the next one.", retry_after_s=max(1.0, wait_s)
        )
    for row in rows:
        _store(row, lockout.charge(policies[row.key], _state(row), now))
    locks = any(row.key.startswith("account:") and row.failures == lockout.ACCOUNT.lock_after for row in rows)
    return Charged(keys, locks)


async def refund(session: AsyncSession, charged: Charged) -> None:
    """The charged attempt succeeded: the account's failures are forgotten, the address gets this one back."""
    for row in await _locked(session, charged.keys):
        left = None if row.key.startswith("account:") else lockout.refund(_state(row))
        if left is None:
            await session.delete(row)
        else:
            _store(row, left)


async def forget_old(session: AsyncSession, before: datetime) -> None:
    await session.execute(delete(LoginAttempt).where(LoginAttempt.last_failure_at < before))


async def _locked(session: AsyncSession, keys: tuple[str, ...]) -> list[LoginAttempt]:
    query = select(LoginAttempt).where(LoginAttempt.key.in_(keys)).order_by(LoginAttempt.key).with_for_update()
    return list(await session.scalars(query))


def _state(row: LoginAttempt) -> Attempts:
    return Attempts(row.failures, row.last_failure_at, row.blocked_until)


def _store(row: LoginAttempt, state: Attempts) -> None:
    row.failures, row.last_failure_at, row.blocked_until = state.failures, state.last_failure_at, state.blocked_until
