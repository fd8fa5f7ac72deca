"""Background work: the calls of rules."""

from typing import Final
from uuid import UUID

from opsloom.infra.core import Core
from opsloom.infra.jobs import Task
from opsloom.rules.actions import service


async def call(core: Core, tenant_id: str, call_id: str) -> None:
    """One call."""
    await service.call(core, UUID(tenant_id), UUID(call_id))


TASKS: Final = (Task(service.CALL, call, retries=8),)
