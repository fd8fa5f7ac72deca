"""Answers that are given again: kept for their time, for a while longer while a fresh one is made, and made once for all who
ask at the same time.

Invariant: a key holds tenant, version and every value that distinguishes answers, so an answer is never anybody else's. What
failed is not kept, and is only the failure of whoever asked first.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Final

from opsloom.apis.cache import AnswerCache, Kept
from opsloom.apis.engines.protocol import EngineResult
from opsloom.apis.params import Parameter, Place
from opsloom.apis.schemas import CachePolicy
from opsloom.infra.telemetry import get_logger, note_failure
from opsloom.kit.errors import OpsloomError

log = get_logger(__name__)

HIT: Final = "HIT"
STALE: Final = "STALE"
MISS: Final = "MISS"
BYPASS: Final = "BYPASS"
GIVEN_AGAIN: Final = frozenset({HIT, STALE})

Compute = Callable[[], Awaitable[EngineResult]]


def distinguishing(parameters: Sequence[Parameter], policy: CachePolicy) -> tuple[str, ...]:
    """The parameters whose values distinguish answers: those the policy names, or all but the moment; always who calls."""
    return tuple(
        parameter.name
        for parameter in parameters
        if parameter.where is Place.CALLER
        or (parameter.where is not Place.NOW if policy.vary is None else parameter.name in policy.vary)
    )


class KeptAnswers:
    """The answers of one process."""

    def __init__(self, now: Callable[[], float], cache: AnswerCache | None = None) -> None:
        self._now = now
        self._cache = cache or AnswerCache()
        self._flights: dict[Hashable, asyncio.Future[EngineResult]] = {}
        self._refreshing: dict[Hashable, asyncio.Task[None]] = {}

    async def of(self, key: Hashable, policy: CachePolicy, compute: Compute) -> tuple[EngineResult, str]:
        """The answer, and what became of the cache. Raises what `compute` does."""
        now = self._now()
        found = self._cache.get(key, now)
        if found is None:
            return await self._made(key, policy, compute), MISS
        if found.fresh_until > now:
            return found.answer, HIT
        if key not in self._refreshing and key not in self._flights:
            task = asyncio.get_running_loop().create_task(self._refresh(key, policy, compute))
            self._refreshing[key] = task
            task.add_done_callback(lambda _done: self._refreshing.pop(key, None))
        return found.answer, STALE

    async def _refresh(self, key: Hashable, policy: CachePolicy, compute: Compute) -> None:
        try:
            await self._made(key, policy, compute)
        except (
            OpsloomError
        ) as error:  # the old answer is given until its time is over; then the failure is the caller's
            note_failure("apis.refresh", error)
            log.warning("apis.refresh_failed", code=error.code)

    async def _made(self, key: Hashable, policy: CachePolicy, compute: Compute) -> EngineResult:
        """The same question asked while it is being answered waits for that answer; a failure is only the asker's."""
        flight = self._flights.get(key)
        if flight is not None:
            try:
                return await asyncio.shield(flight)
            except (OpsloomError, asyncio.CancelledError):
                if not flight.cancelled() and flight.exception() is None:
                    raise
                return await compute()
        flight = self._flights[key] = asyncio.get_running_loop().create_future()
        try:
            result = await compute()
            fresh_until = self._now() + policy.ttl_s
            self._cache.put(key, Kept(result, fresh_until), fresh_until + policy.stale_s)
            flight.set_result(result)
            return result
        finally:
            del self._flights[key]
            if not flight.done():
                flight.cancel()
