"""What people do with saved cases: keep them, run them on the draft or any version, hold a publication up until they pass.

Invariant: a case runs the way a call at `/runtime` runs (limits, breaker, log), with an answer of its own instead of a kept
one. An outcome names the content it was found on (`content_hash`), so it says nothing about an edit made since.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.apis import secrecy
from opsloom.apis import service as apis
from opsloom.apis.cases import store
from opsloom.apis.cases.errors import ApiCaseNotFound, ApiCasesFull, CasesNotGreen
from opsloom.apis.cases.matching import mismatches, row_count
from opsloom.apis.cases.models import ApiCase
from opsloom.apis.cases.schemas import (
    ApiCaseDraft,
    ApiCaseOutcome,
    ApiCaseShown,
    ApiCasesRun,
    ApiCasesShown,
    FrozenWorld,
    GoodAnswer,
    SchemaMatcher,
)
from opsloom.apis.document import row_schema_of
from opsloom.apis.kind import ApiKind
from opsloom.apis.published import Served
from opsloom.apis.schemas import ApiDefinition
from opsloom.apis.sealed import SealedValues, sealed_names
from opsloom.assets import service as assets
from opsloom.assets.kinds import Kind
from opsloom.assets.service import Asset
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.secrets import Secrets
from opsloom.kit import frozen
from opsloom.kit.comparing import differences
from opsloom.kit.errors import OpsloomError
from opsloom.kit.ids import new_id
from opsloom.kit.json_schema import Checker, Schema
from opsloom.kit.masking import HIDDEN
from opsloom.kit.resilience import deadline

MOST_CASES = 200
_PURPOSE = "api-case"
ALL_S = 60.0
_MOST_ANSWER_BYTES = 32_000


async def listed(
    session: AsyncSession, kind: ApiKind, api_id: UUID, *, limit: int, after: UUID | None = None
) -> list[ApiCaseShown]:
    """In the order they were made, one more than `limit`. Raises AssetNotFound."""
    definition = apis.definition_of((await assets.get(session, kind, api_id)).draft)
    return [shown(case, definition) for case in await store.cases_of(session, api_id, limit=limit, after=after)]


async def add(session: AsyncSession, core: Core, scope: Scope, api_id: UUID, draft: ApiCaseDraft) -> ApiCaseShown:
    """Raises AssetNotFound, ApiCasesFull."""
    definition = apis.definition_of((await assets.get(session, core.part(ApiKind), api_id)).draft)
    if len(await store.cases_of(session, api_id, limit=MOST_CASES)) >= MOST_CASES:
        raise ApiCasesFull(f"An API keeps at most {MOST_CASES} cases.", hint="Delete some.")
    now = datetime.now(UTC)
    case = ApiCase(
        tenant_id=scope.tenant_id,
        id=new_id(),
        api_id=api_id,
        outcome=None,
        good=None,
        created_at=now,
        created_by=scope.actor.name,
        **_fields(scope, await _stored(session, core, scope, (draft, definition)), now),
    )
    session.add(case)
    await session.flush()
    return shown(case, definition)


async def save(
    session: AsyncSession, core: Core, scope: Scope, place: tuple[UUID, UUID], draft: ApiCaseDraft
) -> ApiCaseShown:
    """`place` is the API and its case. What was found before belonged to the case as it was. Raises ApiCaseNotFound."""
    definition = apis.definition_of((await assets.get(session, core.part(ApiKind), place[0])).draft)
    case = await store.case_of(session, *place)
    known = (await _opened(session, core, case)).parameters
    hidden = _hidden(definition, known)
    kept = {name: known[name] for name in hidden if draft.parameters.get(name) == HIDDEN}
    sent = draft.model_copy(update={"parameters": draft.parameters | kept})
    if sent.parameters != known:
        case.good = None
    stored = await _stored(session, core, scope, (sent, definition))
    for name, value in _fields(scope, stored, datetime.now(UTC)).items():
        setattr(case, name, value)
    case.outcome = None
    await session.flush()
    return shown(case, definition)


async def delete(session: AsyncSession, api_id: UUID, case_id: UUID) -> None:
    """Raises ApiCaseNotFound."""
    await session.delete(await store.case_of(session, api_id, case_id))


async def run(core: Core, scope: Scope, api_id: UUID, request: ApiCasesRun) -> ApiCasesShown:
    """One after the other, within a minute; nothing of our own database is held meanwhile.

    Raises AssetNotFound, VersionNotFound, ApiCaseNotFound, LogicRefused, PermissionMissing.
    """
    served = await apis.load(core, scope, api_id, request.version)
    async with core.db.transaction(scope) as session:
        cases = await store.cases_of(session, api_id, limit=MOST_CASES)
        if set(request.case_ids) - {case.id for case in cases}:
            raise ApiCaseNotFound("There is no such case of this API.")
        chosen = [case for case in cases if not request.case_ids or case.id in request.case_ids]
        drafts = {case.id: (await _opened(session, core, case), case.good) for case in chosen}
    declared = await _declared(core, scope, served, [draft for draft, _ in drafts.values()])
    outcomes: dict[UUID, ApiCaseOutcome] = {}
    with deadline.limit(ALL_S):
        for case_id, (draft, good) in drafts.items():
            if deadline.remaining() == 0.0:
                break
            outcomes[case_id] = await _outcome(core, scope, served, (draft, good, declared))
    return await _noted(core, scope, api_id, (list(drafts), outcomes))


async def _noted(
    core: Core, scope: Scope, api_id: UUID, ran: tuple[Sequence[UUID], dict[UUID, ApiCaseOutcome]]
) -> ApiCasesShown:
    """Outcomes beside their cases, and an answer that was as expected as the last good one."""
    wanted, outcomes = ran
    async with core.db.transaction(scope) as session:
        definition = apis.definition_of((await assets.get(session, core.part(ApiKind), api_id)).draft)
        kept = await store.cases_of(session, api_id, limit=MOST_CASES)
        for case in kept:
            found = outcomes.get(case.id)
            if found is not None:
                case.outcome = found.model_dump(mode="json")
                if found.passed and found.answer is not None:
                    good = GoodAnswer(answer=found.answer, version=found.version, at=found.at)
                    case.good = good.model_dump(mode="json")
        await session.flush()
        items = [shown(case, definition) for case in kept if case.id in set(wanted)]
    passed = sum(outcome.passed for outcome in outcomes.values())
    return ApiCasesShown(passed=passed, failed=len(outcomes) - passed, skipped=len(wanted) - len(outcomes), items=items)


async def _outcome(
    core: Core, scope: Scope, served: Served, case: tuple[ApiCaseDraft, dict[str, Any] | None, Schema]
) -> ApiCaseOutcome:
    draft, good, row = case
    at, clock = core.clock.now(), core.clock.monotonic
    began, status, code, detail, answer = clock(), 200, "", "", None
    try:
        with frozen.holding(_world(draft)):
            ran = await apis.run_loaded(core, scope, served, draft.parameters, may_cache=False)
        status, answer = ran.result.status, orjson.loads(ran.result.body)
    except OpsloomError as error:
        status, code, detail = error.status, error.code, error.message
    declared = {"type": "array", "items": row} | _definitions(row) if isinstance(answer, list) else row
    found = mismatches(draft.expectation, (status, code, answer), declared, core.part(Checker))
    changes = differences(good["answer"], answer) if good is not None and not code else []
    return ApiCaseOutcome(
        passed=not found,
        status=status,
        code=code,
        detail=detail,
        differences=found,
        changes=changes,
        answer=answer if len(orjson.dumps(answer)) <= _MOST_ANSWER_BYTES else None,
        rows=row_count(answer),
        version=served.version,
        content_hash=assets.source_hash(core.part(ApiKind), served.definition.model_dump(mode="json")),
        ms=round((clock() - began) * 1e3, 3),
        at=at,
    )


def _world(draft: ApiCaseDraft) -> frozen.Frozen | None:
    """The clock and the seed of the case; none: as they are."""
    return None if draft.frozen is None else frozen.Frozen(draft.frozen.now, draft.frozen.seed)


async def _declared(core: Core, scope: Scope, served: Served, drafts: Sequence[ApiCaseDraft]) -> Schema:
    """The schema of a row, asked for only where a case looks at it."""
    asked = any(
        isinstance(each, SchemaMatcher) and each.answer_schema is None
        for draft in drafts
        for each in draft.expectation.matchers
    )
    return row_schema_of(await apis.with_output(core, scope, served.definition)) if asked else {}


def _definitions(row: Schema) -> Schema:
    return {"$defs": row["$defs"]} if "$defs" in row else {}


async def must_be_green(session: AsyncSession, scope: Scope, kind: Kind, asset: Asset, content: BaseModel) -> None:
    """Raises CasesNotGreen where a policy asks for saved cases that pass on what is to be published."""
    digest = assets.source_hash(kind, content.model_dump(mode="json"))
    why = await assets.lacking_cases(
        session, scope, asset, digest, lambda: store.cases_of(session, asset.id, limit=MOST_CASES)
    )
    if why is not None:
        raise CasesNotGreen(why, hint="Run the cases on the draft on the page's Test tab, and correct what fails.")


def draft_of(case: ApiCase) -> ApiCaseDraft:
    """A case as it was saved."""
    return ApiCaseDraft(
        name=case.name,
        parameters=case.parameters,
        expectation=case.expectation,
        frozen=None if case.frozen is None else FrozenWorld.model_validate(case.frozen),
    )


async def _stored(
    session: AsyncSession, core: Core, scope: Scope, of: tuple[ApiCaseDraft, ApiDefinition]
) -> ApiCaseDraft:
    """A case as it is kept: values that open something are sealed."""
    draft, definition = of
    values = SealedValues(core.part(Secrets), session, scope.tenant_id, _PURPOSE)
    opens = _hidden(definition, draft.parameters) | sealed_names(draft.parameters)  # what only looks sealed, too
    sealed = await values.seal(draft.parameters, opens)
    return draft.model_copy(update={"parameters": sealed})


async def _opened(session: AsyncSession, core: Core, case: ApiCase) -> ApiCaseDraft:
    """A case as it was saved. Which values were sealed is seen from them, for the parameters may have been declared anew."""
    draft = draft_of(case)
    values = SealedValues(core.part(Secrets), session, case.tenant_id, _PURPOSE)
    return draft.model_copy(update={"parameters": await values.open(draft.parameters, draft.parameters)})


def shown(case: ApiCase, definition: ApiDefinition) -> ApiCaseShown:
    """A case as it may be read: without values that open something."""
    read = ApiCaseShown.model_validate(case)
    hidden = _hidden(definition, case.parameters) | sealed_names(case.parameters)
    masked = {name: HIDDEN if name in hidden else value for name, value in case.parameters.items()}
    return read.model_copy(update={"parameters": masked})


def _hidden(definition: ApiDefinition, names: dict[str, Any]) -> set[str]:
    sensitive = {each.name for each in definition.parameters if each.sensitive}
    return {name for name in names if name in sensitive or secrecy.opens_something(name)}


def _fields(scope: Scope, draft: ApiCaseDraft, now: datetime) -> dict[str, Any]:
    stored = draft.model_dump(mode="json")
    return stored | {"updated_at": now, "updated_by": scope.actor.name}
