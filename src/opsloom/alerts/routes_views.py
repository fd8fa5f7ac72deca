"""Saved views of the alert board: its filters under a name, private or shared."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, status
from pydantic import Field

from opsloom.alerts.lifecycle import AlertState, Severity
from opsloom.assets import views
from opsloom.assets.views import ViewDraft
from opsloom.identity.access import Work, work
from opsloom.identity.permissions import Permission
from opsloom.kit.model import Name, Shown, Text, Wire
from opsloom.kit.paging import Page

router = APIRouter(prefix="/api/v1/alert-views", tags=["alerts"])
Reading = Annotated[Work, Depends(work(Permission.ALERTS_READ), scope="function")]
_SUBJECT: Final = "alerts"
Value = Annotated[Text, Field(max_length=1000)]


class AlertFilters(Wire):
    """The board's filters, as its query takes them; a label is `name=value`."""

    q: Annotated[Text, Field(max_length=200)] = ""
    state: Annotated[list[AlertState], Field(max_length=5)] = Field(default_factory=list)
    severity: Annotated[list[Severity], Field(max_length=3)] = Field(default_factory=list)
    rule: Annotated[list[UUID], Field(max_length=50)] = Field(default_factory=list)
    assignee: Annotated[list[Value], Field(max_length=50)] = Field(default_factory=list)
    label: Annotated[list[Value], Field(max_length=50)] = Field(default_factory=list)


class AlertViewRequest(Wire):
    """`shared`: everybody of the tenant sees it; only its owner changes it."""

    name: Name
    filters: AlertFilters
    shared: bool = False

    def draft(self) -> ViewDraft:
        """The same for the store of views."""
        return ViewDraft(self.name, self.filters.model_dump(mode="json"), self.shared, _SUBJECT)


class AlertViewShown(Shown):
    """A saved view; `mine` may be changed."""

    id: UUID
    name: str
    filters: AlertFilters
    shared: bool
    mine: bool
    owner_name: str
    created_at: datetime
    updated_at: datetime


@router.get("")
async def list_alert_views(w: Reading) -> Page[AlertViewShown]:
    """The caller's views and the shared ones, by name."""
    found = await views.visible(w.session, w.scope, _SUBJECT)
    return Page[AlertViewShown](items=[_shown(w, each) for each in found])


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_alert_view(w: Reading, request: AlertViewRequest) -> AlertViewShown:
    """Keep the board's filters under a name."""
    return _shown(w, await views.create(w.session, w.scope, request.draft()))


@router.put("/{view_id}")
async def save_alert_view(w: Reading, view_id: UUID, request: AlertViewRequest) -> AlertViewShown:
    """Replace one of the caller's views."""
    return _shown(w, await views.save(w.session, w.scope, view_id, request.draft()))


@router.delete("/{view_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_alert_view(w: Reading, view_id: UUID) -> None:
    """Forget one of the caller's views."""
    await views.remove(w.session, w.scope, view_id, _SUBJECT)


def _shown(w: Work, view: views.AssetView) -> AlertViewShown:
    return AlertViewShown(
        id=view.id,
        name=view.name,
        filters=AlertFilters.model_validate(view.filters),
        shared=view.shared,
        mine=view.owner_id == views.owner_of(w.scope),
        owner_name=view.owner_name,
        created_at=view.created_at,
        updated_at=view.updated_at,
    )
