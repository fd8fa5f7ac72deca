"""HTTP of escalation policies."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Response, status

from opsloom.alerts.escalation import service
from opsloom.alerts.escalation.models import EscalationPolicy
from opsloom.alerts.escalation.schemas import (
    EscalationPolicyBody,
    EscalationPolicyShown,
    EscalationShown,
    SupposedIncident,
)
from opsloom.assets.service import parse_if_match
from opsloom.identity.access import Work, work
from opsloom.identity.permissions import Permission
from opsloom.kit.paging import Page

router = APIRouter(prefix="/api/v1/escalation-policies", tags=["escalation"])

Reading = Annotated[Work, Depends(work(Permission.ALERTS_READ), scope="function")]
Building = Annotated[Work, Depends(work(Permission.RULES_WRITE), scope="function")]
IfMatch = Annotated[str | None, Header(description="The revision that was edited, as in the ETag.")]


@router.get("")
async def list_escalation_policies(w: Reading) -> Page[EscalationPolicyShown]:
    """All of them, in the order in which an incident is held against them."""
    rows = await service.listed(w.session)
    return Page[EscalationPolicyShown](items=await service.shown(w.session, w.scope, rows, w.core.clock.now()))


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_escalation_policy(
    w: Building, asked: EscalationPolicyBody, response: Response
) -> EscalationPolicyShown:
    """A new policy; incidents that are open already keep theirs."""
    return await _answer(w, response, await service.create(w.session, w.scope, asked, w.core.clock.now()))


@router.post("/preview")
async def preview_escalation(w: Reading, asked: SupposedIncident) -> EscalationShown:
    """Who would be told when, if such an incident opened and nobody did anything. Nobody is told by asking."""
    return await service.suppose(w.session, w.scope, asked, w.core.clock.now())


@router.get("/{escalation_policy_id}")
async def get_escalation_policy(w: Reading, escalation_policy_id: UUID, response: Response) -> EscalationPolicyShown:
    """One policy, with the targets that are gone."""
    return await _answer(w, response, await service.get(w.session, escalation_policy_id))


@router.put("/{escalation_policy_id}")
async def save_escalation_policy(
    w: Building, escalation_policy_id: UUID, asked: EscalationPolicyBody, response: Response, if_match: IfMatch = None
) -> EscalationPolicyShown:
    """Change it; what is still to come of open incidents goes by it as it is then."""
    of = (escalation_policy_id, parse_if_match(if_match))
    return await _answer(w, response, await service.save(w.session, w.scope, of, asked, w.core.clock.now()))


@router.delete("/{escalation_policy_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_escalation_policy(w: Building, escalation_policy_id: UUID) -> None:
    """Take it away; nobody is told by it any more."""
    await service.remove(w.session, w.scope, escalation_policy_id)


async def _answer(w: Work, response: Response, row: EscalationPolicy) -> EscalationPolicyShown:
    response.headers["ETag"] = f'"{row.revision}"'
    (shown,) = await service.shown(w.session, w.scope, [row], w.core.clock.now())
    return shown
