"""Tidying up: sessions, attempts and states that open nothing any more."""

from datetime import timedelta

from sqlalchemy import delete, select

from opsloom.identity import attempts, sessions
from opsloom.identity.models import OidcState, Tenant
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.jobs import Schedule, Task


async def purge(core: Core) -> None:
    """Delete what has ended, tenant by tenant, each in its own transaction."""
    now = core.clock.now()
    async with core.db.transaction(Scope.outside()) as session:
        await attempts.forget_old(session, now - timedelta(days=1))
        await session.execute(delete(OidcState).where(OidcState.expires_at < now))
        tenant_ids = list(await session.scalars(select(Tenant.id)))
    for tenant_id in tenant_ids:
        scope = Scope.system(tenant_id)
        async with core.db.transaction(scope) as session:
            await sessions.purge(session, scope, now)


PURGE = Task("identity.purge", purge, retries=3)
TASKS = (PURGE,)
SCHEDULES = (Schedule("17 * * * *", PURGE),)
