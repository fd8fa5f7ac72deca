"""Running a logged call again, as it was and by another version, and telling what differs between the two answers.

The log keeps no answers, so both versions run now, one after the other, on the same data. Nothing is changed by it: whatever may
change something is refused, and SQL runs behind the walls that it always runs behind.
"""

import asyncio
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import orjson

from opsloom.apis import service
from opsloom.apis.effects import why_it_may_change
from opsloom.apis.errors import ApiNotFound, RerunRefused
from opsloom.apis.execute import Executor, Run, Way
from opsloom.apis.logs import service as logs
from opsloom.apis.logs.schemas import AnswerChange, AnswerComparison, SideShown
from opsloom.apis.models import ApiRun
from opsloom.apis.params import Parameter, ParameterType
from opsloom.apis.published import Published, Served
from opsloom.apis.run_counts import RERUN
from opsloom.apis.schemas import ApiDefinition
from opsloom.apis.secrecy import withheld
from opsloom.assets.diff import Change, Op, diff
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.kit.errors import OpsloomError

MOST_ROWS: Final = 1_000
MOST_CHANGES: Final = 300


@dataclass(frozen=True, slots=True)
class Side:
    """What one version answered; `answer` is None when it gave none."""

    shown: SideShown
    answer: Any = None


async def compare(core: Core, scope: Scope, run_id: UUID, version: int | None) -> AnswerComparison:
    """The logged call by its own version and by another one. Raises RunNotFound, RerunRefused, VersionNotFound."""
    async with core.db.transaction(scope) as session:
        run = await logs.get_run(session, scope, run_id)
    api_id = _runnable(run)
    before = await service.load(core, scope, api_id, run.version)
    after = await service.load(core, scope, api_id, version)
    for each in (before, after):
        await _refuse_changing(core, scope, each)
    sides = [await _side(core, scope, each, _given(run, before, each)) for each in (before, after)]
    return await asyncio.to_thread(compared, *sides)


def _runnable(run: ApiRun) -> UUID:
    """The API of the run. Raises RerunRefused with the reason."""
    if run.api_id is None:
        raise RerunRefused("The call reached no API.", hint="There is nothing to run again.")
    if run.version == 0:
        raise RerunRefused(
            "The run was a trial of a draft, which has changed since.", hint="Choose a run of a version."
        )
    if run.status in (405, 422, 429) and not run.parameters:
        raise RerunRefused("The call was refused before its parameters were read, so they are not in the log.")
    if hidden := withheld(run.parameters):
        raise RerunRefused(
            f"The log does not hold the value of {', '.join(hidden)} as it was.",
            hint="Secrets and long values are masked; make the call by hand on the API's test page.",
        )
    return run.api_id


async def _refuse_changing(core: Core, scope: Scope, served: Served) -> None:
    async def find(key: str) -> ApiDefinition | None:
        try:
            return (await core.part(Published).by_key(scope.tenant_id, key)).definition
        except ApiNotFound:
            return None

    reason = await why_it_may_change(served.definition, find)
    if reason is not None:
        name = "The draft" if served.version == 0 else f"Version {served.version}"
        raise RerunRefused(f"{name} may change something: it {reason}.", hint="Only what reads is run again.")


def _given(run: ApiRun, logged: Served, served: Served) -> dict[str, Any]:
    """The values of the call for a version. The log also holds what the caller left out; another version need not know that."""
    declared = {parameter.name for parameter in served.definition.parameters}
    of_logged = {parameter.name: parameter for parameter in logged.definition.parameters}
    return {
        name: _as_sent(of_logged.get(name), value)
        for name, value in run.parameters.items()
        if value is not None and (name in declared or not _left_out(of_logged.get(name), value))
    }


def _left_out(parameter: Parameter | None, value: Any) -> bool:
    return parameter is not None and parameter.default is not None and parameter.default == value


def _as_sent(parameter: Parameter | None, value: Any) -> Any:
    """JSON stands in the log as text."""
    if parameter is not None and parameter.type is ParameterType.JSON and isinstance(value, str):
        return orjson.loads(value)
    return value


async def _side(core: Core, scope: Scope, served: Served, given: dict[str, Any]) -> Side:
    way = Way(RERUN, served.path, service.reading(served, given), may_cache=False)
    try:
        run = await core.part(Executor).run(served, scope, way)
    except OpsloomError as error:
        return Side(
            SideShown(
                version=served.version, status=error.status, code=error.code, detail=error.message,
                row_count=0, truncated=False, bytes=0, total_ms=0.0, database_ms=0.0,
            )
        )  # fmt: skip
    return Side(_shown(served, run), orjson.loads(run.result.body))


def _shown(served: Served, run: Run) -> SideShown:
    return SideShown(
        version=served.version,
        status=run.result.status,
        code="",
        detail="",
        row_count=run.result.rows,
        truncated=run.result.truncated,
        bytes=len(run.result.body),
        total_ms=round(run.total_ms, 3),
        database_ms=round(run.result.database_ms, 3),
    )


def compared(before: Side, after: Side) -> AnswerComparison:
    """What differs between two answers. Pure; long ones take a while."""
    comparable = not before.shown.code and not after.shown.code
    old, new = _beginning(before.answer), _beginning(after.answer)
    changes = diff(old, new) if comparable else []
    counts = {op: sum(change.op is op for change in changes) for op in Op}
    status_same = before.shown.status == after.shown.status
    cut = len(changes) > MOST_CHANGES or old is not before.answer or new is not after.answer
    return AnswerComparison(
        before=before.shown,
        after=after.shown,
        comparable=comparable,
        same=comparable and status_same and not changes,
        complete=not cut,
        added=counts[Op.ADDED],
        removed=counts[Op.REMOVED],
        changed=counts[Op.CHANGED],
        moved=counts[Op.MOVED],
        changes=[_change(each) for each in changes[:MOST_CHANGES]],
    )


def _beginning(answer: Any) -> Any:
    return answer[:MOST_ROWS] if isinstance(answer, list) and len(answer) > MOST_ROWS else answer


def _change(change: Change) -> AnswerChange:
    return AnswerChange.model_validate(change)
