"""Breakers shared by several processes through Redis.

Redis holds each breaker's memory as text in one hash; the state machine is the same Python one as everywhere
(`kit.resilience.breaker`), applied by compare-and-set, so that two processes can neither both send the probe nor lose a
failure. Time is the wall clock, since a monotonic one means nothing to another machine: nodes whose clocks differ by a
second open and close a second apart.

When Redis does not answer, this process decides alone on its local board (logged, counted, visible in a gauge) and
tries Redis again after a pause. Permits of that time are negative, so that they are settled where they were given.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from prometheus_client import Counter, Gauge
from redis.exceptions import RedisError

from opsloom.infra.telemetry import get_logger
from opsloom.kit.clock import Clock
from opsloom.kit.resilience.board import BreakerBoard, BreakerView, Listener, Outcome, circuit_open, settle, view
from opsloom.kit.resilience.breaker import Breaker, BreakerPolicy, Refusal, Transition
from opsloom.kit.resilience.breakers import LocalStore

if TYPE_CHECKING:
    from redis.asyncio import Redis

HASH = "opsloom:breakers"
TRIES = 32
"""Lost races before an update is given up; each lost race means that somebody else's update was kept."""

SHARED = Gauge("opsloom_breaker_store_shared", "1 while breaker state is shared through Redis, 0 while it is local.")
FALLBACKS = Counter(
    "opsloom_breaker_store_fallbacks_total", "Times breaker state fell back from Redis to this process."
)
GIVEN_UP = Counter("opsloom_breaker_store_given_up_total", "Updates of shared breakers given up after many lost races.")

# The old text must still be there; '' stands for "nothing yet".
_SWAP = """
local held = redis.call('hget', KEYS[1], ARGV[1])
if (held or '') ~= ARGV[2] then return 0 end
redis.call('hset', KEYS[1], ARGV[1], ARGV[3])
return 1
"""

_log = get_logger(__name__)


class RedisStore:
    """A BreakerStore over `redis` (which should have short socket timeouts); `board` decides while Redis is away."""

    def __init__(
        self,
        redis: "Redis",
        clock: Clock,
        board: BreakerBoard,
        *,
        policy: BreakerPolicy | None = None,
        listener: Listener | None = None,
        pause_s: float = 5.0,
    ) -> None:
        self._redis = redis
        self._clock = clock
        self._fallback = LocalStore(board)
        self._policy = policy or BreakerPolicy()
        self._policies: dict[str, BreakerPolicy] = {}
        self._listener = listener
        self._pause_s = pause_s
        self._away_until: float | None = None
        SHARED.set(1)

    def listen(self, listener: Listener) -> None:
        """Replace the listener of transitions made through this store."""
        self._listener = listener

    async def admit(self, key: str, policy: BreakerPolicy | None = None) -> int:
        """A permit for one call. Raises CircuitOpen with `retry_after_s`."""
        if policy is not None:
            self._policies[key] = policy
        if self._is_away():
            return -1 - await self._fallback.admit(key, policy)
        try:
            permit = await self._apply(key, _admit)
        except (RedisError, OSError) as error:
            self._left(error)
            return -1 - await self._fallback.admit(key, policy)
        if isinstance(permit, Refusal):
            raise circuit_open(key, permit.retry_after_s)
        return permit

    async def report(self, key: str, permit: int, outcome: Outcome) -> None:
        """How the call with `permit` ended; a shared report is lost, and logged, while Redis is away."""
        if permit < 0:
            await self._fallback.report(key, -1 - permit, outcome)
            return
        if self._is_away():
            return
        try:
            await self._apply(key, lambda breaker: (0, settle(breaker, permit, outcome)))
        except (RedisError, OSError) as error:
            self._left(error)

    async def views(self) -> list[BreakerView]:
        """Every shared breaker; the local ones while Redis is away."""
        if self._is_away():
            return await self._fallback.views()
        try:
            held = await self._redis.hgetall(HASH)
        except (RedisError, OSError) as error:
            self._left(error)
            return await self._fallback.views()
        return [view(self._breaker(_text(key), _text(memory))) for key, memory in sorted(held.items())]

    async def reset(self, key: str) -> bool:
        """Close `key` by hand; False when there is no such breaker."""
        if self._is_away():
            return await self._fallback.reset(key)
        try:
            known = bool(await self._redis.hexists(HASH, key))
            if known:
                await self._apply(key, lambda breaker: (0, breaker.reset()))
        except (RedisError, OSError) as error:
            self._left(error)
            return await self._fallback.reset(key)
        return known

    async def _apply(
        self, key: str, change: Callable[[Breaker], tuple[int | Refusal, Transition | None]]
    ) -> int | Refusal:
        """Load, change, swap; again when somebody else was first. Only the winner's transition is told."""
        for _ in range(TRIES):
            held = _text(await self._redis.hget(HASH, key) or "")
            breaker = self._breaker(key, held)
            answer, transition = change(breaker)
            memory = breaker.dump()
            untouched = not held and breaker.is_fresh
            swap = None if memory == held or untouched else self._redis.eval(_SWAP, 1, HASH, key, held, memory)
            if swap is None or await swap:
                self._returned()
                if transition is not None and self._listener is not None:
                    self._listener(transition)
                return answer
        GIVEN_UP.inc()
        _log.warning("breaker_update_given_up", key=key, tries=TRIES)
        return Refusal(1.0)

    def _breaker(self, key: str, memory: str) -> Breaker:
        breaker = Breaker(key, self._policies.get(key, self._policy), lambda: self._clock.now().timestamp())
        if memory:
            breaker.load(memory)
        return breaker

    def _is_away(self) -> bool:
        return self._away_until is not None and self._clock.monotonic() < self._away_until

    def _left(self, error: Exception) -> None:
        first = self._away_until is None
        self._away_until = self._clock.monotonic() + self._pause_s
        SHARED.set(0)
        if first:
            FALLBACKS.inc()
            _log.error("breaker_store_unreachable", cause=type(error).__name__, detail=str(error), decided="locally")

    def _returned(self) -> None:
        if self._away_until is not None:
            self._away_until = None
            SHARED.set(1)
            _log.info("breaker_store_back")


def _admit(breaker: Breaker) -> tuple[int | Refusal, Transition | None]:
    return breaker.admit()


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
