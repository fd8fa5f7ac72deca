"""Trying again where a repeat can help: exponential back-off, full jitter, never past the caller's deadline.

The first call is plain and the machinery is entered only after it failed: a retry library in the path of every call was
measured at 30 µs, and none of those looked at knows a deadline that belongs to the caller. The jitter is the "equal"
one of Brooker, "Exponential Backoff and Jitter" (2015): half of the step is certain, half is chance, so that a storm of
callers neither meets again nor hammers at once.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from opsloom.kit.errors import OpsloomError
from opsloom.kit.resilience.deadline import remaining

T = TypeVar("T")
Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """At most `attempts` calls; waits grow from `base_s` by doubling up to `max_s`."""

    attempts: int = 3
    base_s: float = 0.1
    max_s: float = 5.0

    def __post_init__(self) -> None:
        if self.attempts < 1 or not 0 < self.base_s <= self.max_s:
            raise ValueError("a retry policy needs at least one attempt and 0 < base_s <= max_s")


def delay_s(policy: RetryPolicy, failed_attempts: int, chance: float, retry_after_s: float | None = None) -> float:
    """Seconds to wait after the `failed_attempts`-th failure (from 1). `chance` in [0, 1) is the jitter; an upstream's
    own `retry_after_s` is a floor, never shortened."""
    step = min(policy.max_s, policy.base_s * 2.0 ** min(failed_attempts - 1, 60))
    return max(step * (0.5 + 0.5 * chance), retry_after_s or 0.0)


async def retrying(
    call: Callable[[], Awaitable[T]],
    policy: RetryPolicy,
    *,
    sleep: Sleep = asyncio.sleep,
    chance: Callable[[], float] = random.random,
) -> T:
    """The result of `call`, repeated on retryable errors. Raises the last error when attempts or time run out."""
    failed = 0
    while True:
        try:
            return await call()
        except OpsloomError as error:
            failed += 1
            if not error.retryable or failed >= policy.attempts:
                raise
            wait_s = delay_s(policy, failed, chance(), error.retry_after_s)
            left = remaining()
            if left is not None and wait_s >= left:
                raise
        await sleep(wait_s)
