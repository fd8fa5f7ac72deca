"""The audit log, for those who may read it."""

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime

from opsloom.identity import audit_log
from opsloom.identity.access import Work, work
from opsloom.identity.audit_log import Filter
from opsloom.identity.models import AuditEntry
from opsloom.identity.permissions import Permission
from opsloom.identity.schemas import AuditActor, AuditShown, AuditTarget, AuditVerification
from opsloom.kit.model import Text
from opsloom.kit.paging import Cursor, Limit, Page, decode_cursor, page_of

router = APIRouter(prefix="/api/v1", tags=["audit"])

AuditRead = Annotated[Work, Depends(work(Permission.AUDIT_READ), scope="function")]
Word = Annotated[Text | None, Query(max_length=500)]


class AuditQuery:
    """The list's filters; all given ones must hold."""

    def __init__(
        self, action: Word = None, actor: Word = None, target_kind: Word = None, target_id: Word = None
    ) -> None:
        self.action, self.actor, self.target_kind, self.target_id = action, actor, target_kind, target_id


class Period:
    """From `from` on, before `to`."""

    def __init__(
        self,
        since: Annotated[AwareDatetime | None, Query(alias="from")] = None,
        until: Annotated[AwareDatetime | None, Query(alias="to")] = None,
    ) -> None:
        self.since, self.until = since, until


@router.get("/audit")
async def list_audit_entries(
    w: AuditRead,
    query: Annotated[AuditQuery, Depends()],
    period: Annotated[Period, Depends()],
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[AuditShown]:
    """What was done and refused in this tenant, latest first. `actor` is a user's or key's id."""
    before = decode_cursor(cursor, int)[0] if cursor is not None else None
    assert before is None or isinstance(before, int)
    wanted = Filter(
        query.action, query.actor, query.target_kind, query.target_id, since=period.since, until=period.until
    )
    rows = await audit_log.entries(w.session, w.scope, wanted, before_seq=before, limit=limit)
    return page_of([_shown(row) for row in rows], limit, lambda one: (one.seq,))


@router.get("/audit/verification")
async def verify_audit(w: AuditRead) -> AuditVerification:
    """Recompute the log's hash chain and name the first entry that does not fit."""
    found = await audit_log.verify(w.session, w.scope)
    return AuditVerification(
        intact=found.intact,
        entries=found.entries,
        broken_seq=found.broken_seq,
        reason=found.reason.value if found.reason is not None else None,
    )


def _shown(row: AuditEntry) -> AuditShown:
    return AuditShown(
        seq=row.seq,
        id=row.id,
        at=row.at,
        actor=AuditActor(kind=row.actor_kind, id=row.actor_id, name=row.actor_name),
        action=row.action,
        target=AuditTarget(kind=row.target_kind, id=row.target_id),
        detail=json.loads(row.detail),
        trace_id=row.trace_id,
    )
