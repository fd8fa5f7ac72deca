"""What a turn begins with: the run and what is known of its nodes, read for many runs of a tenant at once."""

from __future__ import annotations  # asyncpg's types take parameters only in its stubs

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import asyncpg

from opsloom.apis.workflows.models import TOPIC, RunState, WorkflowNode, WorkflowRun
from opsloom.infra import stream
from opsloom.infra.db import Database

_COLUMNS = """
r.tenant_id, r.id, r.api_id, r.api_name, r.version, r.kind, r.logic, r.limits, r.state, r.params, r.sensitive,
r.schedule_id, r.asked_by, r.actor_kind, r.actor_id, r.trace_id, r.created_at, r.started_at
"""
# A run that has ended has no turn; one that has it all the same (its row was written from outside) is not begun again.
_LOAD = f"""
update workflow_runs r set state = 'running', started_at = coalesce(r.started_at, $4), wake_at = null
from workflow_turns t
where r.tenant_id = $1 and r.id = any($2) and t.tenant_id = $1 and t.run_id = r.id and t.runner_id = $3
  and r.state in ('queued', 'running', 'waiting')
returning {_COLUMNS}, t.cancel_asked
"""
_NODES = """
select tenant_id, run_id, node_id, state, port, output, error_code, error, asked, started_at, ended_at, wake_at
from workflow_nodes where tenant_id = $1 and run_id = any($2) order by started_at, node_id
"""
_FORGET_ENDED = """
delete from workflow_turns t using workflow_runs r
where t.tenant_id = $1 and t.run_id = any($2) and t.runner_id = $3 and r.tenant_id = $1 and r.id = t.run_id
  and r.state in ('succeeded', 'failed', 'cancelled')
"""


@dataclass(slots=True)
class Loaded:
    """A run to work on, and whether it is asked to end."""

    run: WorkflowRun
    cancel_asked: bool
    nodes: list[WorkflowNode] = field(default_factory=list)


async def load(db: Database, tenant_id: UUID, run_ids: Sequence[UUID], runner_id: UUID, now: datetime) -> list[Loaded]:
    """The runs that are the runner's and have not ended; from now on they are running."""
    async with db.raw(stream.TenantOnly(tenant_id)) as connection:
        await connection.execute("select set_config('synchronous_commit', 'off', true)")
        found = [_loaded(row) for row in await connection.fetch(_LOAD, tenant_id, run_ids, runner_id, now)]
        if len(found) < len(run_ids):
            await connection.execute(_FORGET_ENDED, tenant_id, run_ids, runner_id)
        if not found:
            return []
        nodes: dict[UUID, list[WorkflowNode]] = defaultdict(list)
        for row in await connection.fetch(_NODES, tenant_id, run_ids):
            nodes[row["run_id"]].append(WorkflowNode(**dict(row)))
        told = [{"type": "workflow.run", "run_id": each.run.id, "state": RunState.RUNNING} for each in found]
        await stream.publish_many(connection, tenant_id, TOPIC, told)
    for each in found:
        each.nodes = nodes[each.run.id]
    return found


def _loaded(row: asyncpg.Record) -> Loaded:
    columns = dict(row)
    cancel_asked = columns.pop("cancel_asked")
    return Loaded(WorkflowRun(**columns), cancel_asked)
