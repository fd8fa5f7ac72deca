"""Links by which a person decides a node, once.

Invariant: a link says nothing that can be read or changed: it is sealed (`infra.links`), names one row, and the row names one
node of one run. Looking at it decides nothing. It serves while its node waits, until it expires, and once; a node that is repeated gets
another.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.apis.errors import ApprovalLinkExpired, ApprovalLinkInvalid, ApprovalLinkUsed
from opsloom.apis.workflow import ApprovalNode, LinkFor
from opsloom.apis.workflows import store
from opsloom.apis.workflows.calls import graph_of
from opsloom.apis.workflows.graph import Graph, NodeState
from opsloom.apis.workflows.models import ApprovalLink, WorkflowNode, WorkflowRun
from opsloom.infra import links as sealed_links
from opsloom.infra.core import Core
from opsloom.infra.links import LinkUnreadable
from opsloom.infra.secrets import Secrets
from opsloom.kit.ids import new_id

_PURPOSE: Final = "approval-link"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a link leads to."""

    link: ApprovalLink
    run: WorkflowRun
    node: ApprovalNode
    row: WorkflowNode


def givers(graph: Graph, settled: Iterable[str]) -> list[str]:
    """The nodes that may give a link and have not ended."""
    ended = frozenset(settled)
    return [
        node.id
        for node in graph.nodes.values()
        if isinstance(node, ApprovalNode) and node.link is not LinkFor.NOBODY and node.id not in ended
    ]


async def address(session: AsyncSession, core: Core, run: WorkflowRun, node_id: str) -> str:
    """The page of a node's link; the link is made when there is none that can be used."""
    values = {
        "tenant_id": run.tenant_id,
        "id": new_id(),
        "run_id": run.id,
        "node_id": node_id,
        "created_at": core.clock.now(),
    }
    await session.execute(insert(ApprovalLink).values(**values).on_conflict_do_nothing())
    link = (await session.execute(_open(run.id, node_id))).scalar_one()
    token = await sealed_links.seal(session, core.part(Secrets), run.tenant_id, _PURPOSE, link.id.hex)
    # Behind the mark: what stands there is not sent with the request, so it is in no log of an address.
    return f"{core.settings.origin}/approval#token={token}"


async def begin(session: AsyncSession, run: WorkflowRun, node_id: str, expires_at: datetime) -> None:
    """The node asks from now on, until a moment."""
    opened = update(ApprovalLink).where(
        ApprovalLink.run_id == run.id, ApprovalLink.node_id == node_id, ApprovalLink.used_at.is_(None)
    )
    await session.execute(opened.values(expires_at=expires_at).execution_options(synchronize_session=False))


async def close(session: AsyncSession, run_id: UUID, node_id: str, now: datetime) -> None:
    """The node has been decided, by whatever way."""
    opened = update(ApprovalLink).where(
        ApprovalLink.run_id == run_id, ApprovalLink.node_id == node_id, ApprovalLink.used_at.is_(None)
    )
    await session.execute(opened.values(used_at=now).execution_options(synchronize_session=False))


def tenant_of(token: str) -> UUID:
    """Whose link it claims to be. Raises ApprovalLinkInvalid."""
    try:
        return sealed_links.tenant_of(token)
    except LinkUnreadable:
        raise _invalid() from None


async def asked(session: AsyncSession, core: Core, token: str) -> Asked:
    """What a link leads to, held until the transaction ends. Raises ApprovalLinkInvalid, ApprovalLinkUsed, ApprovalLinkExpired."""
    try:
        said = await sealed_links.read(session, core.part(Secrets), _PURPOSE, token)
    except LinkUnreadable:
        raise _invalid() from None
    link = await session.get(ApprovalLink, (tenant_of(token), UUID(hex=said)))
    run = None if link is None else await store.load(session, link.run_id, lock=True)
    if link is None or run is None:
        raise _invalid()
    await session.refresh(link)
    rows = {row.node_id: row for row in await store.nodes(session, run.id)}
    row, node = rows.get(link.node_id), graph_of(run).nodes.get(link.node_id)
    if link.used_at is not None:
        raise ApprovalLinkUsed("This has been decided already.", hint="Nothing more is to be done.")
    if link.expires_at is not None and link.expires_at <= core.clock.now():
        raise ApprovalLinkExpired("This link has expired.", hint="Ask whoever sent it for another way.")
    if row is None or row.state != NodeState.WAITING or not isinstance(node, ApprovalNode):
        raise ApprovalLinkUsed("Nobody waits for an answer here now.", hint="It has ended, or has not come so far yet.")
    return Asked(link, run, node, row)


def _open(run_id: UUID, node_id: str) -> Select[ApprovalLink]:
    return select(ApprovalLink).where(
        ApprovalLink.run_id == run_id, ApprovalLink.node_id == node_id, ApprovalLink.used_at.is_(None)
    )


def _invalid() -> ApprovalLinkInvalid:
    return ApprovalLinkInvalid("This is not a link to a decision.", hint="Open it again from where it was sent to you.")
