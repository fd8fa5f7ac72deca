"""What a run was given, with the values that are shown to nobody sealed where it is stored."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.apis.sealed import SealedValues
from opsloom.apis.workflows.models import RunKind, WorkflowRun
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.secrets import Secrets

Params = dict[str, Any]
_PURPOSE: Final = "workflow-run"


async def sealed(session: AsyncSession, core: Core, scope: Scope, of: tuple[str, Params, Collection[str]]) -> Params:
    """The parameters of a run of a kind, to be stored."""
    kind, params, hidden = of
    values = SealedValues(core.part(Secrets), session, scope.tenant_id, _PURPOSE)
    return await _each(kind, params, lambda each: values.seal(each, hidden)) if hidden else params


async def opened(session: AsyncSession, core: Core, run: WorkflowRun) -> Params:
    """The parameters as they were given."""
    values = SealedValues(core.part(Secrets), session, run.tenant_id, _PURPOSE)
    return await _each(run.kind, run.params, lambda each: values.open(each, run.sensitive))


async def _each(kind: str, params: Params, turn: Callable[[Mapping[str, Any]], Awaitable[Params]]) -> Params:
    if kind != RunKind.BATCH:
        return await turn(params)
    return params | {"items": [await turn(item) for item in params["items"]]}
