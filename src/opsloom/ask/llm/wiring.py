"""Puts the language models together for one process; the composition root calls it."""

import asyncio

from opsloom.ask.llm import policy
from opsloom.ask.llm.calls import Models
from opsloom.ask.llm.policy import MODEL_POLICY
from opsloom.ask.prompts.kind import PROMPT
from opsloom.assets.kinds import Kinds
from opsloom.connections.content import ModelConfig
from opsloom.connections.service import Connections
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.telemetry import get_logger, note_failure
from opsloom.infra.wakeups import ASSETS
from opsloom.kit.errors import OpsloomError

_log = get_logger(__name__)


def install(core: Core) -> None:
    """Make the part, add the kinds."""
    core.parts[Models] = Models(core)
    kinds = core.part(Kinds)
    kinds.add(PROMPT)
    kinds.add(MODEL_POLICY)


class Warmth:
    """Component: loads the libraries of the providers that policies name, at the start and when one is published, so that the
    first question need not wait for an import of seconds. Without a policy it loads nothing."""

    name = "llm.warmth"

    def __init__(self, core: Core) -> None:
        self._core = core

    async def run(self, stop: asyncio.Event) -> None:
        changed = asyncio.Event()
        changed.set()

        def heard(payload: str | None) -> None:
            if payload is None or payload.endswith(f":{MODEL_POLICY.name}"):
                changed.set()

        forget = self._core.wakeups.subscribe(ASSETS, heard)
        stopping = asyncio.ensure_future(stop.wait())
        try:
            while not stop.is_set():
                waiting = asyncio.ensure_future(changed.wait())
                await asyncio.wait((stopping, waiting), return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
                if changed.is_set() and not stop.is_set():
                    changed.clear()
                    await self._warm()
        finally:
            stopping.cancel()
            forget()

    async def _warm(self) -> None:
        for tenant_id in await self._core.db.tenant_ids():
            scope = Scope.system(tenant_id)
            async with self._core.db.transaction(scope) as session:
                found = await policy.in_force(session)
            for key in found.policy.connections if found is not None else ():
                try:
                    ready = await self._core.part(Connections).ready(scope, key)
                except OpsloomError as error:  # a question that needs it is told the same
                    note_failure("llm.warm", error)
                    _log.info("llm.not_warmed", tenant=str(tenant_id), connection=key, cause=error.message)
                    continue
                if isinstance(ready.config, ModelConfig):
                    await self._core.part(Models).libraries.load(ready.config.provider)
