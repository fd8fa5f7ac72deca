"""HTTP around the list of assets: one step for many, and saved views."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, status
from pydantic import Field, model_validator

from opsloom.assets import bulk, views
from opsloom.assets.bulk import BulkAction, Order, Outcome
from opsloom.assets.kinds import Kinds
from opsloom.assets.models import AssetState, AssetView
from opsloom.assets.routes_access import Reading
from opsloom.assets.schemas import Comment, KindName, Tag
from opsloom.assets.views import ViewDraft
from opsloom.identity.access import Work
from opsloom.kit.model import Name, Shown, Text, Wire
from opsloom.kit.paging import Page

router = APIRouter(prefix="/api/v1", tags=["assets"])


class BulkRequest(Wire):
    """`tag` is for tagging and untagging. `preview`: nothing is changed, the answer says what would be."""

    ids: Annotated[list[UUID], Field(min_length=1, max_length=200)]
    action: BulkAction
    tag: Tag | None = None
    comment: Comment = ""
    force: bool = False
    preview: bool = False

    @model_validator(mode="after")
    def _agree(self) -> "BulkRequest":
        if (self.tag is None) == (self.action in (BulkAction.TAG, BulkAction.UNTAG)):
            raise ValueError("`tag` belongs to the actions tag and untag")
        return self


class OutcomeShown(Shown):
    """What became of one asset, or would; `code` and `detail` say why it was refused. In a preview the totals count who uses
    it and who would break."""

    id: UUID
    done: bool
    state: str | None = None
    name: str | None = None
    code: str | None = None
    detail: str | None = None
    dependants_total: int | None = None
    breaks_total: int | None = None


class BulkShown(Shown):
    items: list[OutcomeShown]
    done: int
    refused: int


class ViewFilters(Wire):
    """The list's filters, as its query takes them."""

    q: Annotated[Text, Field(max_length=200)] = ""
    kind: Annotated[list[KindName], Field(max_length=50)] = Field(default_factory=list)
    state: Annotated[list[AssetState], Field(max_length=3)] = Field(default_factory=list)
    tag: Annotated[list[Tag], Field(max_length=20)] = Field(default_factory=list)
    fault: bool | None = None


class ViewRequest(Wire):
    """`shared`: everybody of the tenant sees it; only its owner changes it."""

    name: Name
    filters: ViewFilters
    shared: bool = False

    def draft(self) -> ViewDraft:
        return ViewDraft(self.name, self.filters.model_dump(mode="json"), self.shared)


class ViewShown(Shown):
    id: UUID
    name: str
    filters: ViewFilters
    shared: bool
    mine: bool
    owner_name: str
    created_at: datetime
    updated_at: datetime


@router.post("/assets/bulk")
async def change_many_assets(w: Reading, request: BulkRequest) -> BulkShown:
    """One step for many assets: each is done or refused by itself, and the answer says which and why."""
    kinds = w.core.part(Kinds)
    if request.preview:
        found = await bulk.look_ahead(w.session, w.scope, kinds, request.ids, request.action)
    else:
        order = Order(request.action, request.comment, request.force, request.tag or "")
        found = await bulk.carry_out(w.session, w.scope, kinds, request.ids, order)
    items = [_outcome(each) for each in found]
    done = sum(each.done for each in items)
    return BulkShown(items=items, done=done, refused=len(items) - done)


def _outcome(each: Outcome) -> OutcomeShown:
    shown = OutcomeShown(id=each.asset_id, done=each.error is None)
    if each.error is not None:
        shown.code, shown.detail = each.error.code, each.error.message
    elif each.asset is not None:
        shown.state, shown.name = each.asset.state, each.asset.name
    if each.impact is not None:
        shown.dependants_total, shown.breaks_total = len(each.impact.dependants), len(each.impact.broken)
    return shown


@router.get("/asset-views")
async def list_asset_views(w: Reading) -> Page[ViewShown]:
    """The caller's views and the shared ones, by name."""
    return Page[ViewShown](items=[_view(w, each) for each in await views.visible(w.session, w.scope)])


@router.post("/asset-views", status_code=status.HTTP_201_CREATED)
async def create_asset_view(w: Reading, request: ViewRequest) -> ViewShown:
    """Keep a list's filters under a name."""
    return _view(w, await views.create(w.session, w.scope, request.draft()))


@router.put("/asset-views/{view_id}")
async def save_asset_view(w: Reading, view_id: UUID, request: ViewRequest) -> ViewShown:
    """Replace one of the caller's views."""
    return _view(w, await views.save(w.session, w.scope, view_id, request.draft()))


@router.delete("/asset-views/{view_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_asset_view(w: Reading, view_id: UUID) -> None:
    """Forget one of the caller's views."""
    await views.remove(w.session, w.scope, view_id)


def _view(w: Work, view: AssetView) -> ViewShown:
    return ViewShown(
        id=view.id,
        name=view.name,
        filters=ViewFilters.model_validate(view.filters),
        shared=view.shared,
        mine=view.owner_id == views.owner_of(w.scope),
        owner_name=view.owner_name,
        created_at=view.created_at,
        updated_at=view.updated_at,
    )
