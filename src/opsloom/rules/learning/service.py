"""Baselines of an anomaly rule in force.

Forgetting one moves the engine's progress on in the same transaction, so that an engine at work, which still has it in memory, cannot
store it again: its next commit is refused and it loads what is stored.
"""

from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets import service as assets
from opsloom.identity import audit
from opsloom.identity.scope import Scope
from opsloom.rules import repository
from opsloom.rules.detectors.anomaly import AnomalyDetector
from opsloom.rules.document import AnomalyRule, RuleDocument
from opsloom.rules.errors import RuleInvalid, RuleNotPublished
from opsloom.rules.keys import KeyTable
from opsloom.rules.kind import KIND_NAME, RULE
from opsloom.rules.learning.schemas import BaselineShown
from opsloom.rules.program import Identity, Program, compile_rule

_WAKE: Final = text("select pg_notify('opsloom_assets', :payload)")
_OVERTAKE: Final = text("update engine_progress set revision = revision + 1")


async def listed(session: AsyncSession, rule_id: UUID, *, limit: int, after: str | None) -> list[BaselineShown]:
    """By key, one more than `limit`. Raises AssetNotFound, RuleNotPublished, RuleInvalid."""
    program = await _program(session, rule_id)
    detector = program.detector(KeyTable(program.group))
    assert isinstance(detector, AnomalyDetector)
    shown = []
    for code, row in enumerate(await repository.memories_of(session, rule_id, limit=limit + 1, after=after)):
        detector.restore(code, row.memory)
        usual = detector.usual(code)
        if usual is not None:
            shown.append(
                BaselineShown(
                    key=row.key, points=usual.points, needed=usual.needed, level=usual.level, spread=usual.spread,
                    profile=list(usual.profile),
                )
            )  # fmt: skip
    return shown


async def reset(session: AsyncSession, scope: Scope, rule_id: UUID, key: str | None) -> int:
    """Learn anew from here on; how many were forgotten. Raises AssetNotFound, RuleNotPublished, RuleInvalid."""
    await _program(session, rule_id)
    await session.execute(_OVERTAKE)
    forgotten = await repository.forget_memory(session, rule_id, key)
    if forgotten:
        detail = {"key": key, "forgotten": forgotten}
        await audit.record(session, scope, "rule.baselines_reset", KIND_NAME, rule_id, detail)
    await session.execute(_WAKE, {"payload": f"{scope.tenant_id}:{KIND_NAME}"})
    return forgotten


async def _program(session: AsyncSession, rule_id: UUID) -> Program:
    asset = await assets.get(session, RULE, rule_id)
    if asset.published_version is None:
        raise RuleNotPublished(f"“{asset.name}” is not published.", hint="A rule learns while it is in force.")
    version = await assets.get_version(session, rule_id, asset.published_version)
    rule = RuleDocument.model_validate(version.content).root
    if not isinstance(rule, AnomalyRule):
        raise RuleInvalid(f"“{asset.name}” is no anomaly rule.", hint="Only anomaly rules have baselines.")
    return compile_rule(rule, Identity(rule_id, version.version, version.name))
