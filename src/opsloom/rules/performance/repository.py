"""Every query of what rules cost. Row security limits each to the session's tenant."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import orjson
from sqlalchemy import delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.rules.moments import to_datetime
from opsloom.rules.performance.meters import Row
from opsloom.rules.performance.models import RuleMeter, RuleSize

_ADD: Final = text(
    """
insert into rule_meters as m (tenant_id, hour, rule_id, evaluated, matched, fired, batches, spent_s, cost, delay, newest_at)
select :tenant, :hour, r.rule_id, r.evaluated, r.matched, r.fired, r.batches, r.spent_s, r.cost, r.delay, r.newest_at
from jsonb_to_recordset(cast(:rows as jsonb)) as r(
    rule_id uuid, evaluated bigint, matched bigint, fired bigint, batches bigint, spent_s float8, cost bigint[],
    delay bigint[], newest_at timestamptz)
on conflict (tenant_id, hour, rule_id) do update
set evaluated = m.evaluated + excluded.evaluated, matched = m.matched + excluded.matched, fired = m.fired + excluded.fired,
    batches = m.batches + excluded.batches, spent_s = m.spent_s + excluded.spent_s,
    cost = (select array_agg(a + b order by n) from unnest(m.cost, excluded.cost) with ordinality u(a, b, n)),
    delay = (select array_agg(a + b order by n) from unnest(m.delay, excluded.delay) with ordinality u(a, b, n)),
    newest_at = greatest(m.newest_at, excluded.newest_at)
"""
)
_SIZES: Final = text(
    """
insert into rule_sizes (tenant_id, rule_id, busy_keys, memory_bytes, updated_at)
select :tenant, s.rule_id, s.busy, s.bytes, :now
from unnest(cast(:rules as uuid[]), cast(:busy as bigint[]), cast(:bytes as bigint[])) as s(rule_id, busy, bytes)
on conflict (tenant_id, rule_id) do update
set busy_keys = excluded.busy_keys, memory_bytes = excluded.memory_bytes, updated_at = excluded.updated_at
"""
)


async def add(session: AsyncSession, tenant_id: UUID, now: datetime, rows: Sequence[Row]) -> None:
    """Add to the hour."""
    if not rows:
        return
    told = [
        {**row._asdict(), "batches": row.batches, "newest_at": row.newest_us and to_datetime(row.newest_us)}
        for row in rows
    ]
    hour = now.replace(minute=0, second=0, microsecond=0)
    await session.execute(_ADD, {"tenant": tenant_id, "hour": hour, "rows": orjson.dumps(told).decode()})


async def put_sizes(
    session: AsyncSession, tenant_id: UUID, now: datetime, sizes: Sequence[tuple[UUID, int, int]]
) -> None:
    """What rules hold: busy keys and bytes."""
    if sizes:
        rules, busy, held = (list(column) for column in zip(*sizes, strict=True))
        values = {"tenant": tenant_id, "now": now, "rules": rules, "busy": busy, "bytes": held}
        await session.execute(_SIZES, values)


async def since(session: AsyncSession, start: datetime) -> list[RuleMeter]:
    """Every hour from one on."""
    return list((await session.execute(select(RuleMeter).where(RuleMeter.hour >= start))).scalars())


async def sizes(session: AsyncSession) -> dict[UUID, RuleSize]:
    """What each rule holds."""
    return {row.rule_id: row for row in (await session.execute(select(RuleSize))).scalars()}


async def newest(session: AsyncSession) -> datetime | None:
    """The time of the newest fact that was ever evaluated."""
    found: datetime | None = (await session.execute(select(func.max(RuleMeter.newest_at)))).scalar_one_or_none()
    return found


async def forget(session: AsyncSession, before: datetime) -> None:
    """Drop old hours."""
    await session.execute(delete(RuleMeter).where(RuleMeter.hour < before))
