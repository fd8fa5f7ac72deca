"""Reads the state of the process, the database and the job queue."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import psutil
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom import __version__
from opsloom.identity import audit
from opsloom.identity.scope import Scope
from opsloom.infra.components import Supervisor
from opsloom.infra.core import Core
from opsloom.system.errors import BreakerNotFound
from opsloom.system.schemas import BreakerShown, ComponentView, DatabaseView, JobShown, SystemHealth

_DATABASE = text(
    "select current_setting('server_version'), pg_database_size(current_database()),"
    " (select numbackends from pg_stat_database where datname = current_database())"
)
_JOB_COUNTS = text(
    "select status::text, count(*) from procrastinate_jobs where args->>'tenant_id' = :tenant group by status"
)
_JOBS = text(
    """
select id, task_name, status::text, attempts, scheduled_at from procrastinate_jobs
where args->>'tenant_id' = :tenant and (cast(:before as bigint) is null or id < cast(:before as bigint))
order by id desc limit :limit
"""
)


async def health(core: Core, session: AsyncSession, scope: Scope) -> SystemHealth:
    """The state of the process that answers, with the breakers and jobs of the caller's tenant."""
    version, size, connections = (await session.execute(_DATABASE)).one()
    counts = await session.execute(_JOB_COUNTS, {"tenant": str(scope.tenant_id)})
    supervisor = core.parts.get(Supervisor)
    process = psutil.Process()
    return SystemHealth(
        version=__version__,
        started_at=datetime.fromtimestamp(process.create_time(), UTC),
        database=DatabaseView(version=version, size_bytes=size, connections=connections, pool=core.db.in_use),
        components=[ComponentView.model_validate(each) for each in (supervisor.states.values() if supervisor else ())],
        breakers=await breakers(core, scope),
        jobs={status: count for status, count in counts.all()},
        stream_subscribers=core.hub.subscribers(scope.tenant_id),
        memory_bytes=process.memory_info().rss,
    )


async def breakers(core: Core, scope: Scope) -> list[BreakerShown]:
    """The breakers that concern this tenant."""
    return [
        BreakerShown(name=view.key, state=view.state, failures=view.failures, retry_after_s=view.retry_after_s)
        for view in await core.breakers.views()
        if _concerns(view.key, scope.tenant_id)
    ]


async def reset_breaker(core: Core, session: AsyncSession, scope: Scope, name: str) -> None:
    """Close a breaker by hand. Raises BreakerNotFound."""
    if not _concerns(name, scope.tenant_id) or not await core.breakers.reset(name):
        raise BreakerNotFound("There is no such breaker.")
    await audit.record(session, scope, "breaker.reset", "breaker", name)


async def jobs(session: AsyncSession, scope: Scope, *, limit: int, before: int | None) -> Sequence[JobShown]:
    """Newest first, one more than `limit`; finished jobs that succeeded are not kept."""
    values = {"tenant": str(scope.tenant_id), "before": before, "limit": limit + 1}
    rows = (await session.execute(_JOBS, values)).all()
    return [JobShown(id=row[0], task=row[1], status=row[2], attempts=row[3], at=row[4]) for row in rows]


def _concerns(key: str, tenant_id: UUID) -> bool:
    """Breaker keys are `kind:tenant:what`."""
    return key.split(":")[1:2] == [str(tenant_id)]
