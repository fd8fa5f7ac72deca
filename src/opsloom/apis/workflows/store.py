"""Every query of workflow runs. Row security already limits each to the session's tenant."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.apis.workflows.models import WorkflowNode, WorkflowPin, WorkflowRun


async def add(session: AsyncSession, values: Mapping[str, Any]) -> UUID:
    """A new run; the one that is there already when the idempotency key is known."""
    row = insert(WorkflowRun).values(**values)
    made = await session.execute(row.on_conflict_do_nothing().returning(WorkflowRun.id))
    run_id = made.scalar_one_or_none()
    if run_id is not None:
        return run_id
    query = select(WorkflowRun.id).where(
        WorkflowRun.api_id == values["api_id"], WorkflowRun.idempotency_key == values["idempotency_key"]
    )
    return (await session.execute(query)).scalar_one()


async def load(session: AsyncSession, run_id: UUID, *, lock: bool = False) -> WorkflowRun | None:
    """One run; `lock` holds it until the transaction ends (the rows of its nodes do not wait for that)."""
    query = select(WorkflowRun).where(WorkflowRun.id == run_id).execution_options(populate_existing=True)
    return (await session.execute(query.with_for_update(key_share=True) if lock else query)).scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class Filters:
    """Which runs; None is any."""

    api_id: UUID | None = None
    state: str | None = None
    schedule_id: UUID | None = None


async def page(session: AsyncSession, asked: Filters, *, limit: int, before: UUID | None) -> list[WorkflowRun]:
    """Newest first, one more than `limit`."""
    query = select(WorkflowRun).order_by(WorkflowRun.id.desc()).limit(limit + 1)
    if asked.api_id is not None:
        query = query.where(WorkflowRun.api_id == asked.api_id)
    if asked.state is not None:
        query = query.where(WorkflowRun.state == asked.state)
    if asked.schedule_id is not None:
        query = query.where(WorkflowRun.schedule_id == asked.schedule_id)
    if before is not None:
        query = query.where(WorkflowRun.id < before)
    return list((await session.execute(query)).scalars())


async def nodes(session: AsyncSession, run_id: UUID) -> list[WorkflowNode]:
    """What is known of a run's nodes, in the order they began."""
    query = (
        select(WorkflowNode)
        .where(WorkflowNode.run_id == run_id)
        .order_by(WorkflowNode.started_at, WorkflowNode.node_id)
        .execution_options(populate_existing=True)
    )
    return list((await session.execute(query)).scalars())


async def settle(session: AsyncSession, run_id: UUID, node_id: str, values: Mapping[str, Any]) -> None:
    """A node that waited does so no more."""
    await session.execute(
        update(WorkflowNode)
        .where(WorkflowNode.run_id == run_id, WorkflowNode.node_id == node_id)
        .values(wake_at=None, **values)
        .execution_options(synchronize_session=False)
    )


async def change(session: AsyncSession, run_id: UUID, **values: Any) -> None:
    """Set columns of a run."""
    await session.execute(
        update(WorkflowRun)
        .where(WorkflowRun.id == run_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


async def forget(session: AsyncSession, run_id: UUID, node_ids: Iterable[str]) -> None:
    """Drop what became of nodes, so that they run again."""
    gone = delete(WorkflowNode).where(WorkflowNode.run_id == run_id, WorkflowNode.node_id.in_(list(node_ids)))
    await session.execute(gone.execution_options(synchronize_session=False))


async def cancel_rest(session: AsyncSession, run_id: UUID, now: datetime) -> None:
    """Nodes that still wait will not go on."""
    await session.execute(
        update(WorkflowNode)
        .where(WorkflowNode.run_id == run_id, WorkflowNode.state == "waiting")
        .values(state="cancelled", ended_at=now, wake_at=None)
        .execution_options(synchronize_session=False)
    )


async def pins(session: AsyncSession, api_id: UUID) -> list[WorkflowPin]:
    """A draft's pinned outputs, by node."""
    query = select(WorkflowPin).where(WorkflowPin.api_id == api_id).order_by(WorkflowPin.node_id)
    return list((await session.execute(query)).scalars())


async def pin(session: AsyncSession, values: Mapping[str, Any]) -> None:
    """A node's output, new or in place of another."""
    row = insert(WorkflowPin).values(**values)
    changed = {name: values[name] for name in ("output", "port", "updated_at", "updated_by")}
    await session.execute(row.on_conflict_do_update(index_elements=["tenant_id", "api_id", "node_id"], set_=changed))


async def unpin(session: AsyncSession, api_id: UUID, node_id: str) -> None:
    """Drop a node's output."""
    gone = delete(WorkflowPin).where(WorkflowPin.api_id == api_id, WorkflowPin.node_id == node_id)
    await session.execute(gone.execution_options(synchronize_session=False))
