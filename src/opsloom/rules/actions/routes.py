"""Calls of rules over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from opsloom.identity.access import Work, work
from opsloom.identity.permissions import Permission
from opsloom.kit.paging import Cursor, Limit, Page, decode_cursor, page_of
from opsloom.rules.actions import service
from opsloom.rules.actions.schemas import RuleCallShown

router = APIRouter(prefix="/api/v1/rules", tags=["rules"])

Reading = Annotated[Work, Depends(work(Permission.RULES_READ, Permission.ALERTS_READ), scope="function")]


@router.get("/{rule_id}/calls")
async def list_rule_calls(w: Reading, rule_id: UUID, limit: Limit = 50, cursor: Cursor = None) -> Page[RuleCallShown]:
    """What the rule's alerts have called, newest first: with which values, and what became of it."""
    before: Any = decode_cursor(cursor, UUID)[0] if cursor else None
    found = await service.listed(w.session, rule_id, limit=limit, before=before)
    page = page_of(found, limit, lambda row: (row.id,))
    return Page[RuleCallShown](
        items=[RuleCallShown.model_validate(row) for row in page.items], next_cursor=page.next_cursor
    )
