"""Deadlines that travel with the request.

The innermost and the outermost limit are the same thing: `within` can only bring the deadline nearer, so a helper deep
down never waits longer than its caller does. The deadline is a moment of `time.monotonic`, kept in a context variable,
so tasks started inside inherit it.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar

from opsloom.kit.errors import DeadlinePassed

Monotonic = Callable[[], float]

_deadline: ContextVar[float | None] = ContextVar("opsloom_deadline", default=None)


def remaining(now: Monotonic = time.monotonic) -> float | None:
    """Seconds left, never below 0; None when nothing limits the work."""
    at = _deadline.get()
    return None if at is None else max(0.0, at - now())


def bounded(seconds: float, now: Monotonic = time.monotonic) -> float:
    """`seconds`, or less where the deadline comes first."""
    left = remaining(now)
    return seconds if left is None else min(seconds, left)


def check(now: Monotonic = time.monotonic) -> None:
    """Raises DeadlinePassed once nothing is left; for long work without an await."""
    if remaining(now) == 0.0:
        raise DeadlinePassed("The work did not end within its time.")


@contextmanager
def limit(seconds: float, now: Monotonic = time.monotonic) -> Iterator[None]:
    """State a deadline without enforcing it; code inside asks `remaining` or `check`."""
    at = now() + seconds
    outer = _deadline.get()
    token = _deadline.set(at if outer is None else min(at, outer))
    try:
        yield
    finally:
        _deadline.reset(token)


@asynccontextmanager
async def within(seconds: float) -> AsyncIterator[None]:
    """Cancel the body once `seconds` (or the outer deadline) have passed. Raises DeadlinePassed then.

    A `TimeoutError` of the body's own passes through untouched.
    """
    with limit(seconds):
        timeout = asyncio.timeout(remaining())
        try:
            async with timeout:
                yield
        except TimeoutError:
            if not timeout.expired():
                raise
            raise DeadlinePassed(f"It did not end within {seconds:g} s.") from None
