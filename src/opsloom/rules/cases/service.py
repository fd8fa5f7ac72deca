"""What people do with saved cases: keep them, run them on the draft or any version, hold a publication up until they pass.

Invariant: a case is played by the engine that runs live, from its facts alone. An outcome names the content it was found on
(`content_hash`), so it says nothing about an edit made since.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets import service as assets
from opsloom.assets.kinds import Kind
from opsloom.assets.service import Asset
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.kit.ids import new_id
from opsloom.rules.candidates import Candidate, candidate
from opsloom.rules.cases import store
from opsloom.rules.cases.coverage import merged
from opsloom.rules.cases.errors import RuleCaseNotFound, RuleCasesFull, RuleCasesNotGreen
from opsloom.rules.cases.models import RuleCase
from opsloom.rules.cases.play import play
from opsloom.rules.cases.schemas import CaseOutcome, RuleCaseBody, RuleCaseShown, RuleCasesRun, RuleCasesShown
from opsloom.rules.document import RuleDocument
from opsloom.rules.kind import RULE
from opsloom.rules.program import Identity

MOST_CASES: Final = 200


async def listed(session: AsyncSession, rule_id: UUID, *, limit: int, after: UUID | None = None) -> list[RuleCaseShown]:
    """In the order they were made, one more than `limit`. Raises AssetNotFound."""
    await assets.get(session, RULE, rule_id)
    return [shown(case) for case in await store.cases_of(session, rule_id, limit=limit, after=after)]


async def add(session: AsyncSession, scope: Scope, rule_id: UUID, body: RuleCaseBody) -> RuleCaseShown:
    """Raises AssetNotFound, RuleCasesFull."""
    await assets.get(session, RULE, rule_id)
    if len(await store.cases_of(session, rule_id, limit=MOST_CASES)) >= MOST_CASES:
        raise RuleCasesFull(f"A rule keeps at most {MOST_CASES} cases.", hint="Delete some.")
    now = datetime.now(UTC)
    case = RuleCase(
        tenant_id=scope.tenant_id,
        id=new_id(),
        rule_id=rule_id,
        name=body.name,
        body=body.model_dump(mode="json"),
        outcome=None,
        created_at=now,
        created_by=scope.actor.name,
        updated_at=now,
        updated_by=scope.actor.name,
    )
    session.add(case)
    await session.flush()
    return shown(case)


async def save(session: AsyncSession, scope: Scope, place: tuple[UUID, UUID], body: RuleCaseBody) -> RuleCaseShown:
    """`place` is the rule and its case. What was found before belonged to the case as it was. Raises RuleCaseNotFound."""
    case = await store.case_of(session, *place)
    case.name, case.body, case.outcome = body.name, body.model_dump(mode="json"), None
    case.updated_at, case.updated_by = datetime.now(UTC), scope.actor.name
    await session.flush()
    return shown(case)


async def delete(session: AsyncSession, rule_id: UUID, case_id: UUID) -> None:
    """Raises RuleCaseNotFound."""
    await session.delete(await store.case_of(session, rule_id, case_id))


async def run(core: Core, scope: Scope, rule_id: UUID, request: RuleCasesRun) -> RuleCasesShown:
    """Play cases, beside the event loop; nothing of the database is held meanwhile.

    Raises AssetNotFound, VersionNotFound, RuleCaseNotFound, ConditionInvalid, RuleInvalid.
    """
    async with core.db.transaction(scope) as session:
        asset = await assets.get(session, RULE, rule_id)
        content = asset.draft
        if request.version is not None:
            content = (await assets.get_version(session, rule_id, request.version)).content
        document = RuleDocument.model_validate(content)
        tried = await candidate(session, document.root, Identity(rule_id, request.version or 0, asset.name))
        cases = await store.cases_of(session, rule_id, limit=MOST_CASES)
        if set(request.case_ids) - {case.id for case in cases}:
            raise RuleCaseNotFound("There is no such case of this rule.")
        bodies = {
            case.id: RuleCaseBody.model_validate(case.body)
            for case in cases
            if not request.case_ids or case.id in request.case_ids
        }
    digest = assets.source_hash(RULE, document.model_dump(mode="json"))
    found = await asyncio.to_thread(_played, tried, list(bodies.values()))
    at = core.clock.now()
    named = {"version": request.version or 0, "content_hash": digest, "at": at}
    outcomes = {case_id: one.model_copy(update=named) for case_id, one in zip(bodies, found, strict=True)}
    return await _noted(core, scope, rule_id, outcomes)


def _played(tried: Candidate, cases: Sequence[RuleCaseBody]) -> list[CaseOutcome]:
    return [play(tried.rule, tried.members, case) for case in cases]


async def _noted(core: Core, scope: Scope, rule_id: UUID, outcomes: dict[UUID, CaseOutcome]) -> RuleCasesShown:
    async with core.db.transaction(scope) as session:
        kept = [case for case in await store.cases_of(session, rule_id, limit=MOST_CASES) if case.id in outcomes]
        for case in kept:
            case.outcome = outcomes[case.id].model_dump(mode="json")
        await session.flush()
        items = [shown(case) for case in kept]
    passed = sum(one.passed for one in outcomes.values())
    coverage = merged(one.coverage for one in outcomes.values())
    return RuleCasesShown(passed=passed, failed=len(outcomes) - passed, coverage=coverage, items=items)


async def must_be_green(session: AsyncSession, scope: Scope, kind: Kind, asset: Asset, content: BaseModel) -> None:
    """Raises RuleCasesNotGreen where a policy asks for saved cases that pass on what is to be published."""
    digest = assets.source_hash(kind, content.model_dump(mode="json"))
    why = await assets.lacking_cases(
        session, scope, asset, digest, lambda: store.cases_of(session, asset.id, limit=MOST_CASES)
    )
    if why is not None:
        raise RuleCasesNotGreen(why, hint="Run the cases on the draft on the rule's Tests tab, and correct what fails.")


def shown(case: RuleCase) -> RuleCaseShown:
    """A case as it is read."""
    return RuleCaseShown.model_validate(case)
