"""Every query of the rules domain. Row security limits each to the session's tenant.

The engine's writes are one statement for each table and batch: arrays in, one upsert.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.rules.keys import KeyTable
from opsloom.rules.models import EngineProgress, RuleKey, RuleMemory, RuleRunRow, RuleState
from opsloom.rules.run import RuleRun
from opsloom.rules.runtime import Runtime
from opsloom.rules.stored import fact_to_json, to_json

Cursor = tuple[int, int]

_SAVE_KEYS = text(
    """
insert into rule_keys (tenant_id, group_id, key, labels, item_id, seen_us, arrived_us, released_us, held)
select :tenant, :group, k.key, k.labels::jsonb, k.item_id, k.seen, k.arrived, k.released, k.held::jsonb
from unnest(cast(:keys as text[]), cast(:labels as text[]), cast(:items as uuid[]), cast(:seen as bigint[]),
            cast(:arrived as bigint[]), cast(:released as bigint[]), cast(:held as text[]))
     as k(key, labels, item_id, seen, arrived, released, held)
on conflict (tenant_id, group_id, key) do update
set seen_us = excluded.seen_us, arrived_us = excluded.arrived_us, labels = excluded.labels, item_id = excluded.item_id,
    released_us = excluded.released_us, held = excluded.held
"""
)
_SAVE_STATES = text(
    """
insert into rule_states (tenant_id, rule_id, key, state)
select :tenant, :rule, s.key, s.state::jsonb from unnest(cast(:keys as text[]), cast(:states as text[])) as s(key, state)
on conflict (tenant_id, rule_id, key) do update set state = excluded.state
"""
)
_SAVE_MEMORIES = text(
    """
insert into rule_memories (tenant_id, rule_id, key, memory)
select :tenant, :rule, m.key, m.memory
from unnest(cast(:keys as text[]), cast(:memories as bytea[])) as m(key, memory)
on conflict (tenant_id, rule_id, key) do update set memory = excluded.memory
"""
)
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


async def forget_memory(session: AsyncSession, rule_id: UUID, key: str | None) -> int:
    """Forget what a rule remembers of a key, or of all; how many there were."""
    gone = delete(RuleMemory).where(RuleMemory.rule_id == rule_id)
    gone = gone if key is None else gone.where(RuleMemory.key == key)
    return len((await session.execute(gone.returning(RuleMemory.key))).all())


async def forget_memories(session: AsyncSession, rule_id: UUID) -> None:
    """Forget what a rule remembers of all its keys."""
    await session.execute(delete(RuleMemory).where(RuleMemory.rule_id == rule_id))


async def save_memories(session: AsyncSession, tenant_id: UUID, run: RuleRun) -> None:
    """Store what a rule remembers of the keys for which that changed."""
    changed = {run.table.texts[code]: run.detector.memory(code) for code in run.detector.changed()}
    gone = [key for key, memory in changed.items() if memory is None]
    kept = {key: memory for key, memory in changed.items() if memory is not None}
    if gone:
        own = RuleMemory.rule_id == run.program.rule_id
        await session.execute(delete(RuleMemory).where(own, RuleMemory.key.in_(gone)))
    if kept:
        values = {"tenant": tenant_id, "rule": run.program.rule_id, "keys": list(kept), "memories": list(kept.values())}
        await session.execute(_SAVE_MEMORIES, values)


async def forget_states(session: AsyncSession, rule_id: UUID, keys: Sequence[str]) -> None:
    """Forget single states of a rule."""
    await session.execute(delete(RuleState).where(RuleState.rule_id == rule_id, RuleState.key.in_(keys)))


async def replace_states(session: AsyncSession, tenant_id: UUID, rule_id: UUID, kept: Mapping[str, object]) -> None:
    """Make these the stored states of a rule."""
    await session.execute(delete(RuleState).where(RuleState.rule_id == rule_id))
    rows = [{"tenant_id": tenant_id, "rule_id": rule_id, "key": key, "state": state} for key, state in kept.items()]
    if rows:
        await session.execute(insert(RuleState), rows)


async def save_keys(session: AsyncSession, tenant_id: UUID, table: KeyTable) -> None:
    """Store the keys of a group that saw facts."""
    codes = table.changed()
    if not codes:
        return
    seen, arrived = table.stored(codes)
    waiting = table.waiting(codes)
    values = {
        "tenant": tenant_id,
        "group": table.group.id(),
        "keys": [table.texts[code] for code in codes],
        "labels": [orjson.dumps(table.labels[code]).decode() for code in codes],
        "items": [table.items.get(code) for code in codes],
        "seen": seen,
        "arrived": arrived,
        "released": [released for released, _ in waiting],
        "held": [orjson.dumps([fact_to_json(fact) for fact in held]).decode() if held else None for _, held in waiting],
    }
    await session.execute(_SAVE_KEYS, values)


async def save_states(session: AsyncSession, tenant_id: UUID, run: RuleRun) -> None:
    """Store the states of a rule that changed, forget those that came to rest."""
    gone = [run.table.texts[code] for code in run.dirty if code not in run.states]
    kept = {run.table.texts[code]: run.states[code] for code in run.dirty if code in run.states}
    if gone:
        await forget_states(session, run.program.rule_id, gone)
    if kept:
        stored = [orjson.dumps(to_json(state)).decode() for state in kept.values()]
        values = {"tenant": tenant_id, "rule": run.program.rule_id, "keys": list(kept), "states": stored}
        await session.execute(_SAVE_STATES, values)
