"""What one turn says about its run, as words of the ledger."""

from collections.abc import Coroutine, Mapping
from datetime import datetime
from typing import Any

from opsloom.apis.workflow import Node
from opsloom.apis.workflows.graph import NodeState, Outcome
from opsloom.apis.workflows.ledger import Ledger
from opsloom.apis.workflows.models import RunState, WorkflowRun
from opsloom.apis.workflows.words import Saying, Words
from opsloom.kit.clock import Clock
from opsloom.kit.errors import OpsloomError

Json = Any


class Writer:
    """Everything here returns once it is on disk, and raises TurnLost when the run is not this process's any more."""

    def __init__(self, ledger: Ledger, clock: Clock, run: WorkflowRun) -> None:
        self.run = run
        self._ledger = ledger
        self._clock = clock
        self._began: dict[str, datetime] = {}

    async def timed(self, node: Node, act: Coroutine[Any, Any, Outcome]) -> Outcome:
        """The same, remembering when it began."""
        self._began[node.id] = self._clock.now()
        return await act

    async def record(self, node_id: str, outcome: Outcome) -> None:
        """What became of a node; what it waits with is written where it began to wait."""
        if outcome.state is not NodeState.WAITING:
            await self.node(node_id, outcome)

    async def node(
        self, node_id: str, outcome: Outcome, *, asked: str | None = None, wake_at: datetime | None = None
    ) -> None:
        """A node's row, new or in place of what it waited with."""
        now, (code, message) = self._clock.now(), outcome.error or (None, None)
        row = {
            "run_id": self.run.id, "node_id": node_id, "state": outcome.state, "port": outcome.port,
            "output": outcome.output, "error_code": code, "error": message, "asked": asked,
            "started_at": self._began.get(node_id, now),
            "ended_at": None if outcome.state is NodeState.WAITING else now, "wake_at": wake_at,
        }  # fmt: skip
        told = {"type": "workflow.node", "run_id": self.run.id, "node": node_id, "state": outcome.state}
        await self._write(Saying.NODE, row, told)

    async def pause(self, wake_at: datetime) -> None:
        """The run waits; its turn is anybody's from then on."""
        row = {"run_id": self.run.id, "wake_at": wake_at}
        await self._write(Saying.PAUSE, row, self._told(RunState.WAITING))

    async def succeeded(self, output: Json) -> None:
        """The run has ended well."""
        await self._end(RunState.SUCCEEDED, {"output": output})

    async def failed(self, error: OpsloomError) -> None:
        """The run has failed."""
        await self._end(RunState.FAILED, {"error_code": error.code, "error": error.message[:4_000]})

    async def cancelled(self) -> None:
        """The run has ended because somebody wanted that."""
        await self._end(RunState.CANCELLED, {})

    async def _end(self, state: RunState, result: Mapping[str, Json]) -> None:
        row = {"run_id": self.run.id, "state": state, "ended_at": self._clock.now(), **result}
        await self._write(Saying.END, row, self._told(state))

    def _told(self, state: RunState) -> dict[str, Json]:
        return {"type": "workflow.run", "run_id": self.run.id, "state": state}

    async def _write(self, saying: Saying, row: Mapping[str, Json], told: Mapping[str, Json]) -> None:
        await self._ledger.write(Words(saying, self.run.tenant_id, self.run.id, row, told))
