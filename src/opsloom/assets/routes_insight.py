"""HTTP of what is known about an asset: what it uses and who uses it, what a step would break, what changed and who did it."""

import json
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from opsloom.assets import diff, graph, links, preview, service
from opsloom.assets.content import read_content
from opsloom.assets.graph import Graph
from opsloom.assets.impact import Dependant
from opsloom.assets.kinds import Breaking, Kind, Kinds
from opsloom.assets.links import Broken, Use
from opsloom.assets.models import Asset, AssetState
from opsloom.assets.preview import Action
from opsloom.assets.routes_access import Reading, hidden_kinds, readable, readable_kind
from opsloom.assets.schemas import (
    BreakingShown,
    ChangeShown,
    DependantShown,
    DiffShown,
    EdgeShown,
    GraphShown,
    HistoryShown,
    ImpactShown,
    LinkShown,
    LinksShown,
    NodeShown,
)
from opsloom.identity import audit
from opsloom.identity.access import Work
from opsloom.kit.errors import InvalidInput
from opsloom.kit.model import JsonObject
from opsloom.kit.paging import Cursor, Limit, Page, decode_cursor, page_of

router = APIRouter(prefix="/api/v1/assets", tags=["assets"])

_MOST_USERS = 5_000
_MOST_SHOWN = 200
DiffFrom = Annotated[
    int | None, Query(alias="from", ge=0, le=2**31, description="A version; 0 is the draft. Default: in force.")
]
DiffTo = Annotated[int, Query(alias="to", ge=0, le=2**31, description="A version; 0 is the draft.")]


@router.get("/{asset_id}/links")
async def list_asset_links(w: Reading, asset_id: UUID) -> LinksShown:
    """What the draft uses, and everything in force (or about to be) that uses the asset."""
    asset, hidden = await readable(w, asset_id), hidden_kinds(w)
    uses = await links.uses(w.session, asset, links.DRAFT)
    users = await links.used_by(w.session, (asset.kind, asset.slug), drafts=True, limit=_MOST_USERS)
    seen = [each for each in users if each.other is not None and each.other.kind not in hidden]
    return LinksShown(
        uses=[_link(each, each.link.target_kind, each.link.target_key, hidden) for each in uses],
        used_by=[_link(each, each.other.kind, each.other.slug, hidden) for each in seen if each.other is not None],
        hidden=len(users) - len(seen),
    )


def _link(use: Use, kind: str, key: str, hidden: frozenset[str]) -> LinkShown:
    other = None if kind in hidden else use.other
    of_target = use.link.target_key == key and use.link.target_kind == kind
    return LinkShown(
        kind=kind,
        key=key,
        asset_id=other.id if other else None,
        name=other.name if other else None,
        state=other.state if other else None,
        role=use.link.role,
        pointer=use.link.pointer,
        needs=use.link.needs,
        version=use.link.version,
        broken=use.broken if of_target else None,
    )


@router.get("/{asset_id}/graph")
async def read_asset_graph(
    w: Reading, asset_id: UUID, depth: Annotated[int, Query(ge=1, le=6, description="How many steps away.")] = 2
) -> GraphShown:
    """What is around an asset in both directions; the nearest first, at most 200."""
    asset = await readable(w, asset_id)
    found = await graph.around(w.session, (asset.kind, asset.slug), depth, hidden_kinds(w))
    found.assets[asset.kind, asset.slug] = asset
    places = {node: place for place, node in enumerate(found.distances)}
    edges = sorted((places[each.source], places[each.target], each.role) for each in found.edges)
    return GraphShown(
        nodes=[_node(found, kind, key) for kind, key in found.distances],
        edges=[EdgeShown(source=source, target=target, role=role) for source, target, role in edges],
        truncated=found.truncated,
    )


def _node(found: Graph, kind: str, key: str) -> NodeShown:
    asset = found.assets.get((kind, key))
    if asset is None:
        broken: Broken | None = Broken.MISSING
    else:
        broken = None if asset.state == AssetState.PUBLISHED else Broken.NOT_PUBLISHED
    return NodeShown(
        kind=kind,
        key=key,
        asset_id=asset.id if asset else None,
        name=asset.name if asset else None,
        state=asset.state if asset else None,
        distance=found.distances[kind, key],
        broken=broken,
    )


@router.get("/{asset_id}/impact")
async def preview_asset_step(
    w: Reading,
    asset_id: UUID,
    action: Annotated[Action, Query(description="What is about to be done.")],
    version: Annotated[int | None, Query(ge=1, le=2**31, description="For a rollback: to which version.")] = None,
) -> ImpactShown:
    """What a step would break for whom, and whether it would go through; nothing is changed."""
    if action is Action.ROLLBACK and version is None:
        raise InvalidInput("A rollback needs `version`.", hint="Send the version to go back to.")
    asset, kind = await readable_kind(w, asset_id)
    found = await preview.of_step(w.session, w.scope, kind, asset, (action, version))
    return ImpactShown(
        dependants=[_dependant(each) for each in found.impact.dependants[:_MOST_SHOWN]],
        dependants_total=len(found.impact.dependants),
        breaks_total=len(found.impact.broken),
        breaking=[_breaking(each) for each in found.impact.breaking],
        allowed=found.refusal is None,
        reason=found.refusal.message if found.refusal else None,
        code=found.refusal.code if found.refusal else None,
    )


def _dependant(each: Dependant) -> DependantShown:
    return DependantShown(
        id=each.asset.id,
        kind=each.asset.kind,
        key=each.asset.slug,
        name=each.asset.name,
        state=each.asset.state,
        breaks=bool(each.reasons),
        reasons=each.reasons,
    )


def _breaking(each: Breaking) -> BreakingShown:
    return BreakingShown(part=each.part, reason=each.reason)


@router.get("/{asset_id}/diff")
async def compare_asset_versions(w: Reading, asset_id: UUID, from_: DiffFrom = None, to: DiffTo = 0) -> DiffShown:
    """What changed from one version to another, by structure; by default from what is in force to the draft."""
    asset = await readable(w, asset_id)
    start = from_ if from_ is not None else asset.published_version or asset.latest_version or None
    before = {} if start is None else await _content(w, asset, start)
    after = await _content(w, asset, to)
    kinds = w.core.part(Kinds)
    breaking = _broken_by(kinds.named(asset.kind), before, after) if asset.kind in kinds else []
    return DiffShown(
        from_version=start,
        to_version=to,
        changes=[ChangeShown.model_validate(each) for each in diff.diff(before, after)],
        breaking=breaking,
    )


async def _content(w: Work, asset: Asset, version: int) -> JsonObject:
    if version == links.DRAFT:
        return asset.draft
    return (await service.get_version(w.session, asset.id, version)).content


def _broken_by(kind: Kind, before: JsonObject, after: JsonObject) -> list[BreakingShown]:
    """What of it others could notice; nothing, where one of the two cannot be read."""
    try:
        return [_breaking(each) for each in kind.breaking(read_content(kind, before), read_content(kind, after))]
    except InvalidInput:
        return []


@router.get("/{asset_id}/history")
async def list_asset_history(
    w: Reading, asset_id: UUID, limit: Limit = 50, cursor: Cursor = None
) -> Page[HistoryShown]:
    """Who did what to an asset, latest first."""
    asset = await readable(w, asset_id)
    before = decode_cursor(cursor, int)[0] if cursor is not None else None
    assert before is None or isinstance(before, int)
    rows = await audit.of_target(w.session, w.scope, (asset.kind, asset.id), before_seq=before, limit=limit)
    shown = [
        HistoryShown(
            seq=row.seq,
            at=row.at,
            actor_kind=row.actor_kind,
            actor_name=row.actor_name,
            action=row.action,
            detail=json.loads(row.detail),
        )
        for row in rows
    ]
    return page_of(shown, limit, lambda each: (each.seq,))
