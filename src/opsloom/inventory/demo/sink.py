"""How the company's events get in: given by the composition root, since events know the inventory and not the other way round."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from opsloom.identity.scope import Scope
from opsloom.inventory.demo.happenings import DemoEvent

MOST_AT_ONCE = 5_000


@dataclass(frozen=True)
class EventSink:
    """Takes events as the ingest route takes them; returns how many are stored."""

    take: Callable[[Scope, Sequence[DemoEvent]], Awaitable[int]]

    async def all(self, scope: Scope, events: Sequence[DemoEvent]) -> int:
        """Any number of them, in batches."""
        stored = 0
        for begin in range(0, len(events), MOST_AT_ONCE):
            stored += await self.take(scope, events[begin : begin + MOST_AT_ONCE])
        return stored
