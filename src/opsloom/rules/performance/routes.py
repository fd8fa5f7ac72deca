"""Performance of rules over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, status

from opsloom.identity.access import Work, work
from opsloom.identity.permissions import Permission
from opsloom.rules.performance import service
from opsloom.rules.performance.schemas import PerformanceShown

router = APIRouter(prefix="/api/v1/rules", tags=["rules"])

Reading = Annotated[Work, Depends(work(Permission.RULES_READ), scope="function")]
Writing = Annotated[Work, Depends(work(Permission.RULES_WRITE), scope="function")]


@router.get("/performance")
async def show_rule_performance(
    w: Reading,
    hours: Annotated[int, Query(ge=1, le=168, description="How many hours back, the current one among them.")] = 1,
    limit: Annotated[int, Query(ge=1, le=500, description="How many rules at most.")] = 100,
) -> PerformanceShown:
    """What the engine and the rules in force took, as the engine measured it: quarantined rules first, then the costliest."""
    return await service.performance(w.session, w.core.clock.now(), hours, limit)


@router.post("/{rule_id}/release", status_code=status.HTTP_204_NO_CONTENT)
async def release_rule(w: Writing, rule_id: UUID) -> None:
    """Let a rule out of quarantine: it runs again from where the engine is, with the states it had."""
    await service.release(w.session, w.scope, rule_id)
