"""A circuit breaker: a state machine that stops asking an upstream which keeps failing.

Invariant: a report counts only while the permit it answers is current. Every change of state starts a new generation,
and a permit is the generation it was given in, so a slow answer to a call from before the trip can neither close an
open breaker nor decide a probe it does not belong to. While half-open at most one permit is out; when that probe never
reports (its process died), another is let through after `probe_s`, and the lost one's generation is over.

Not thread-safe: a breaker belongs to one event loop. The closed path is one comparison on the way in and one on the
way out, because it is paid by every published API call.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import inf

SLICES = 10
"""A ratio window forgets in this many steps."""


class BreakerState(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class TripReason(StrEnum):
    CONSECUTIVE_FAILURES = "consecutive_failures"
    FAILURE_RATIO = "failure_ratio"
    PAUSE_OVER = "pause_over"
    PROBE_FAILED = "probe_failed"
    PROBE_SUCCEEDED = "probe_succeeded"
    RESET = "reset"


# Looking a member up in its class costs as much as the rest of the closed path.
_CLOSED, _OPEN, _HALF_OPEN = BreakerState.CLOSED, BreakerState.OPEN, BreakerState.HALF_OPEN


@dataclass(frozen=True, slots=True)
class BreakerPolicy:
    """When to trip and for how long. `ratio` (0–1] adds the second condition: that share of failures among at least
    `minimum_calls` calls of the last `window_s` seconds."""

    failures: int = 5
    open_s: float = 60.0
    probe_s: float = 60.0
    ratio: float | None = None
    window_s: float = 60.0
    minimum_calls: int = 20

    def __post_init__(self) -> None:
        if self.failures < 1 or self.minimum_calls < 1 or min(self.open_s, self.probe_s, self.window_s) <= 0:
            raise ValueError("a breaker needs at least one failure, one call and positive durations")
        if self.ratio is not None and not 0 < self.ratio <= 1:
            raise ValueError("a failure ratio lies in (0, 1]")


@dataclass(frozen=True, slots=True)
class Transition:
    """One change of state of the breaker `key`; `at` is in the breaker's own seconds."""

    key: str
    before: BreakerState
    after: BreakerState
    reason: TripReason
    at: float


@dataclass(frozen=True, slots=True)
class Refusal:
    """Not now: ask again in `retry_after_s` seconds."""

    retry_after_s: float


class _Window:
    """Calls and failures of the last `span_s` seconds, in slices, so that old ones leave without being kept singly."""

    __slots__ = ("_calls", "_failures", "_slice", "_slice_s")

    def __init__(self, span_s: float) -> None:
        self._slice_s = span_s / SLICES
        self.clear()

    def dump(self) -> list[object]:
        return [self._slice, self._calls, self._failures]

    def load(self, number: int, calls: list[int], failures: list[int]) -> None:
        self._slice, self._calls, self._failures = number, calls, failures

    def clear(self) -> None:
        self._calls = [0] * SLICES
        self._failures = [0] * SLICES
        self._slice = -1

    def add(self, now: float, failed: bool) -> None:
        self._forget(now)
        index = self._slice % SLICES
        self._calls[index] += 1
        self._failures[index] += failed

    def totals(self) -> tuple[int, int]:
        return sum(self._calls), sum(self._failures)

    def _forget(self, now: float) -> None:
        current = int(now // self._slice_s)
        for passed in range(min(current - self._slice, SLICES)):
            index = (current - passed) % SLICES
            self._calls[index] = self._failures[index] = 0
        self._slice = max(current, self._slice)


class Breaker:
    """One upstream's breaker. `admit` → permit or `Refusal`; then exactly one of `succeed`, `fail` and `abandon`."""

    __slots__ = ("_failures", "_now", "_probe_until", "_until", "_window", "generation", "key", "policy", "state")

    def __init__(self, key: str, policy: BreakerPolicy, now: Callable[[], float]) -> None:
        self.key = key
        self.policy = policy
        self.state = _CLOSED
        self._now = now
        self.generation = 0
        self._failures = 0
        self._until = 0.0
        self._probe_until = -inf
        self._window = None if policy.ratio is None else _Window(policy.window_s)

    @property
    def failures(self) -> int:
        """Consecutive failures so far."""
        return self._failures

    @property
    def is_fresh(self) -> bool:
        """Whether forgetting this breaker would lose nothing."""
        return self.state is _CLOSED and not self._failures and self._window is None

    def retry_after_s(self) -> float:
        """Seconds until a call may be let through; 0 while calls pass."""
        if self.state is _OPEN:
            return max(0.0, self._until - self._now())
        if self.state is _HALF_OPEN:
            return max(0.0, self._probe_until - self._now())
        return 0.0

    def admit(self) -> tuple[int | Refusal, Transition | None]:
        """A permit, or a refusal; and the transition that asking caused (open → half-open), if any."""
        if self.state is _CLOSED:
            return self.generation, None
        now = self._now()
        if self.state is _OPEN:
            if now < self._until:
                return Refusal(self._until - now), None
            change = self._enter(_HALF_OPEN, TripReason.PAUSE_OVER, now)
            self._probe_until = now + self.policy.probe_s
            return self.generation, change
        if now < self._probe_until:
            return Refusal(self._probe_until - now), None
        self.generation += 1
        self._probe_until = now + self.policy.probe_s
        return self.generation, None

    def succeed(self, permit: int) -> Transition | None:
        if permit != self.generation:
            return None
        if self.state is _CLOSED:
            self._failures = 0
            if self._window is not None:
                self._window.add(self._now(), failed=False)
            return None
        if self.state is _HALF_OPEN:
            return self._enter(_CLOSED, TripReason.PROBE_SUCCEEDED, self._now())
        return None

    def fail(self, permit: int) -> Transition | None:
        if permit != self.generation:
            return None
        now = self._now()
        if self.state is _HALF_OPEN:
            return self._open(TripReason.PROBE_FAILED, now)
        if self.state is _OPEN:
            return None
        self._failures += 1
        if self._window is not None:
            self._window.add(now, failed=True)
        if self._failures >= self.policy.failures:
            return self._open(TripReason.CONSECUTIVE_FAILURES, now)
        if self._ratio_reached():
            return self._open(TripReason.FAILURE_RATIO, now)
        return None

    def abandon(self, permit: int) -> None:
        """The call ended without telling anything about the upstream (cancelled): the next one may be the probe."""
        if permit == self.generation and self.state is _HALF_OPEN:
            self._probe_until = -inf

    def reset(self) -> Transition | None:
        """Close by hand and forget what was counted."""
        if self.state is _CLOSED:
            self._forget()
            return None
        return self._enter(_CLOSED, TripReason.RESET, self._now())

    def dump(self) -> str:
        """Everything the breaker remembers, for a store that several processes share; equal text = equal memory."""
        probe_until = None if self._probe_until == -inf else self._probe_until
        window = None if self._window is None else self._window.dump()
        return json.dumps([self.state, self.generation, self._failures, self._until, probe_until, window])

    def load(self, text: str) -> None:
        """Take over what `dump` gave; a window is dropped when the policy has none (any more)."""
        state, self.generation, self._failures, self._until, probe_until, window = json.loads(text)
        self.state = BreakerState(state)
        self._probe_until = -inf if probe_until is None else probe_until
        if self._window is not None and window is not None:
            self._window.load(*window)

    def _ratio_reached(self) -> bool:
        if self._window is None or self.policy.ratio is None:
            return False
        calls, failed = self._window.totals()
        return calls >= self.policy.minimum_calls and failed >= self.policy.ratio * calls

    def _open(self, reason: TripReason, now: float) -> Transition:
        self._until = now + self.policy.open_s
        return self._enter(_OPEN, reason, now)

    def _enter(self, after: BreakerState, reason: TripReason, now: float) -> Transition:
        before, self.state = self.state, after
        self.generation += 1
        if after is _CLOSED:
            self._forget()
        return Transition(self.key, before, after, reason, now)

    def _forget(self) -> None:
        self._failures = 0
        if self._window is not None:
            self._window.clear()
