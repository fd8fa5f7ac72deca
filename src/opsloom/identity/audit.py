"""The audit log: who did what to which thing, written in the transaction that did it.

Invariant: an entry exists exactly if its transaction committed. `record` only collects; the entries are chained and
written when the unit of work ends, so that the lock on the tenant's head is held for the commit and nothing else. What
happens in a savepoint that is rolled back leaves no entry. Refusals change nothing, so they have a transaction of their own.
Before a tenant is known, entries go to the nil tenant's chain, which nobody can read over HTTP but `opsloom doctor` verifies.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import event, insert, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session as SyncSession
from sqlalchemy.orm import SessionTransaction

from opsloom.identity import audit_log
from opsloom.identity.chain import GENESIS, Line, clean, detail_text, link
from opsloom.identity.claims import inside_tenant
from opsloom.identity.models import AuditEntry
from opsloom.identity.scope import Scope
from opsloom.infra.db import Database
from opsloom.kit.ids import new_id

_PENDING: Final = "audit"
_FINISHERS: Final = "before_commit"

_LOCK_HEAD = text("select seq, hash, clock_timestamp() as at from audit_heads where tenant_id = :tenant for update")
_ADD_HEAD = text("insert into audit_heads (tenant_id, seq, hash) values (:tenant, 0, :genesis) on conflict do nothing")
_MOVE_HEAD = text("update audit_heads set seq = :seq, hash = :hash where tenant_id = :tenant")


@dataclass(frozen=True, slots=True)
class _Pending:
    scope: Scope
    action: str
    target_kind: str
    target_id: str
    detail: str
    savepoints: tuple[SessionTransaction, ...]


async def record(
    session: AsyncSession,
    scope: Scope,
    action: str,
    target_kind: str,
    target_id: object,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Note an action of the running transaction, e.g. `record(s, scope, "rule.published", "rule", rule.id, {...})`.

    `detail` must be JSON without secrets; ids and instants in it are written as text.
    """
    sync = session.sync_session
    pending: list[_Pending] = session.info.setdefault(_PENDING, [])
    if not pending:
        event.listen(sync, "after_soft_rollback", _drop_rolled_back)
        session.info.setdefault(_FINISHERS, []).append(_write_pending)
    pending.append(
        _Pending(scope, action, target_kind, clean(str(target_id)), detail_text(detail), _open_savepoints(sync))
    )


async def of_target(
    session: AsyncSession, scope: Scope, target: tuple[str, object], *, before_seq: int | None, limit: int
) -> Sequence[AuditEntry]:
    """What was done to one thing (its kind and id), latest first; one more than `limit` when there are more."""
    wanted = audit_log.Filter(target_kind=target[0], target_id=clean(str(target[1])))
    return await audit_log.entries(session, scope, wanted, before_seq=before_seq, limit=limit)


async def denied(db: Database, scope: Scope, operation: str, detail: Mapping[str, object] | None = None) -> None:
    """Record a refusal in a transaction of its own. `operation` is the method and path template."""
    async with db.transaction(scope) as session:
        await record(session, scope, "access.denied", "operation", operation, detail)


async def _write_pending(session: AsyncSession) -> None:
    pending: list[_Pending] = session.info.pop(_PENDING, [])
    by_tenant: dict[UUID, list[_Pending]] = {}
    for one in pending:
        by_tenant.setdefault(one.scope.tenant_id, []).append(one)
    for tenant_id in sorted(by_tenant):  # always in one order, so that two writers cannot wait for each other
        async with inside_tenant(session, tenant_id):
            await _append(session, tenant_id, by_tenant[tenant_id])


async def _append(session: AsyncSession, tenant_id: UUID, pending: Sequence[_Pending]) -> None:
    head = (await session.execute(_LOCK_HEAD, {"tenant": tenant_id})).one_or_none()
    if head is None:
        await session.execute(_ADD_HEAD, {"tenant": tenant_id, "genesis": GENESIS})
        head = (await session.execute(_LOCK_HEAD, {"tenant": tenant_id})).one()
    seq, previous = head.seq, head.hash
    rows: list[dict[str, object]] = []
    for one in pending:
        seq += 1
        actor = one.scope.actor
        line = Line(
            tenant_id=tenant_id,
            seq=seq,
            id=new_id(),
            at=head.at,
            actor_kind=actor.kind.value,
            actor_id=str(actor.id or ""),
            actor_name=clean(actor.name),
            action=one.action,
            target_kind=one.target_kind,
            target_id=one.target_id,
            detail=one.detail,
            trace_id=one.scope.trace_id,
        )
        current = link(previous, line)
        rows.append({**line.fields(), "prev_hash": previous, "hash": current})
        previous = current
    await session.execute(insert(AuditEntry), rows)
    await session.execute(_MOVE_HEAD, {"tenant": tenant_id, "seq": seq, "hash": previous})


def _open_savepoints(sync: SyncSession) -> tuple[SessionTransaction, ...]:
    found: list[SessionTransaction] = []
    current: SessionTransaction | None = sync.get_nested_transaction()
    while current is not None and current.nested:
        found.append(current)
        current = current.parent
    return tuple(found)


def _drop_rolled_back(sync: SyncSession, ended: SessionTransaction) -> None:
    pending = sync.info.get(_PENDING)
    if pending:
        pending[:] = [one for one in pending if ended not in one.savepoints]
