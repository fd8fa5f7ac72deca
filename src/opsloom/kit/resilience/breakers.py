"""One breaker for several processes: the store keeps the memory, the state machine stays the same.

`BreakerStore` is what callers need; `LocalStore` keeps it in this process, `infra.breaker_store.RedisStore` in Redis.
Both pass the same contract tests. Hot paths that cannot afford a round trip use the `BreakerBoard` directly.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from opsloom.kit.resilience.board import BreakerBoard, BreakerView, Listener, Outcome, outcome_of
from opsloom.kit.resilience.breaker import BreakerPolicy


class BreakerStore(Protocol):
    """Where breakers remember."""

    async def admit(self, key: str, policy: BreakerPolicy | None = None) -> int:
        """A permit for one call. Raises CircuitOpen with `retry_after_s`."""
        ...

    async def report(self, key: str, permit: int, outcome: Outcome) -> None:
        """How the call with `permit` ended."""
        ...

    async def views(self) -> list[BreakerView]:
        """Every breaker of the store."""
        ...

    def listen(self, listener: Listener) -> None:
        """Hear every transition made through this store."""
        ...

    async def reset(self, key: str) -> bool:
        """Close `key` by hand; False when there is no such breaker."""
        ...


class LocalStore:
    """The breakers of this process alone."""

    def __init__(self, board: BreakerBoard) -> None:
        self._board = board

    async def admit(self, key: str, policy: BreakerPolicy | None = None) -> int:
        return self._board.admit(key, policy)

    async def report(self, key: str, permit: int, outcome: Outcome) -> None:
        self._board.report(key, permit, outcome)

    async def views(self) -> list[BreakerView]:
        return self._board.views()

    async def reset(self, key: str) -> bool:
        return self._board.reset(key)

    def listen(self, listener: Listener) -> None:
        self._board.listen(listener)


@dataclass(slots=True)
class GuardedCall:
    """What the body of a guard may correct."""

    outcome: Outcome = Outcome.SUCCEEDED


class Breakers:
    """What the product holds: the board of this process (`local`) and the store that others may share."""

    def __init__(self, local: BreakerBoard, store: BreakerStore | None = None) -> None:
        self.local = local
        self.store: BreakerStore = store or LocalStore(local)

    def listen(self, listener: Listener) -> None:
        """Hear every transition, of the local board and of the shared store alike."""
        self.local.listen(listener)
        self.store.listen(listener)

    @asynccontextmanager
    async def guard(self, key: str, policy: BreakerPolicy | None = None) -> AsyncIterator[GuardedCall]:
        """Admit, run the body, report what it says of the upstream: by the error it raises (`outcome_of`), else by the
        outcome it set, which is success unless it says otherwise. Raises CircuitOpen."""
        permit = await self.store.admit(key, policy)
        call = GuardedCall()
        try:
            yield call
        except BaseException as error:
            await self.store.report(key, permit, outcome_of(error))
            raise
        await self.store.report(key, permit, call.outcome)

    async def views(self) -> list[BreakerView]:
        """Every breaker, shared and local, each key once."""
        shown = {seen.key: seen for seen in self.local.views()}
        shown.update({seen.key: seen for seen in await self.store.views()})
        return [shown[key] for key in sorted(shown)]

    async def reset(self, key: str) -> bool:
        """Close `key` everywhere; False when nothing has that key."""
        here = self.local.reset(key)
        return await self.store.reset(key) or here
