"""The statements of the ledger; each says one kind of thing about many runs of a tenant at once.

Locks are taken run first and turn second, as people's actions on a run do, so that nobody waits for each other in a circle. A node's
row needs the turn alone: its foreign key does not wait for whoever changes the run.
"""

from __future__ import annotations  # asyncpg's types take parameters only in its stubs

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import asyncpg

from opsloom.infra.wakeups import WORKFLOWS

if TYPE_CHECKING:
    from opsloom.apis.workflows.words import Words

Connection = asyncpg.pool.PoolConnectionProxy  # what Database.raw and .connection hand out
Row = Mapping[str, Any]

SET_TENANT: Final = "select set_config('opsloom.tenant', $1, true)"
_BEGIN = """
with given as (
    select * from jsonb_to_recordset($2) g (
        id uuid, api_id uuid, api_name text, version bigint, kind text, logic jsonb, limits jsonb, params jsonb,
        idempotency_key text, sensitive jsonb, schedule_id uuid, asked_by text, actor_kind text, actor_id uuid,
        trace_id text, created_at timestamptz)
), made as (
    insert into workflow_runs (tenant_id, id, api_id, api_name, version, kind, logic, limits, state, params,
                               idempotency_key, sensitive, schedule_id, asked_by, actor_kind, actor_id, trace_id, created_at)
    select $1, id, api_id, api_name, version, kind, logic, limits, 'queued', params, idempotency_key,
           array(select jsonb_array_elements_text(sensitive)), schedule_id, asked_by, actor_kind, actor_id, trace_id, created_at
    from given on conflict do nothing returning id
), wanted as (
    insert into workflow_turns (tenant_id, run_id) select $1, id from made
)
select id from made
"""
_WAKE = f"select pg_notify('{WORKFLOWS}', '')"
_WITH_KEY = """
select r.id from workflow_runs r where r.tenant_id = $1 and r.api_id = $2 and r.idempotency_key = $3
"""
# What became of a node is never changed: a person's answer that came first stays.
_NODES = """
with given as (
    select * from jsonb_to_recordset($3) g (
        run_id uuid, node_id text, state text, port text, output jsonb, error_code text, error text, asked text,
        started_at timestamptz, ended_at timestamptz, wake_at timestamptz)
), held as (
    select run_id from workflow_turns
    where tenant_id = $1 and runner_id = $2 and run_id in (select run_id from given) for share
), kept as (
    insert into workflow_nodes (tenant_id, run_id, node_id, state, port, output, error_code, error, asked,
                                started_at, ended_at, wake_at)
    select $1, g.run_id, node_id, state, port, output, error_code, error, asked, started_at, ended_at, wake_at
    from given g join held using (run_id)
    on conflict (tenant_id, run_id, node_id) do update
    set state = excluded.state, port = excluded.port, output = excluded.output, error_code = excluded.error_code,
        error = excluded.error, asked = coalesce(excluded.asked, workflow_nodes.asked), ended_at = excluded.ended_at,
        wake_at = excluded.wake_at
    where workflow_nodes.state = 'waiting'
)
select run_id from held
"""
_HOLD = """
select r.id from workflow_runs r join workflow_turns t on t.tenant_id = r.tenant_id and t.run_id = r.id
where r.tenant_id = $1 and r.id = any($3) and t.runner_id = $2 order by r.id for no key update of r, t
"""
_PAUSE = """
with given as (select * from jsonb_to_recordset($3) g (run_id uuid, wake_at timestamptz)),
free as (
    update workflow_turns t set runner_id = null, due_at = case when t.cancel_asked then now() else least(t.due_at, g.wake_at) end
    from given g
    where t.tenant_id = $1 and t.run_id = g.run_id and t.run_id = any($2)
)
update workflow_runs r set state = 'waiting', wake_at = g.wake_at from given g
where r.tenant_id = $1 and r.id = g.run_id and r.id = any($2)
"""
_END = """
with given as (
    select * from jsonb_to_recordset($3) g (
        run_id uuid, state text, output jsonb, error_code text, error text, ended_at timestamptz)
), gone as (
    delete from workflow_turns where tenant_id = $1 and run_id = any($2)
), dropped as (
    update workflow_nodes n set state = 'cancelled', ended_at = g.ended_at, wake_at = null from given g
    where n.tenant_id = $1 and n.run_id = g.run_id and n.run_id = any($2) and g.state <> 'succeeded' and n.state = 'waiting'
)
update workflow_runs r
set state = g.state, output = g.output, error_code = g.error_code, error = g.error, ended_at = g.ended_at, wake_at = null
from given g where r.tenant_id = $1 and r.id = g.run_id and r.id = any($2)
"""


async def begin(connection: Connection[Any], tenant_id: UUID, said: Sequence[Words]) -> dict[int, UUID]:
    """New runs; of one whose idempotency key is known already the run that has it."""
    made = {row["id"] for row in await connection.fetch(_BEGIN, tenant_id, [words.row for words in said])}
    found: dict[int, UUID] = {}
    for words in said:
        run_id = words.run_id if words.run_id in made else await _with_key(connection, tenant_id, words)
        if run_id is not None:
            found[id(words)] = run_id
    if made:
        await connection.execute(_WAKE)
    return found


async def _with_key(connection: Connection[Any], tenant_id: UUID, words: Words) -> UUID | None:
    found: UUID | None = await connection.fetchval(
        _WITH_KEY, tenant_id, words.row["api_id"], words.row["idempotency_key"]
    )
    return found


async def _keep_nodes(connection: Connection[Any], of: tuple[UUID, UUID], rows: Sequence[Row]) -> set[UUID]:
    return {row["run_id"] for row in await connection.fetch(_NODES, *of, rows)}


async def _pause(connection: Connection[Any], of: tuple[UUID, UUID], rows: Sequence[Row]) -> set[UUID]:
    return await _held_then(connection, of, rows, _PAUSE)


async def _end(connection: Connection[Any], of: tuple[UUID, UUID], rows: Sequence[Row]) -> set[UUID]:
    return await _held_then(connection, of, rows, _END)


async def _held_then(
    connection: Connection[Any], of: tuple[UUID, UUID], rows: Sequence[Row], statement: str
) -> set[UUID]:
    held = [row["id"] for row in await connection.fetch(_HOLD, *of, [row["run_id"] for row in rows])]
    if held:
        await connection.execute(statement, of[0], held, rows)
    return set(held)


Write = Callable[["Connection[Any]", tuple[UUID, UUID], Sequence[Row]], Awaitable[set[UUID]]]
WRITES: Final[Mapping[str, Write]] = {"node": _keep_nodes, "pause": _pause, "end": _end}
"""By what is said: given tenant and runner, writes rows; returns the runs whose turns are the runner's."""
