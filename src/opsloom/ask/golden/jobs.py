"""Background work: a run, and the nightly one of each tenant that has golden questions."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from opsloom.ask.golden import running, service
from opsloom.ask.golden.errors import NothingGolden
from opsloom.ask.golden.schemas import GoldenRunAsked, RunReason
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.jobs import Schedule, Task


async def run(core: Core, tenant_id: str, run_id: str, keys: Sequence[str]) -> None:
    """One run, whoever asked for it."""
    await running.carry_out(core, Scope.system(UUID(tenant_id)), UUID(run_id), keys)


async def nightly(core: Core) -> None:
    """Begins a run wherever a golden question is in force."""
    for tenant_id in await core.db.tenant_ids():
        scope = Scope.system(tenant_id)
        async with core.db.transaction(scope) as session:
            try:
                await service.start(session, scope, GoldenRunAsked(), core.clock.now(), RunReason.SCHEDULE)
            except NothingGolden:
                continue


NIGHTLY: Final = Task("golden.nightly", nightly)
TASKS: Final = (Task(service.RUN, run, retries=3), NIGHTLY)
SCHEDULES: Final = (Schedule("43 18 * * *", NIGHTLY),)
