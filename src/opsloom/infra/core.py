"""What every part of one process shares. Made by the composition root, reached as `request.app.state.core`."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from opsloom.infra.db import Database
from opsloom.infra.http import Http
from opsloom.infra.stream import Hub
from opsloom.infra.wakeups import Wakeups
from opsloom.kit.clock import Clock
from opsloom.kit.resilience.breakers import Breakers
from opsloom.settings import Settings

P = TypeVar("P")


class Component(Protocol):
    """Something that runs beside the requests for as long as the process does."""

    @property
    def name(self) -> str: ...

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set. Raising restarts it after a pause."""
        ...


@dataclass
class Core:
    """What one process shares.

    `companions` run beside every process's own components. `parts` holds what single domains keep per process (an executor, a
    committer), by their class.
    """

    settings: Settings
    db: Database
    clock: Clock
    wakeups: Wakeups
    hub: Hub
    breakers: Breakers
    http: Http
    companions: list[Component] = field(default_factory=list)
    parts: dict[type, Any] = field(default_factory=dict)

    def part(self, kind: type[P]) -> P:
        """The process's one instance of a domain's part."""
        found: P = self.parts[kind]
        return found
