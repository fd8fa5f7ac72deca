"""Baselines over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from opsloom.identity.access import Work, work
from opsloom.identity.permissions import Permission
from opsloom.kit.paging import Cursor, Limit, Page, decode_cursor, page_of
from opsloom.rules.learning import service
from opsloom.rules.learning.schemas import BaselineShown, ResetRequest, ResetShown

router = APIRouter(prefix="/api/v1/rules", tags=["rules"])

Reading = Annotated[Work, Depends(work(Permission.RULES_READ), scope="function")]
Writing = Annotated[Work, Depends(work(Permission.RULES_WRITE), scope="function")]


@router.get("/{rule_id}/baselines")
async def list_rule_baselines(
    w: Reading, rule_id: UUID, limit: Limit = 50, cursor: Cursor = None
) -> Page[BaselineShown]:
    """What an anomaly rule has learnt of each key, by key."""
    after: Any = decode_cursor(cursor, str)[0] if cursor else None
    found = await service.listed(w.session, rule_id, limit=limit, after=after)
    page = page_of(found, limit, lambda one: (one.key,))
    return Page[BaselineShown](items=page.items, next_cursor=page.next_cursor)


@router.post("/{rule_id}/baselines/reset")
async def reset_rule_baselines(w: Writing, rule_id: UUID, request: ResetRequest) -> ResetShown:
    """Let an anomaly rule learn a key, or all of them, anew from here on; its open alerts stay as they are."""
    return ResetShown(forgotten=await service.reset(w.session, w.scope, rule_id, request.key))
