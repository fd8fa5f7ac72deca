"""Who works on which run: every statement on turns and on the processes that take them.

Invariant: a run is worked on by the runner whose id stands in its turn, and by nobody else; whatever that runner writes about the run
is written only while its id stands there (`ledger`), so one that slept through its lease writes nothing. Moments are compared by
PostgreSQL's clock alone.
"""

from __future__ import annotations  # asyncpg's types take parameters only in its stubs

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy import delete, func, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.apis.workflows.models import WorkflowTurn
from opsloom.infra.wakeups import WORKFLOWS

Connection = asyncpg.pool.PoolConnectionProxy  # what Database.raw and .connection hand out

LEASE_S: Final = 5.0
CANCEL: Final = "cancel"
"""What a wake-up says when a run is asked to end; it is only a hint to look."""

# Losing these writes in a crash of PostgreSQL loses a claim, and then nobody has the run: no need to wait for the disk.
_SEE_ALL = "select set_config('opsloom.turns', 'all', true), set_config('synchronous_commit', 'off', true)"
_ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtextextended('opsloom workflow turns', 0))"

# Tenants are found by hopping over the index, so that a long queue of one costs the others nothing.
_TENANTS = """
with recursive tenant(id) as (
    (select tenant_id from workflow_turns where runner_id is null order by tenant_id limit 1)
    union all
    select (select q.tenant_id from workflow_turns q where q.runner_id is null and q.tenant_id > tenant.id
            order by q.tenant_id limit 1)
    from tenant where tenant.id is not null
)
"""

# A tenant's place in the queue is how many of its runs are worked on or chosen before: whoever has least comes first.
_CLAIM = f"""
{_TENANTS}, busy as (
    select tenant_id, count(*) as runs from workflow_turns where runner_id is not null group by tenant_id
), waiting as (
    select q.tenant_id, q.run_id, q.due_at,
           coalesce(busy.runs, 0) + row_number() over (partition by q.tenant_id order by q.due_at, q.run_id) as place
    from tenant left join busy on busy.tenant_id = tenant.id
    cross join lateral (select tenant_id, run_id, due_at from workflow_turns
                        where tenant_id = tenant.id and runner_id is null and due_at <= now()
                        order by due_at, run_id limit $3) q
), chosen as (
    select tenant_id, run_id from waiting where place <= $3 order by place, due_at limit $2
)
update workflow_turns t set runner_id = $1, due_at = 'infinity' from chosen c
where t.tenant_id = c.tenant_id and t.run_id = c.run_id and t.runner_id is null
returning t.tenant_id, t.run_id
"""
_NEXT_S = f"""
{_TENANTS}
select extract(epoch from min(q.due_at) - clock_timestamp())::float8
from tenant cross join lateral (select due_at from workflow_turns
                                where tenant_id = tenant.id and runner_id is null and due_at > now()
                                order by due_at limit 1) q
where q.due_at < 'infinity'
"""
_TAKE = """
update workflow_turns set runner_id = $3, due_at = 'infinity'
where tenant_id = $1 and run_id = $2 and (runner_id is null or runner_id = $3) returning run_id
"""
_BEAT = """
insert into workflow_runners (id, alive_until) values ($1, now() + make_interval(secs => $2))
on conflict (id) do update set alive_until = excluded.alive_until
"""
_DEAD = "delete from workflow_runners where alive_until < now()"
_TAKE_OVER = """
update workflow_turns t set runner_id = null, due_at = now()
where runner_id is not null and not exists (select from workflow_runners r where r.id = t.runner_id) returning run_id
"""
_MINE = "select run_id, cancel_asked from workflow_turns where runner_id = $1"
_GIVE_BACK = """
update workflow_turns set runner_id = null, due_at = now() + make_interval(secs => $3)
where runner_id = $1 and run_id = any($2)
"""
_LEAVE = """
with gone as (delete from workflow_runners where id = $1)
update workflow_turns set runner_id = null, due_at = now() where runner_id = $1 returning run_id
"""

_TELL = text("select pg_notify(:channel, :said)")


@dataclass(frozen=True, slots=True)
class Claimed:
    """Runs by tenant that are now this runner's, and in how many seconds another one is due."""

    runs: dict[UUID, list[UUID]]
    next_s: float | None


async def claim(connection: Connection[Any], runner_id: UUID, places: int, of_tenant: int) -> Claimed:
    """At most so many runs, of which at most `of_tenant` of one tenant are worked on anywhere. Opens a transaction of its own."""
    async with connection.transaction():
        await connection.execute(_SEE_ALL)
        await connection.execute(_ONE_AT_A_TIME)
        rows = await connection.fetch(_CLAIM, runner_id, places, of_tenant)
        next_s = await connection.fetchval(_NEXT_S)
    runs: dict[UUID, list[UUID]] = {}
    for row in rows:
        runs.setdefault(row["tenant_id"], []).append(row["run_id"])
    return Claimed(runs, next_s)


async def take(connection: Connection[Any], tenant_id: UUID, run_id: UUID, runner_id: UUID) -> bool:
    """One run, due or not, unless somebody else has it; in a transaction of its tenant."""
    return await connection.fetchval(_TAKE, tenant_id, run_id, runner_id) is not None


async def beat(connection: Connection[Any], runner_id: UUID) -> tuple[int, dict[UUID, bool]]:
    """Prolong the lease and free the runs of runners that let theirs run out. How many those were, and this runner's runs with
    whether they are asked to end."""
    async with connection.transaction():
        await connection.execute(_SEE_ALL)
        await connection.execute(_BEAT, runner_id, LEASE_S)
        await connection.execute(_DEAD)
        freed = await connection.fetch(_TAKE_OVER)
        mine = await connection.fetch(_MINE, runner_id)
    return len(freed), {row["run_id"]: row["cancel_asked"] for row in mine}


async def give_back(connection: Connection[Any], runner_id: UUID, run_ids: Sequence[UUID], pause_s: float) -> None:
    """Leave runs to whoever comes after a pause."""
    async with connection.transaction():
        await connection.execute(_SEE_ALL)
        await connection.execute(_GIVE_BACK, runner_id, list(run_ids), pause_s)


async def leave(connection: Connection[Any], runner_id: UUID) -> None:
    """The runner ends; what it has is anybody's at once."""
    async with connection.transaction():
        await connection.execute(_SEE_ALL)
        if await connection.fetch(_LEAVE, runner_id):
            await connection.execute("select pg_notify($1, '')", WORKFLOWS)


async def want(session: AsyncSession, tenant_id: UUID, run_id: UUID) -> None:
    """The run wants work as soon as the transaction commits; one that is worked on is taken up again after that."""
    row = insert(WorkflowTurn).values(tenant_id=tenant_id, run_id=run_id)
    sooner = func.least(WorkflowTurn.due_at, row.excluded.due_at)
    await session.execute(row.on_conflict_do_update(index_elements=["tenant_id", "run_id"], set_={"due_at": sooner}))
    await session.execute(_TELL, {"channel": WORKFLOWS, "said": ""})


async def stop_waiting(session: AsyncSession, run_id: UUID) -> bool:
    """Drop the turn of a run that nobody works on; else ask whoever does to end. True when nobody did."""
    idle = delete(WorkflowTurn).where(WorkflowTurn.run_id == run_id, WorkflowTurn.runner_id.is_(None))
    await session.execute(idle.execution_options(synchronize_session=False))
    asked = update(WorkflowTurn).where(WorkflowTurn.run_id == run_id).values(cancel_asked=True, due_at=func.now())
    found = await session.execute(asked.returning(WorkflowTurn.run_id).execution_options(synchronize_session=False))
    if found.scalar_one_or_none() is None:
        return True
    await session.execute(_TELL, {"channel": WORKFLOWS, "said": CANCEL})
    return False
