"""HTTP of rules."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Response, status

from opsloom.assets import service as assets
from opsloom.assets.schemas import Force, PublishRequest, RollbackRequest, WithdrawRequest
from opsloom.assets.service import Asset, AssetState, AssetVersion, Step
from opsloom.identity.access import Caller, Work, allowed, core_of, work
from opsloom.identity.permissions import Permission
from opsloom.infra.core import Core
from opsloom.kit.model import Text
from opsloom.kit.paging import Cursor, Limit, Page, decode_cursor, page_of
from opsloom.rules import judging, service
from opsloom.rules.document import RuleDocument
from opsloom.rules.kind import RULE
from opsloom.rules.models import RuleRunRow
from opsloom.rules.replay import Explanation
from opsloom.rules.schemas import (
    CheckRequest,
    CheckShown,
    ExplanationRequest,
    InForceShown,
    RuleDraft,
    RuleShown,
    VersionShown,
)

router = APIRouter(prefix="/api/v1/rules", tags=["rules"])

CoreOf = Annotated[Core, Depends(core_of)]
Reading = Annotated[Work, Depends(work(Permission.RULES_READ), scope="function")]
Writing = Annotated[Work, Depends(work(Permission.RULES_WRITE), scope="function")]
Reader = Annotated[Caller, Depends(allowed(Permission.RULES_READ))]
IfMatch = Annotated[str | None, Header(description="The revision that was edited, as in the ETag.")]


@router.get("")
async def list_rules(
    w: Reading,
    limit: Limit = 50,
    cursor: Cursor = None,
    q: Annotated[Text | None, Query(max_length=200, description="Part of the name.")] = None,
    state: Annotated[AssetState | None, Query(description="Only rules in this state.")] = None,
) -> Page[RuleShown]:
    """Rules, newest first, each with how it is doing; a rule that failed shows its quarantine."""
    after = decode_cursor(cursor, UUID)[0] if cursor else None
    assert after is None or isinstance(after, UUID)
    found = await service.find(w.session, limit=limit, after=after, text=q, state=state)
    page = page_of(found, limit, lambda asset: (asset.id,))
    runs = await service.runs_of(w.session, page.items)
    readable = await assets.readable(w.session, w.scope, RULE, page.items)
    shown = [_shown(asset, runs.get(asset.id)) for asset, _ in readable]
    return Page[RuleShown](items=shown, next_cursor=page.next_cursor)


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_rule(w: Writing, draft: RuleDraft, response: Response) -> RuleShown:
    """Make a draft. It watches nothing until it is published."""
    return await _answer(w, await service.create(w.session, w.scope, draft), response)


@router.post("/check")
async def check_rule_condition(_caller: Reader, request: CheckRequest) -> CheckShown:
    """Judge a condition or a whole rule without saving it: what is wrong and where; of a condition its canonical text and drawing."""
    return judging.check(request)


@router.get("/{rule_id}")
async def get_rule(w: Reading, rule_id: UUID, response: Response) -> RuleShown:
    """One rule with its draft; the ETag is the draft's revision."""
    return await _answer(w, await assets.get(w.session, RULE, rule_id), response)


@router.put("/{rule_id}")
async def save_rule(
    w: Writing, rule_id: UUID, draft: RuleDraft, response: Response, if_match: IfMatch = None
) -> RuleShown:
    """Save the draft; what is published stays as it is."""
    revision = assets.parse_if_match(if_match)
    return await _answer(w, await service.save(w.session, w.scope, rule_id, draft, revision), response)


@router.delete("/{rule_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_rule(w: Writing, rule_id: UUID, force: Force = False) -> None:
    """Take it out of force and out of the lists; its open alerts expire, its versions stay."""
    await assets.archive(w.session, w.scope, RULE, rule_id, force=force)


@router.post("/{rule_id}/publish")
async def publish_rule(w: Writing, rule_id: UUID, request: PublishRequest) -> VersionShown:
    """Make the draft a version and put it in force: from now when it was not, going on where it can when it was."""
    version = await assets.publish(w.session, w.scope, RULE, rule_id, request.comment, force=request.force)
    return _version(version, version.version)


@router.post("/{rule_id}/unpublish")
async def unpublish_rule(
    w: Writing, rule_id: UUID, response: Response, request: WithdrawRequest | None = None
) -> RuleShown:
    """Stop watching; open alerts of the rule expire."""
    asked = request or WithdrawRequest()
    how = Step(comment=asked.comment, force=asked.force)
    return await _answer(w, await assets.unpublish(w.session, w.scope, RULE, rule_id, **how), response)


@router.post("/{rule_id}/rollback")
async def rollback_rule(w: Writing, rule_id: UUID, request: RollbackRequest) -> VersionShown:
    """Put an earlier version in force again."""
    how = Step(comment=request.comment, force=request.force)
    version = await assets.rollback(w.session, w.scope, RULE, rule_id, request.version, **how)
    return _version(version, version.version)


@router.get("/{rule_id}/versions")
async def list_rule_versions(w: Reading, rule_id: UUID, limit: Limit = 50, cursor: Cursor = None) -> Page[VersionShown]:
    """Versions, newest first."""
    below = decode_cursor(cursor, int)[0] if cursor else None
    assert below is None or isinstance(below, int)
    asset = await assets.get(w.session, RULE, rule_id)
    found = await assets.list_versions(w.session, RULE, rule_id, limit=limit, below=below)
    page = page_of(found, limit, lambda version: (version.version,))
    shown = [_version(version, asset.published_version) for version in page.items]
    return Page[VersionShown](items=shown, next_cursor=page.next_cursor)


@router.post("/{rule_id}/explanation")
async def explain_rule(caller: Reader, core: CoreOf, rule_id: UUID, request: ExplanationRequest) -> Explanation:
    """Why a key fires at an instant, with a proof; or why not: the first failing part, its value and the distance."""
    at = request.at or core.clock.now()
    async with core.db.transaction(caller.scope) as session:
        watched = await service.load_watched(session, rule_id, request.key, at)
    return await service.explain(core, caller.scope, watched, request.key, at)


async def _answer(w: Work, asset: Asset, response: Response) -> RuleShown:
    response.headers["ETag"] = assets.etag(asset)
    runs = await service.runs_of(w.session, [asset])
    return _shown(asset, runs.get(asset.id))


def _shown(asset: Asset, run: RuleRunRow | None) -> RuleShown:
    definition = assets.read_stored(RULE, asset.draft)
    assert isinstance(definition, RuleDocument)
    return RuleShown(
        id=asset.id,
        name=asset.name,
        slug=asset.slug,
        state=asset.state,
        revision=asset.draft_revision,
        published_version=asset.published_version,
        definition=definition,
        in_force=None if run is None else _in_force(run),
        created_at=asset.created_at,
        created_by=asset.created_by,
        updated_at=asset.updated_at,
        updated_by=asset.updated_by,
    )


def _in_force(run: RuleRunRow) -> InForceShown:
    return InForceShown(
        version=run.version,
        started_at=run.started_at,
        quarantined_at=run.quarantined_at,
        quarantine_reason=run.quarantine_reason,
        quarantine_count=run.quarantine_count,
        evaluated=run.evaluated,
        matched=run.matched,
        fired=run.fired,
        late=run.late,
        mean_cost_us=run.spent_s / run.evaluated * 1e6 if run.evaluated else None,
        evaluated_at=run.evaluated_at,
        fired_at=run.fired_at,
    )


def _version(version: AssetVersion, published: int | None) -> VersionShown:
    definition, fault = assets.read_or_why(RULE.name, RuleDocument, version.content)
    return VersionShown.of(version, published, definition=definition, fault=fault)
