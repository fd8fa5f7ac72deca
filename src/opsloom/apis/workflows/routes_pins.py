"""Pinned outputs over HTTP: test data of a draft, in no version."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, status

from opsloom.apis.kind import ApiKind
from opsloom.apis.workflow import NodeId
from opsloom.apis.workflows import store
from opsloom.apis.workflows.schemas import PinnedOutputRequest, PinnedOutputShown
from opsloom.assets import service as assets
from opsloom.identity.access import Work, work
from opsloom.identity.permissions import Permission
from opsloom.kit.paging import Page

router = APIRouter(prefix="/api/v1/apis/{api_id}/pins", tags=["workflows"])

Reading = Annotated[Work, Depends(work(Permission.APIS_READ), scope="function")]
Writing = Annotated[Work, Depends(work(Permission.APIS_WRITE), scope="function")]


@router.get("")
async def list_pins(w: Reading, api_id: UUID) -> Page[PinnedOutputShown]:
    """What nodes of the draft give in trials instead of running."""
    await assets.get(w.session, w.core.part(ApiKind), api_id)
    return Page[PinnedOutputShown](
        items=[PinnedOutputShown.model_validate(pin) for pin in await store.pins(w.session, api_id)]
    )


@router.put("/{node_id}")
async def pin_output(w: Writing, api_id: UUID, node_id: NodeId, request: PinnedOutputRequest) -> PinnedOutputShown:
    """Let a node give this in trials."""
    await assets.get(w.session, w.core.part(ApiKind), api_id)
    values = {
        "tenant_id": w.scope.tenant_id, "api_id": api_id, "node_id": node_id, "output": request.output, "port": request.port,
        "updated_at": w.core.clock.now(), "updated_by": w.scope.actor.name,
    }  # fmt: skip
    await store.pin(w.session, values)
    return PinnedOutputShown(**values)


@router.delete("/{node_id}", status_code=status.HTTP_204_NO_CONTENT)
async def unpin_output(w: Writing, api_id: UUID, node_id: NodeId) -> None:
    """Let it run again."""
    await assets.get(w.session, w.core.part(ApiKind), api_id)
    await store.unpin(w.session, api_id, node_id)
