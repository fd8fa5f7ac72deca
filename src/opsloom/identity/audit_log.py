"""Reading the audit log, and proving that nobody rewrote it."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.identity.chain import GENESIS, Line, link
from opsloom.identity.models import AuditEntry, AuditHead
from opsloom.identity.scope import Scope

_BATCH: Final = 1000
_NO_LIMIT: Final = 2**63 - 1
_COLUMNS: Final = tuple(AuditEntry.__table__.c)


class Break(StrEnum):
    """What is wrong with the first entry that does not fit."""

    MISSING = "an entry is missing before this one"
    UNLINKED = "the entry does not follow the one before it"
    CHANGED = "the entry was changed after it was written"
    CUT = "entries are missing at the end"


@dataclass(frozen=True, slots=True)
class Verification:
    """`broken_seq` is the first entry that does not fit; None when the whole chain holds."""

    entries: int
    broken_seq: int | None = None
    reason: Break | None = None

    @property
    def intact(self) -> bool:
        return self.broken_seq is None


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries to list; None means any."""

    action: str | None = None
    actor_id: str | None = None
    target_kind: str | None = None
    target_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


async def entries(
    session: AsyncSession, scope: Scope, wanted: Filter, *, before_seq: int | None, limit: int
) -> Sequence[AuditEntry]:
    """The latest entries first; one more than `limit` when there are more."""
    query = select(AuditEntry).where(AuditEntry.tenant_id == scope.tenant_id)
    for column, value in (
        (AuditEntry.action, wanted.action),
        (AuditEntry.actor_id, wanted.actor_id),
        (AuditEntry.target_kind, wanted.target_kind),
        (AuditEntry.target_id, wanted.target_id),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.since is not None:
        query = query.where(AuditEntry.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(AuditEntry.at < wanted.until)
    if before_seq is not None:
        query = query.where(AuditEntry.seq < before_seq)
    return (await session.scalars(query.order_by(AuditEntry.seq.desc()).limit(limit + 1))).all()


async def verify(session: AsyncSession, scope: Scope) -> Verification:
    """Recompute the tenant's chain from its beginning to its head, in batches."""
    head = await session.scalar(select(AuditHead).where(AuditHead.tenant_id == scope.tenant_id))
    head_seq, head_hash = (head.seq, head.hash) if head is not None else (0, GENESIS)
    last_seq = head_seq if head is not None else _NO_LIMIT
    seq, previous = 0, GENESIS
    async for entry in _up_to(session, scope, last_seq):
        reason = _fault(entry, seq, previous)
        if reason is not None:
            return Verification(seq, entry.seq, reason)
        seq, previous = entry.seq, entry.hash
    if seq != head_seq or previous != head_hash:
        return Verification(seq, seq + 1, Break.CUT)
    return Verification(seq)


def _fault(entry: Row[tuple[object, ...]], seq: int, previous: bytes) -> Break | None:
    if entry.seq != seq + 1:
        return Break.MISSING
    if entry.prev_hash != previous:
        return Break.UNLINKED
    line = Line(**{name: getattr(entry, name) for name in Line.__slots__})
    return None if link(previous, line) == entry.hash else Break.CHANGED


async def _up_to(session: AsyncSession, scope: Scope, last_seq: int) -> AsyncIterator[Row[tuple[object, ...]]]:
    """Entries as they were when the head was read; what is appended meanwhile belongs to the next verification."""
    seq = 0
    while True:
        batch = (
            await session.execute(
                select(*_COLUMNS)
                .where(AuditEntry.tenant_id == scope.tenant_id, AuditEntry.seq > seq, AuditEntry.seq <= last_seq)
                .order_by(AuditEntry.seq)
                .limit(_BATCH)
            )
        ).all()
        for entry in batch:
            yield entry
        if len(batch) < _BATCH:
            return
        seq = batch[-1].seq
