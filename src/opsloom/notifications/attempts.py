"""What follows an attempt. Pure: from how it went and the policy to sent, again at a time, or given up with a reason."""

import email.utils
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from opsloom.infra.secrets import SecretText
from opsloom.kit.resilience.retry import RetryPolicy, delay_s


class FailReason(StrEnum):
    """Why a delivery was given up, or is waiting."""

    REFUSED_BY_RECEIVER = "refused_by_receiver"
    ATTEMPTS_EXHAUSTED = "attempts_exhausted"
    TOO_OLD = "too_old"
    CHANNEL_GONE = "channel_gone"
    CHANNEL_DISABLED = "channel_disabled"
    NOT_CALLABLE = "not_callable"
    CIRCUIT_OPEN = "circuit_open"
    CHANNEL_BUSY = "channel_busy"


@dataclass(frozen=True)
class DeliveryPolicy:
    """Waits grow from 5 s by doubling to 10 min; a delivery is given up after `attempts` tries or `max_age_s`."""

    attempts: int = 8
    base_s: float = 5.0
    max_wait_s: float = 600.0
    longest_retry_after_s: float = 3_600.0
    max_age_s: float = 86_400.0
    lease_s: float = 45.0
    """After this long an attempt that nobody recorded counts as lost; longer than any attempt can take."""


@dataclass(frozen=True)
class Tried:
    """How an attempt went. `again`: a repeat can help. `renewed`: secrets that the receiver replaced while they were used."""

    sent: bool
    again: bool = False
    status_code: int | None = None
    error: str | None = None
    reason: FailReason | None = None
    retry_after_s: float | None = None
    renewed: Mapping[str, SecretText] = field(default_factory=dict)


@dataclass(frozen=True)
class Sent:
    pass


@dataclass(frozen=True)
class Again:
    at: datetime


@dataclass(frozen=True)
class GivenUp:
    reason: FailReason


Decision = Sent | Again | GivenUp


@dataclass(frozen=True)
class Standing:
    """Where a delivery is when the attempt ends: this was number `attempt` of `allowed`."""

    attempt: int
    allowed: int
    created_at: datetime


def decide(tried: Tried, standing: Standing, policy: DeliveryPolicy, now: datetime, chance: float) -> Decision:
    """What to do next. `chance` in [0, 1) is the jitter."""
    if tried.sent:
        return Sent()
    if not tried.again:
        return GivenUp(tried.reason or FailReason.REFUSED_BY_RECEIVER)
    if standing.attempt >= standing.allowed:
        return GivenUp(FailReason.ATTEMPTS_EXHAUSTED)
    waits = RetryPolicy(attempts=max(1, policy.attempts), base_s=policy.base_s, max_s=policy.max_wait_s)
    asked = None if tried.retry_after_s is None else min(tried.retry_after_s, policy.longest_retry_after_s)
    at = now + timedelta(seconds=delay_s(waits, standing.attempt, chance, asked))
    if (at - standing.created_at).total_seconds() > policy.max_age_s:
        return GivenUp(FailReason.TOO_OLD)
    return Again(at)


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds from now in a `Retry-After` header (a number, or a date); None when absent or unreadable."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        at = email.utils.parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return max(0.0, (at - now).total_seconds())
