"""Puts connections together for one process; the composition root calls it."""

import asyncio
from uuid import UUID

from opsloom.assets.kinds import Kinds
from opsloom.connections.kind import NAME, ConnectionKind
from opsloom.connections.schemas import SecretPlaces
from opsloom.connections.service import Connections
from opsloom.infra.core import Core
from opsloom.infra.wakeups import ASSETS


def install(core: Core) -> None:
    """Make the part, to be found by its class, and add the kind."""
    core.parts[Connections] = Connections(core)
    core.parts[SecretPlaces] = SecretPlaces()
    core.part(Kinds).add(ConnectionKind(core.http.policy))
    core.companions.append(LineKeeper(core))


class LineKeeper:
    """Component: lets go of open connections when they change or are withdrawn, and of all when the process stops."""

    name = "connections.lines"

    def __init__(self, core: Core) -> None:
        self._core = core

    async def run(self, stop: asyncio.Event) -> None:
        lines = self._core.part(Connections).lines

        def heard(payload: str | None) -> None:
            if payload is None:
                lines.retire_tenant(None)
                return
            tenant, _, kind = payload.partition(":")
            if kind == NAME:
                lines.retire_tenant(UUID(tenant))

        forget = self._core.wakeups.subscribe(ASSETS, heard)
        try:
            await stop.wait()
        finally:
            forget()
            await lines.close()
