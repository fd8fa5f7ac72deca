"""Every query of the rules domain but the engine's own writes (`saving`). Row security limits each to the session's tenant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.rules.models import EngineProgress, RuleKey, RuleMemory, RuleRunRow, RuleState
from opsloom.rules.runtime import Runtime

Cursor = tuple[int, int]

_ADD_COUNTS = text(
    """
update rule_runs r
set evaluated = r.evaluated + c.evaluated, matched = r.matched + c.matched, late = r.late + c.late,
    fired = r.fired + c.fired, spent_s = r.spent_s + c.spent, evaluated_at = :at,
    fired_at = case when c.fired > 0 then :at else r.fired_at end
from unnest(cast(:rules as uuid[]), cast(:evaluated as bigint[]), cast(:matched as bigint[]), cast(:late as bigint[]),
            cast(:fired as bigint[]), cast(:spent as float8[])) as c(rule_id, evaluated, matched, late, fired, spent)
where r.rule_id = c.rule_id
"""
)


@dataclass(frozen=True)
class Progress:
    """Where the engine stands in both feeds, and the revision it last wrote."""

    revision: int
    samples: Cursor
    events: Cursor


async def progress(session: AsyncSession) -> Progress | None:
    """The tenant's progress; None before the first rule."""
    row = (await session.execute(select(EngineProgress))).scalar_one_or_none()
    if row is None:
        return None
    return Progress(row.revision, (row.sample_txid, row.sample_seq), (row.event_txid, row.event_seq))


async def advance(session: AsyncSession, tenant_id: UUID, old: Progress | None, new: Progress, now: datetime) -> bool:
    """Move the progress on; False when another engine has moved it since `old` was read."""
    values = {
        "revision": new.revision,
        "sample_txid": new.samples[0],
        "sample_seq": new.samples[1],
        "event_txid": new.events[0],
        "event_seq": new.events[1],
        "updated_at": now,
    }
    if old is None:
        first = upsert(EngineProgress).values(tenant_id=tenant_id, **values).on_conflict_do_nothing()
        done = await session.execute(first.returning(EngineProgress.revision))
    else:
        moved = update(EngineProgress).where(EngineProgress.revision == old.revision).values(**values)
        done = await session.execute(moved.returning(EngineProgress.revision))
    return done.first() is not None


async def runs(session: AsyncSession) -> list[RuleRunRow]:
    """Every rule in force."""
    return list((await session.execute(select(RuleRunRow))).scalars())


async def run_of(session: AsyncSession, rule_id: UUID) -> RuleRunRow | None:
    """One rule's row, as it is in the database now."""
    query = select(RuleRunRow).where(RuleRunRow.rule_id == rule_id).execution_options(populate_existing=True)
    return (await session.execute(query)).scalar_one_or_none()


async def put_in_force(session: AsyncSession, tenant_id: UUID, rule_id: UUID, version: int, now: datetime) -> None:
    """Note that a version is in force; a rule that already was keeps when it started, and leaves quarantine."""
    row = upsert(RuleRunRow).values(tenant_id=tenant_id, rule_id=rule_id, version=version, started_at=now)
    fresh = {"version": version, "quarantined_at": None, "quarantine_reason": None}
    await session.execute(
        row.on_conflict_do_update(index_elements=[RuleRunRow.tenant_id, RuleRunRow.rule_id], set_=fresh)
    )


async def take_out_of_force(session: AsyncSession, rule_ids: Sequence[UUID]) -> None:
    """Forget rules, their states and memories."""
    await session.execute(delete(RuleState).where(RuleState.rule_id.in_(rule_ids)))
    await session.execute(delete(RuleMemory).where(RuleMemory.rule_id.in_(rule_ids)))
    await session.execute(delete(RuleRunRow).where(RuleRunRow.rule_id.in_(rule_ids)))


async def set_meaning(session: AsyncSession, rule_id: UUID, version: int, meaning: str) -> None:
    """Note what a rule's stored states depend on from now on."""
    values = {"version": version, "meaning": meaning}
    await session.execute(update(RuleRunRow).where(RuleRunRow.rule_id == rule_id).values(**values))


async def quarantine(session: AsyncSession, rule_id: UUID, reason: str, now: datetime) -> None:
    """Take a rule out of the running set until it is published again."""
    values = {
        "quarantined_at": now,
        "quarantine_reason": reason,
        "quarantine_count": RuleRunRow.quarantine_count + 1,
    }
    await session.execute(update(RuleRunRow).where(RuleRunRow.rule_id == rule_id).values(**values))


async def progressed_at(session: AsyncSession) -> datetime | None:
    """When the engine last moved on."""
    return (await session.execute(select(EngineProgress.updated_at))).scalar_one_or_none()


async def add_counts(session: AsyncSession, runtime: Runtime, now: datetime) -> None:
    """Add what the rules did to their totals."""
    counted = [(run, runtime.evaluated(run), run.table.late + run.counts.late) for run in runtime.runs.values()]
    counted = [each for each in counted if each[1] or each[2] or each[0].counts.fired]
    if not counted:
        return
    values = {
        "rules": [run.program.rule_id for run, _, _ in counted],
        "evaluated": [evaluated for _, evaluated, _ in counted],
        "matched": [run.counts.matched for run, _, _ in counted],
        "late": [late for _, _, late in counted],
        "fired": [run.counts.fired for run, _, _ in counted],
        "spent": [run.counts.spent_s for run, _, _ in counted],
        "at": now,
    }
    await session.execute(_ADD_COUNTS, values)


async def keys_of(session: AsyncSession, group_ids: Sequence[str]) -> list[RuleKey]:
    """Stored keys of groups."""
    query = select(RuleKey).where(RuleKey.group_id.in_(group_ids)).order_by(RuleKey.group_id, RuleKey.key)
    return list((await session.execute(query)).scalars())


async def forget_keys(session: AsyncSession, keep: Sequence[str]) -> None:
    """Forget the keys of groups that no rule needs any more."""
    await session.execute(delete(RuleKey).where(RuleKey.group_id.not_in(keep)))


async def states(session: AsyncSession) -> list[RuleState]:
    """Every stored state."""
    return list((await session.execute(select(RuleState).order_by(RuleState.rule_id, RuleState.key))).scalars())


async def memories(session: AsyncSession) -> list[RuleMemory]:
    """Every stored memory."""
    return list((await session.execute(select(RuleMemory).order_by(RuleMemory.rule_id, RuleMemory.key))).scalars())


async def memories_of(session: AsyncSession, rule_id: UUID, *, limit: int, after: str | None) -> list[RuleMemory]:
    """What a rule remembers, by key."""
    query = select(RuleMemory).where(RuleMemory.rule_id == rule_id).order_by(RuleMemory.key).limit(limit)
    return list((await session.execute(query if after is None else query.where(RuleMemory.key > after))).scalars())


async def memory_of(session: AsyncSession, rule_id: UUID, key: str) -> bytes | None:
    """What is remembered of a key."""
    query = select(RuleMemory.memory).where(RuleMemory.rule_id == rule_id, RuleMemory.key == key)
    return (await session.execute(query)).scalar_one_or_none()


async def forget_memory(session: AsyncSession, rule_id: UUID, key: str | None) -> int:
    """Forget what a rule remembers of a key, or of all; how many there were."""
    gone = delete(RuleMemory).where(RuleMemory.rule_id == rule_id)
    gone = gone if key is None else gone.where(RuleMemory.key == key)
    return len((await session.execute(gone.returning(RuleMemory.key))).all())


async def forget_memories(session: AsyncSession, rule_id: UUID) -> None:
    """Forget what a rule remembers of all its keys."""
    await session.execute(delete(RuleMemory).where(RuleMemory.rule_id == rule_id))


async def replace_states(session: AsyncSession, tenant_id: UUID, rule_id: UUID, kept: Mapping[str, object]) -> None:
    """Make these the stored states of a rule."""
    await session.execute(delete(RuleState).where(RuleState.rule_id == rule_id))
    rows = [{"tenant_id": tenant_id, "rule_id": rule_id, "key": key, "state": state} for key, state in kept.items()]
    if rows:
        await session.execute(insert(RuleState), rows)
