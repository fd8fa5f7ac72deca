"""How long somebody who guesses has to wait.

Invariant: an attempt is charged before the password is looked at, so that a thousand guesses sent at once count as a
thousand. The first few failures are free, then each further one doubles the wait, and from `lock_after` failures on
every one costs `lock_s`. Failures are forgotten after `forget_s` without a new one. Accounts that do not exist are
counted like those that do, so that the answer tells nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final


@dataclass(frozen=True, slots=True)
class Policy:
    """`free` failures without a wait; then `first_wait_s`, doubled each time; `lock_s` from `lock_after` on."""

    free: int
    first_wait_s: float
    lock_after: int
    lock_s: float
    forget_s: float


ACCOUNT: Final = Policy(free=4, first_wait_s=1, lock_after=10, lock_s=900, forget_s=1800)
ADDRESS: Final = Policy(free=20, first_wait_s=1, lock_after=50, lock_s=900, forget_s=1800)


@dataclass(frozen=True, slots=True)
class Attempts:
    """What is remembered of one account or one address."""

    failures: int
    last_failure_at: datetime
    blocked_until: datetime | None


def wait_s(attempts: Attempts | None, now: datetime) -> float:
    """Seconds until the next attempt is looked at; 0 when it is now."""
    if attempts is None or attempts.blocked_until is None:
        return 0.0
    return max(0.0, (attempts.blocked_until - now).total_seconds())


def charge(policy: Policy, attempts: Attempts | None, now: datetime) -> Attempts:
    """The state after one more attempt, taken as failed until it has succeeded."""
    forgotten = attempts is None or (now - attempts.last_failure_at).total_seconds() > policy.forget_s
    failures = 1 if attempts is None or forgotten else attempts.failures + 1
    penalty_s = _penalty_s(policy, failures)
    return Attempts(failures, now, now + timedelta(seconds=penalty_s) if penalty_s else None)


def refund(attempts: Attempts) -> Attempts | None:
    """The state after a charged attempt succeeded: this one no longer counts, earlier ones do. None = forget all."""
    if attempts.failures <= 1:
        return None
    return Attempts(attempts.failures - 1, attempts.last_failure_at, None)


def _penalty_s(policy: Policy, failures: int) -> float:
    if failures >= policy.lock_after:
        return policy.lock_s
    if failures <= policy.free:
        return 0.0
    return min(policy.lock_s, policy.first_wait_s * 2.0 ** (failures - policy.free - 1))
