"""All breakers of a process in one place: found by key, listed, reset, and heard when they change state.

A key names an upstream or an API (`channel:<tenant>:<id>`, `api:<tenant>:<id>`), never a URL, so their number is
bounded by what people configured; above `limit` the ones that remember nothing are forgotten.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from opsloom.kit.errors import CircuitOpen, ConnectionLost, DeadlinePassed, ExternalServiceFailed
from opsloom.kit.resilience.breaker import Breaker, BreakerPolicy, BreakerState, Refusal, Transition

Listener = Callable[[Transition], None]


class Outcome(StrEnum):
    """What a call told about its upstream. `NOTHING`: it never got that far (cancelled, refused by our own rules)."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    NOTHING = "nothing"


_SUCCEEDED, _FAILED, _CLOSED = Outcome.SUCCEEDED, Outcome.FAILED, BreakerState.CLOSED


@dataclass(frozen=True, slots=True)
class BreakerView:
    """One breaker as shown to people."""

    key: str
    state: BreakerState
    failures: int
    retry_after_s: float


def outcome_of(error: BaseException) -> Outcome:
    """What an error says about the upstream: only not answering, or answering that it failed, counts against it."""
    if isinstance(error, ConnectionLost | DeadlinePassed | ExternalServiceFailed):
        return Outcome.FAILED
    return Outcome.NOTHING


def circuit_open(key: str, retry_after_s: float) -> CircuitOpen:
    return CircuitOpen(
        f"Calls to {key} are paused after repeated failures.",
        hint=f"It is tried again in {retry_after_s:.0f} s; an operator can reset it sooner.",
        retry_after_s=retry_after_s,
    )


class BreakerBoard:
    """Breakers of this process. Every transition goes to the listener once, in order."""

    def __init__(
        self,
        now: Callable[[], float],
        *,
        policy: BreakerPolicy | None = None,
        listener: Listener | None = None,
        limit: int = 10_000,
    ) -> None:
        self._now = now
        self._policy = policy or BreakerPolicy()
        self._listener = listener
        self._limit = limit
        self._breakers: dict[str, Breaker] = {}

    def listen(self, listener: Listener) -> None:
        """Replace the listener; the composition root sets it once everything it needs exists."""
        self._listener = listener

    def breaker(self, key: str, policy: BreakerPolicy | None = None) -> Breaker:
        """The breaker of `key`, made on first use; another policy than before starts it afresh."""
        found = self._breakers.get(key)
        if found is not None and (policy is None or policy == found.policy):
            return found
        if len(self._breakers) >= self._limit:
            self._forget_fresh()
        made = self._breakers[key] = Breaker(key, policy or self._policy, self._now)
        return made

    def admit(self, key: str, policy: BreakerPolicy | None = None) -> int:
        """A permit for one call. Raises CircuitOpen with `retry_after_s`."""
        found = self._breakers.get(key)
        if found is not None and found.state is _CLOSED and policy is None:
            return found.generation
        permit, change = self.breaker(key, policy).admit()
        if change is not None:
            self._tell(change)
        if isinstance(permit, Refusal):
            raise circuit_open(key, permit.retry_after_s)
        return permit

    def report(self, key: str, permit: int, outcome: Outcome) -> None:
        """How the call with `permit` ended."""
        breaker = self._breakers.get(key)
        if breaker is None:
            return
        change = breaker.succeed(permit) if outcome is _SUCCEEDED else settle(breaker, permit, outcome)
        if change is not None:
            self._tell(change)

    def views(self) -> list[BreakerView]:
        return [view(breaker) for _, breaker in sorted(self._breakers.items())]

    def reset(self, key: str) -> bool:
        """Close `key` by hand; False when there is no such breaker."""
        breaker = self._breakers.get(key)
        if breaker is None:
            return False
        change = breaker.reset()
        if change is not None:
            self._tell(change)
        return True

    def _tell(self, change: Transition) -> None:
        if self._listener is not None:
            self._listener(change)

    def _forget_fresh(self) -> None:
        for key in [key for key, breaker in self._breakers.items() if breaker.is_fresh]:
            del self._breakers[key]


def settle(breaker: Breaker, permit: int, outcome: Outcome) -> Transition | None:
    """Tell a breaker how the call with `permit` ended."""
    if outcome is _SUCCEEDED:
        return breaker.succeed(permit)
    if outcome is _FAILED:
        return breaker.fail(permit)
    breaker.abandon(permit)
    return None


def view(breaker: Breaker) -> BreakerView:
    return BreakerView(breaker.key, breaker.state, breaker.failures, breaker.retry_after_s())
