"""Deciding by a link, over HTTP. Open to whoever has one: the link is the credential, sent in the body so that no log keeps it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.security import HTTPAuthorizationCredentials

from opsloom.apis.workflow import LinkFor
from opsloom.apis.workflows import approvals
from opsloom.apis.workflows.approvals import Member, Said
from opsloom.apis.workflows.schemas import (
    ApprovalDecidedShown,
    ApprovalLinkDecision,
    ApprovalLinkRequest,
    ApprovalQuestionShown,
)
from opsloom.identity import access
from opsloom.identity.errors import PermissionMissing
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core

router = APIRouter(prefix="/api/v1/approval-links", tags=["workflows"])

CoreOf = Annotated[Core, Depends(access.core_of)]


@router.post("/question")
async def read_approval_link(request: Request, core: CoreOf, asked: ApprovalLinkRequest) -> ApprovalQuestionShown:
    """What a link asks. Nothing is decided by looking."""
    found = await approvals.look(core, asked.token, _member(request))
    return ApprovalQuestionShown(
        api_name=found.run.api_name,
        node=found.node.name or found.node.id,
        question=found.row.asked or "",
        asked_by=found.run.asked_by,
        asked_at=found.row.started_at,
        expires_at=found.link.expires_at,
        members_only=found.node.link is LinkFor.MEMBERS,
    )


@router.post("/decision")
async def decide_by_link(request: Request, core: CoreOf, answer: ApprovalLinkDecision) -> ApprovalDecidedShown:
    """Answer the question of a link, once; the run goes on."""
    said = Said(answer.token, answer.approve, answer.comment)
    by = await approvals.decide(core, said, _member(request))
    return ApprovalDecidedShown(approved=answer.approve, decided_by=by)


def _member(request: Request) -> Member:
    async def member() -> Scope:
        kind, _, text = request.headers.get("authorization", "").partition(" ")
        bearer = (
            HTTPAuthorizationCredentials(scheme=kind, credentials=text.strip()) if kind.lower() == "bearer" else None
        )
        cookie = request.cookies.get(access.SESSION_COOKIE)
        caller = await access.authenticated(request, bearer, request.headers.get("x-api-key"), cookie)
        if not caller.scope.allows(Permission.APIS_RUN):
            raise PermissionMissing(
                f"This needs the permission {Permission.APIS_RUN.value}.",
                hint="Ask an administrator for a role that has it.",
            )
        return caller.scope

    return member
