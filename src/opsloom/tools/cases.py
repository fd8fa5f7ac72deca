"""Saved cases of a tool: kept, run on the draft or the published version, compared with what is expected."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets import service as assets
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.kit.errors import Conflict, NotFound, OpsloomError
from opsloom.kit.ids import new_id
from opsloom.kit.resilience import deadline
from opsloom.tools.comparing import as_failed, differences
from opsloom.tools.errors import CaseNotFound, ToolNotFound
from opsloom.tools.kind import ToolKind
from opsloom.tools.models import ToolCase
from opsloom.tools.published import InForce
from opsloom.tools.schemas import CaseDraft, CaseOutcome, CaseShown, CasesRun, CasesShown, Fails
from opsloom.tools.service import CalledFrom, Tools

MOST_CASES = 200
ALL_S = 60.0


class TooManyCases(Conflict):
    """A tool keeps a limited number of cases."""

    code, title = "tool_cases_full", "The tool has too many cases"


async def list_cases(
    session: AsyncSession, kind: ToolKind, tool_id: UUID, *, limit: int, after: UUID | None = None
) -> Sequence[ToolCase]:
    """In the order they were made, one more than `limit`. Raises ToolNotFound."""
    await must_exist(session, kind, tool_id)
    query = select(ToolCase).where(ToolCase.tool_id == tool_id).order_by(ToolCase.id).limit(limit + 1)
    if after is not None:
        query = query.where(ToolCase.id > after)
    return list((await session.execute(query)).scalars())


async def add(session: AsyncSession, scope: Scope, kind: ToolKind, tool_id: UUID, draft: CaseDraft) -> ToolCase:
    """Raises ToolNotFound, TooManyCases."""
    if len(await list_cases(session, kind, tool_id, limit=MOST_CASES)) >= MOST_CASES:
        raise TooManyCases(f"A tool keeps at most {MOST_CASES} cases.", hint="Delete some.")
    now = datetime.now(UTC)
    case = ToolCase(
        tenant_id=scope.tenant_id,
        id=new_id(),
        tool_id=tool_id,
        outcome=None,
        created_at=now,
        created_by=scope.actor.name,
        **_fields(scope, draft, now),
    )
    session.add(case)
    await session.flush()
    return case


async def save(session: AsyncSession, scope: Scope, tool_id: UUID, case_id: UUID, draft: CaseDraft) -> ToolCase:
    """What was found before belonged to the case as it was. Raises CaseNotFound."""
    case = await _case(session, tool_id, case_id)
    for name, value in _fields(scope, draft, datetime.now(UTC)).items():
        setattr(case, name, value)
    case.outcome = None
    await session.flush()
    return case


async def delete(session: AsyncSession, tool_id: UUID, case_id: UUID) -> None:
    """Raises CaseNotFound."""
    await session.delete(await _case(session, tool_id, case_id))


async def run(core: Core, scope: Scope, tool_id: UUID, request: CasesRun) -> CasesShown:
    """One after the other, within a minute; nothing of our own database is held meanwhile.

    Raises ToolNotFound, NotPublished, CaseNotFound.
    """
    tool = await core.part(Tools).load(scope, tool_id, draft=request.draft)
    async with core.db.transaction(scope) as session:
        cases = await list_cases(session, core.part(ToolKind), tool_id, limit=MOST_CASES)
        unknown = set(request.case_ids) - {case.id for case in cases}
        if unknown:
            raise CaseNotFound("There is no such case of this tool.")
        chosen = [case for case in cases if not request.case_ids or case.id in request.case_ids]
        drafts = {case.id: _draft(case) for case in chosen}
    outcomes: dict[UUID, CaseOutcome] = {}
    with deadline.limit(ALL_S):
        for case_id, draft in drafts.items():
            if deadline.remaining() == 0.0:
                break
            outcomes[case_id] = await _outcome(core, scope, tool, draft)
    async with core.db.transaction(scope) as session:
        kept = await list_cases(session, core.part(ToolKind), tool_id, limit=MOST_CASES)
        for case in kept:
            if case.id in outcomes:
                case.outcome = outcomes[case.id].model_dump(mode="json")
        await session.flush()
        shown = [CaseShown.model_validate(case) for case in kept if case.id in drafts]
    passed = sum(outcome.passed for outcome in outcomes.values())
    return CasesShown(passed=passed, failed=len(outcomes) - passed, skipped=len(drafts) - len(outcomes), items=shown)


async def must_exist(session: AsyncSession, kind: ToolKind, tool_id: UUID) -> None:
    """Raises ToolNotFound."""
    try:
        await assets.get(session, kind, tool_id)
    except NotFound:
        raise ToolNotFound("There is no such tool.") from None


async def _outcome(core: Core, scope: Scope, tool: InForce, case: CaseDraft) -> CaseOutcome:
    at, clock = core.clock.now(), core.clock.monotonic
    began, code, detail, found = clock(), "", "", []
    try:
        result = await core.part(Tools).run_loaded(scope, tool, case.arguments, caller=CalledFrom.CASE)
        found = differences(case.expectation, result.content)
        passed = not found and not isinstance(case.expectation, Fails)
        if isinstance(case.expectation, Fails):
            detail = f"It succeeded; the error {case.expectation.code} was expected."
    except OpsloomError as error:
        code, detail = error.code, error.message
        passed = as_failed(case.expectation, code)
    ms = round((clock() - began) * 1e3, 3)
    return CaseOutcome(passed=passed, code=code, detail=detail, differences=found, version=tool.version, ms=ms, at=at)


async def _case(session: AsyncSession, tool_id: UUID, case_id: UUID) -> ToolCase:
    query = select(ToolCase).where(ToolCase.tool_id == tool_id, ToolCase.id == case_id)
    case = (await session.execute(query)).scalar_one_or_none()
    if case is None:
        raise CaseNotFound("There is no such case of this tool.")
    return case


def _draft(case: ToolCase) -> CaseDraft:
    return CaseDraft.model_validate({"name": case.name, "arguments": case.arguments, "expectation": case.expectation})


def _fields(scope: Scope, draft: CaseDraft, now: datetime) -> dict[str, object]:
    stored = draft.model_dump(mode="json")
    return stored | {"updated_at": now, "updated_by": scope.actor.name}
