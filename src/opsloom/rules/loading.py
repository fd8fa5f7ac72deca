"""From what is stored to a running set: published rules, their keys and states, and what a changed rule means for both.

A new version that means the same (same facts, keys and conditions) keeps every state. One that parts the same facts the same
way but asks something else keeps what fires, so that its alerts can resolve, and drops what was only pending. Any other change
starts afresh and ends the alerts of the old version.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.alerts.schemas import Decision, Step
from opsloom.assets import service as assets
from opsloom.identity.scope import Scope
from opsloom.kit.ids import new_id
from opsloom.rules import repository
from opsloom.rules.document import RuleDocument
from opsloom.rules.errors import ConditionInvalid, RuleInvalid
from opsloom.rules.keys import KeyTable
from opsloom.rules.kind import RULE
from opsloom.rules.lifecycle import KeyState, Phase
from opsloom.rules.models import RuleRunRow
from opsloom.rules.moments import to_datetime
from opsloom.rules.program import Identity, Program, compile_rule
from opsloom.rules.runtime import Failure, Runtime
from opsloom.rules.stored import fact_from_json, from_json, to_json


@dataclass
class Loaded:
    """What a tenant's engine starts with; `in_force` has the quarantined rules too, whose alerts stay."""

    runtime: Runtime = field(default_factory=Runtime)
    in_force: list[UUID] = field(default_factory=list)
    dropped: list[Decision] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


async def load(session: AsyncSession, scope: Scope, now: datetime) -> Loaded:
    """Read everything and reconcile it with what is published, in the caller's transaction."""
    loaded = Loaded()
    runs = {run.rule_id: run for run in await repository.runs(session)}
    programs = await _programs(session, scope, runs, loaded, now)
    gone = [rule_id for rule_id in runs if rule_id not in loaded.in_force]
    if gone:
        await repository.take_out_of_force(session, gone)
    states: dict[UUID, dict[str, KeyState]] = {}
    for row in await repository.states(session):
        states.setdefault(row.rule_id, {})[row.key] = from_json(row.state)
    for program in programs:
        run = runs[program.rule_id]
        if run.meaning != program.meaning or run.version != program.version:
            old = states.get(program.rule_id, {})
            await repository.set_meaning(session, program.rule_id, program.version, program.meaning)
            if run.meaning != program.meaning:
                kept = states[program.rule_id] = _carried_over(run.meaning, program, old, loaded, now)
                stored = {key: to_json(state) for key, state in kept.items()}
                await repository.replace_states(session, scope.tenant_id, program.rule_id, stored)
                await repository.forget_memories(session, program.rule_id)
        loaded.runtime.add(program)
    await _restore(session, loaded.runtime, states)
    return loaded


async def _programs(
    session: AsyncSession, scope: Scope, runs: dict[UUID, RuleRunRow], loaded: Loaded, now: datetime
) -> list[Program]:
    programs = []
    for asset, version in await assets.list_published(session, RULE):
        loaded.in_force.append(asset.id)
        run = runs.get(asset.id)
        if run is None:
            await repository.put_in_force(session, scope.tenant_id, asset.id, version.version, now)
            run = await repository.run_of(session, asset.id)
            if run is None:
                continue
            runs[asset.id] = run
        if run.quarantined_at is not None:
            continue
        identity = Identity(asset.id, version.version, version.name, run.started_at, asset.slug)
        try:
            programs.append(compile_rule(RuleDocument.model_validate(version.content).root, identity))
        except (ValidationError, ConditionInvalid, RuleInvalid) as error:
            # Written by a version of Opsloom that allowed more; it must not stop the others.
            loaded.failures.append(Failure(_unreadable(identity), error))
    return programs


def _unreadable(identity: Identity) -> Program:
    harmless = {"kind": "threshold", "source": {"type": "event", "event_type": "none"}, "condition": "FALSE"}
    return compile_rule(RuleDocument.model_validate(harmless).root, identity)


def _carried_over(
    meaning: str, program: Program, old: dict[str, KeyState], loaded: Loaded, now: datetime
) -> dict[str, KeyState]:
    """The states that live on although the rule now means something else; the others end their alerts."""
    same_keys = meaning.split(":", maxsplit=1)[0] == program.meaning.split(":")[0]
    kept: dict[str, KeyState] = {}
    for key, state in old.items():
        if same_keys and state.phase is not Phase.PENDING:
            kept[key] = replace(state, clear_since=None, evidence=())
        elif state.phase is not Phase.COOLING:
            loaded.dropped.append(_withdrawn(program, key, state, now))
    return kept


def _withdrawn(program: Program, key: str, state: KeyState, now: datetime) -> Decision:
    return Decision(
        id=new_id(),
        rule_id=program.rule_id,
        rule_version=program.version,
        rule_name=program.name,
        key=key,
        step=Step.WITHDRAW,
        at=now,
        since=to_datetime(state.since),
        reason="rule_changed",
        severity=program.rule.severity,
        title=program.name,
    )


async def _restore(session: AsyncSession, runtime: Runtime, states: dict[UUID, dict[str, KeyState]]) -> None:
    tables: dict[str, KeyTable] = {key.id(): group.table for key, group in runtime.groups.items()}
    await repository.forget_keys(session, list(tables))
    for row in await repository.keys_of(session, list(tables)):
        table = tables[row.group_id]
        code = table.restore(row.key, row.labels, row.seen_us, row.arrived_us)
        table.items[code] = row.item_id
        table.wait(code, row.released_us, [fact_from_json(held) for held in row.held or ()])
    for run in runtime.runs.values():
        for key, state in states.get(run.program.rule_id, {}).items():
            known = run.table.find(key)
            if known is not None:
                run.restore(known, state)
    for memory in await repository.memories(session):
        owner = runtime.runs.get(memory.rule_id)
        known = owner.table.find(memory.key) if owner is not None else None
        if owner is not None and known is not None:
            owner.detector.restore(known, memory.memory)
    runtime.rejoin()
