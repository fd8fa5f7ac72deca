"""Runs in the background of any API: what is answered at once is where to look; the work is done by a job.

What a call is given is judged when it is asked for, with the caller's rights at that moment; later only the work is done.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.apis import service as apis
from opsloom.apis.errors import ApiNotFound, ParametersInvalid, RunFailed, RunUnfinished, WriteUnreachable
from opsloom.apis.logic import WriteLogic
from opsloom.apis.params import ParameterType, Values, hidden_of
from opsloom.apis.published import Published, Served
from opsloom.apis.workflow import WorkflowLogic
from opsloom.apis.workflows.durable import Begun, DurableRuns, Wanted
from opsloom.apis.workflows.models import RunKind, RunState, WorkflowNode, WorkflowRun
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.kit.errors import FieldProblem

MOST_ITEMS: Final = 1_000
_NAMED: Final = 100


def refuse_changing(served: Served) -> None:
    """What changes rows is done while somebody waits for it, or not at all. Raises WriteUnreachable."""
    if isinstance(served.definition.logic, WriteLogic):
        raise WriteUnreachable(
            f"“{served.name}” changes rows, so nothing calls it later, by the clock or in lists.",
            hint="Call it by POST at /runtime, with an Idempotency-Key.",
        )


async def published(core: Core, tenant_id: UUID, api_id: UUID) -> Served:
    """The version in force. Raises ApiNotFound, ApiUnservable."""
    for key, entry in (await core.part(Published).table(tenant_id)).keys.items():
        if entry.api_id == api_id:
            return await core.part(Published).by_key(tenant_id, key)
    raise ApiNotFound("This API is not published.", hint="Publish it first: what runs later runs a version.")


def is_durable(served: Served) -> bool:
    """Whether a call of it begins a run by itself."""
    logic = served.definition.logic
    return isinstance(logic, WorkflowLogic) and logic.durable


def wanted(served: Served, values: Values, key: str | None, schedule_id: UUID | None = None) -> Wanted:
    """One call of a version, or the run of its workflow when that is durable. Raises WriteUnreachable."""
    refuse_changing(served)
    limits = served.definition.limits.model_dump(mode="json")
    of = (served.api_id, served.name, served.version)
    hidden = sensitive_of(served)
    if is_durable(served):
        logic = served.definition.logic.model_dump(mode="json")
        params = _decoded(served, values)
        return Wanted(RunKind.WORKFLOW, *of, params, limits, logic, key, hidden, schedule_id)
    return Wanted(RunKind.CALL, *of, dict(values), limits, {}, key, hidden, schedule_id)


async def begin_call(core: Core, scope: Scope, served: Served, values: Values, key: str | None) -> Begun:
    """A call that is done later. Raises RunKeyReused."""
    return await core.part(DurableRuns).begin_alone(scope, wanted(served, values, key))


async def begin_batch(
    session: AsyncSession,
    core: Core,
    scope: Scope,
    served: Served,
    asked: tuple[Sequence[Mapping[str, Any]], int, bool, str | None],
) -> Begun:
    """Calls with each set of parameters: so many at once, ended by the first failure or not, for an idempotency key.

    Raises ParametersInvalid with every bad field of every set, RunKeyReused, WriteUnreachable.
    """
    refuse_changing(served)
    given, concurrency, stop, key = asked
    items = read_all(served, given)
    params = {"items": items, "concurrency": concurrency, "stop": stop}
    limits = served.definition.limits.model_dump(mode="json")
    of = (served.api_id, served.name, served.version)
    run = Wanted(RunKind.BATCH, *of, params, limits, {}, key, sensitive_of(served))
    return await core.part(DurableRuns).begin(session, scope, run)


def read_all(served: Served, given: Sequence[Mapping[str, Any]]) -> list[Values]:
    """The values of each set. Raises ParametersInvalid."""
    items: list[Values] = []
    problems: list[FieldProblem] = []
    for index, each in enumerate(given):
        try:
            items.append(apis.reading(served, each)())
        except ParametersInvalid as error:
            problems += [one.model_copy(update={"pointer": f"/items/{index}{_place(one)}"}) for one in error.details]
    if problems:
        raise ParametersInvalid(
            f"{len(problems)} values in {len(given)} sets of parameters are not valid.", details=problems[:_NAMED]
        )
    return items


def answer_of(run: WorkflowRun, nodes: Sequence[WorkflowNode]) -> tuple[int, Any]:
    """The status and body that a call would have had. Raises RunUnfinished, RunFailed."""
    if run.state == RunState.CANCELLED:
        raise RunUnfinished("The run was cancelled.", hint="Begin another one.")
    if run.state == RunState.FAILED:
        said = {"cause": run.error_code} if run.error_code else {}
        raise RunFailed(
            run.error or "The run failed.", hint=f"See GET /api/v1/workflow-runs/{run.id}.", extensions=said
        )
    if run.kind == RunKind.BATCH:
        return 200, (run.output or {}) | {"items": [item_of(node) for node in in_order(nodes)]}
    port = nodes[0].port if run.kind == RunKind.CALL and nodes else ""
    return int(port or 200), run.output


def in_order(nodes: Sequence[WorkflowNode]) -> list[WorkflowNode]:
    """The items of a batch as they were given."""
    return sorted(nodes, key=lambda node: int(node.node_id[1:]))


def item_of(node: WorkflowNode) -> dict[str, Any]:
    """One item's outcome."""
    error = None if node.error_code is None else {"code": node.error_code, "detail": node.error}
    return {"index": int(node.node_id[1:]), "state": node.state, "output": node.output, "error": error}


def sensitive_of(served: Served) -> tuple[str, ...]:
    """Parameters whose values are shown to nobody."""
    return hidden_of(served.definition.parameters)


def _decoded(served: Served, values: Values) -> dict[str, Any]:
    names = {each.name for each in served.definition.parameters if each.type is ParameterType.JSON}
    return {name: orjson.loads(v) if name in names and isinstance(v, str) else v for name, v in values.items()}


def _place(problem: FieldProblem) -> str:
    return problem.pointer if problem.pointer.startswith("/") else f"/{problem.pointer}"
