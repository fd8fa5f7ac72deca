"""The engine's writes beside alerts: keys, states and memories that changed since the last commit.

One statement for each table, for all rules together: arrays in, one upsert.
"""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.rules.keys import KeyTable
from opsloom.rules.run import RuleRun
from opsloom.rules.runtime import Runtime
from opsloom.rules.stored import fact_to_json, to_json

_KEYS: Final = text(
    """
insert into rule_keys (tenant_id, group_id, key, labels, item_id, seen_us, arrived_us, released_us, held)
select :tenant, k.group_id, k.key, k.labels::jsonb, k.item_id, k.seen, k.arrived, k.released, k.held::jsonb
from unnest(cast(:groups as text[]), cast(:keys as text[]), cast(:labels as text[]), cast(:items as uuid[]),
            cast(:seen as bigint[]), cast(:arrived as bigint[]), cast(:released as bigint[]), cast(:held as text[]))
     as k(group_id, key, labels, item_id, seen, arrived, released, held)
on conflict (tenant_id, group_id, key) do update
set seen_us = excluded.seen_us, arrived_us = excluded.arrived_us, labels = excluded.labels, item_id = excluded.item_id,
    released_us = excluded.released_us, held = excluded.held
"""
)
_STATES: Final = text(
    """
insert into rule_states (tenant_id, rule_id, key, state)
select :tenant, s.rule, s.key, s.value::jsonb
from unnest(cast(:rules as uuid[]), cast(:keys as text[]), cast(:values as text[])) as s(rule, key, value)
on conflict (tenant_id, rule_id, key) do update set state = excluded.state
"""
)
_MEMORIES: Final = text(
    """
insert into rule_memories (tenant_id, rule_id, key, memory)
select :tenant, m.rule, m.key, m.value
from unnest(cast(:rules as uuid[]), cast(:keys as text[]), cast(:values as bytea[])) as m(rule, key, value)
on conflict (tenant_id, rule_id, key) do update set memory = excluded.memory
"""
)
_FORGET: Final = {
    table: text(
        f"delete from {table} t using unnest(cast(:rules as uuid[]), cast(:keys as text[])) as gone(rule, key) "
        "where t.tenant_id = :tenant and t.rule_id = gone.rule and t.key = gone.key"
    )
    for table in ("rule_states", "rule_memories")
}
_Entry = tuple[UUID, str, Any]


async def save(session: AsyncSession, tenant_id: UUID, runtime: Runtime, failed: Iterable[RuleRun]) -> None:
    """Store what changed since `settled`.

    Of rules that failed since then only the states are stored: they are those before the batch that failed, which decisions of that
    time go with, while nobody knows what the batch left in the memories.
    """
    await _save_keys(session, tenant_id, [group.table for group in runtime.groups.values()])
    runs = runtime.runs.values()
    states = [entry for run in (*runs, *failed) for entry in _states(run)]
    await _save(session, tenant_id, ("rule_states", _STATES), states)
    await _save(session, tenant_id, ("rule_memories", _MEMORIES), [entry for run in runs for entry in _memories(run)])


def _states(run: RuleRun) -> Iterable[_Entry]:
    """The states that changed; None for keys that came to rest."""
    for code in run.dirty:
        state = run.states.get(code)
        stored = None if state is None else orjson.dumps(to_json(state)).decode()
        yield run.program.rule_id, run.table.texts[code], stored


def _memories(run: RuleRun) -> Iterable[_Entry]:
    texts, rule_id = run.table.texts, run.program.rule_id
    return [(rule_id, texts[code], run.detector.memory(code)) for code in run.detector.changed()]


async def _save(session: AsyncSession, tenant_id: UUID, table: tuple[str, Any], entries: list[_Entry]) -> None:
    gone = [entry for entry in entries if entry[2] is None]
    kept = [entry for entry in entries if entry[2] is not None]
    if gone:
        values = {"tenant": tenant_id, "rules": [rule for rule, _, _ in gone], "keys": [key for _, key, _ in gone]}
        await session.execute(_FORGET[table[0]], values)
    if kept:
        rules, keys, stored = zip(*kept, strict=True)
        values = {"tenant": tenant_id, "rules": list(rules), "keys": list(keys), "values": list(stored)}
        await session.execute(table[1], values)


async def _save_keys(session: AsyncSession, tenant_id: UUID, tables: Iterable[KeyTable]) -> None:
    """Keys of groups that saw facts."""
    columns: dict[str, list[Any]] = {
        name: [] for name in ("groups", "keys", "labels", "items", "seen", "arrived", "released", "held")
    }
    for table in tables:
        codes = table.changed()
        if not codes:
            continue
        seen, arrived = table.stored(codes)
        waiting = table.waiting(codes)
        columns["groups"] += [table.group.id()] * len(codes)
        columns["keys"] += [table.texts[code] for code in codes]
        columns["labels"] += [orjson.dumps(table.labels[code]).decode() for code in codes]
        columns["items"] += [table.items.get(code) for code in codes]
        columns["seen"] += seen
        columns["arrived"] += arrived
        columns["released"] += [released for released, _ in waiting]
        columns["held"] += [
            orjson.dumps([fact_to_json(fact) for fact in held]).decode() if held else None for _, held in waiting
        ]
    if columns["keys"]:
        await session.execute(_KEYS, {"tenant": tenant_id} | columns)
