"""Deciding by a link: what is shown to whoever has it, and what his answer does."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.apis.errors import ApprovalLinkInvalid, WorkflowRunEnded
from opsloom.apis.workflow import ApprovalNode, LinkFor
from opsloom.apis.workflows import links, store
from opsloom.apis.workflows.calls import graph_of
from opsloom.apis.workflows.durable import DurableRuns
from opsloom.apis.workflows.graph import NodeState
from opsloom.apis.workflows.links import Asked
from opsloom.identity import audit
from opsloom.identity.scope import Actor, ActorKind, Scope
from opsloom.infra.core import Core

BY_LINK = Actor(ActorKind.SYSTEM, None, "signed link")
Member = Callable[[], Awaitable[Scope]]
"""Who is signed in and may run APIs. Raises SignInRequired and its like."""


@dataclass(frozen=True, slots=True)
class Said:
    """An answer given by a link."""

    token: str
    approve: bool
    comment: str


async def make_link(
    session: AsyncSession, core: Core, scope: Scope, of: tuple[UUID, str]
) -> tuple[str, datetime | None]:
    """The link of a node that waits. Raises WorkflowRunNotFound, WorkflowRunEnded."""
    run_id, node_id = of
    run = await core.part(DurableRuns).get(session, run_id, lock=True)
    node = graph_of(run).nodes.get(node_id)
    row = next((each for each in await store.nodes(session, run_id) if each.node_id == node_id), None)
    if not isinstance(node, ApprovalNode) or row is None or row.state != NodeState.WAITING:
        raise WorkflowRunEnded("Nobody waits for an answer there (any more).", hint="Load the run again.")
    if node.link is LinkFor.NOBODY:
        raise WorkflowRunEnded("This node gives out no links.", hint="Set its `link`, and publish the workflow.")
    url = await links.address(session, core, run, node_id)
    if row.wake_at is not None:
        await links.begin(session, run, node_id, row.wake_at)
    await audit.record(session, scope, "workflow.link_made", "workflow_run", run_id, {"node": node_id})
    return url, row.wake_at


async def look(core: Core, token: str, member: Member) -> Asked:
    """What a link asks; nothing is decided. Raises ApprovalLinkInvalid, ApprovalLinkUsed, ApprovalLinkExpired, SignInRequired."""
    async with core.db.transaction(Scope.claimed(links.tenant_of(token))) as session:
        found = await links.asked(session, core, token)
    if found.node.link is LinkFor.MEMBERS:
        await _member_of(found, member)
    return found


async def decide(core: Core, said: Said, member: Member) -> str:
    """Answer by a link; who did, as the run shows it. Raises what `look` raises."""
    found = await look(core, said.token, member)
    run, node_id = found.run, found.node.id
    scope = Scope(run.tenant_id, BY_LINK, frozenset())
    if found.node.link is LinkFor.MEMBERS:
        scope = await _member_of(found, member)
    async with core.db.transaction(scope) as session:
        await links.asked(session, core, said.token)  # again, and held now: of two answers at once one is the first
        await core.part(DurableRuns).decide(session, scope, run.id, node_id, (said.approve, said.comment))
        detail = {"node": node_id, "link": str(found.link.id)}
        await audit.record(session, scope, "workflow.link_used", "workflow_run", run.id, detail)
    return scope.actor.name


async def _member_of(found: Asked, member: Member) -> Scope:
    scope = await member()
    if scope.tenant_id != found.run.tenant_id:
        raise ApprovalLinkInvalid(
            "This is not a link to a decision.", hint="Open it again from where it was sent to you."
        )
    return scope
