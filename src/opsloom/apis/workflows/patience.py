"""Waiting that takes no worker: a row, and another job at its moment. A short wait is simply waited."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from opsloom.apis.errors import WorkflowRunEnded
from opsloom.apis.workflow import ApprovalNode, LinkFor, NotifyNode, WaitNode
from opsloom.apis.workflows import links
from opsloom.apis.workflows.acts import Json, Situation
from opsloom.apis.workflows.engine import tell
from opsloom.apis.workflows.graph import NodeState, Outcome
from opsloom.apis.workflows.models import WorkflowNode
from opsloom.apis.workflows.writer import Writer
from opsloom.infra.core import Core

_SHORT_WAIT_S: Final = 2.0


class Patience:
    """The waiting of one run. `moments` says until when, by node."""

    def __init__(self, core: Core, writer: Writer, at: Situation, rows: Mapping[str, WorkflowNode]) -> None:
        self._core = core
        self._writer = writer
        self._run = writer.run
        self._at = at
        self._rows = rows
        self.moments: dict[str, datetime] = {}

    async def wait_until(self, node: WaitNode, moment: datetime) -> Outcome:
        """Until a moment; the one that was chosen the first time holds."""
        row = self._rows.get(node.id)
        moment = row.wake_at if row is not None and row.wake_at is not None else moment
        left = (moment - self._core.clock.now()).total_seconds()
        if left <= _SHORT_WAIT_S:
            await asyncio.sleep(max(left, 0.0))
            return Outcome(NodeState.SUCCEEDED, moment.isoformat())
        return await self._waiting(node.id, moment, None)

    async def ask(self, node: ApprovalNode, message: str) -> Outcome:
        """A person; told once, when the asking begins. Raises WorkflowRunEnded when nobody answered in time."""
        row, now = self._rows.get(node.id), self._core.clock.now()
        moment = row.wake_at if row is not None and row.wake_at is not None else now + timedelta(seconds=node.expires_s)
        if moment <= now:
            raise WorkflowRunEnded(f"Nobody answered “{message[:200]}” in time.")
        if node.link is not LinkFor.NOBODY:
            async with self._core.db.transaction(self._at.scope) as session:
                await links.begin(session, self._run, node.id, moment)
        if node.tell is not None and (row is None or row.asked is None):
            await self._announced(node, message)
        return await self._waiting(node.id, moment, message)

    async def tell(self, node: NotifyNode, title: str, text: str) -> Json:
        """A channel, once for the run."""
        return await tell(self._core, self._at, (node.id, node.channel), (title, text))

    async def _announced(self, node: ApprovalNode, message: str) -> None:
        assert node.tell is not None
        url = self._at.context.get("approvals", {}).get(node.id)
        where = url or f"{self._core.settings.origin}/workflow-runs/{self._run.id}"
        text = f"{self._run.api_name} · {node.name or node.id}\n{where}"
        await tell(self._core, self._at, (node.id, node.tell.channel), (message, text))

    async def _waiting(self, node_id: str, moment: datetime, asked: str | None) -> Outcome:
        self.moments[node_id] = moment
        outcome = Outcome(NodeState.WAITING)
        await self._writer.node(node_id, outcome, asked=asked, wake_at=moment)
        return outcome
