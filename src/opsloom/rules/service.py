"""What the product does with rules beside running them: drafts and versions through the registry, check, preview, explain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.alerts import service as alerts
from opsloom.alerts.service import Alert
from opsloom.assets import service as assets
from opsloom.assets.service import Asset, AssetState, AssetVersion
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.rules import history, repository
from opsloom.rules.checks import check_document
from opsloom.rules.document import AnomalyRule, RuleDocument
from opsloom.rules.errors import RuleNotPublished
from opsloom.rules.explain import Proof, holds_up
from opsloom.rules.kind import RULE
from opsloom.rules.models import RuleRunRow
from opsloom.rules.moments import EPOCH, to_datetime, to_micros
from opsloom.rules.program import Identity, Program, compile_rule
from opsloom.rules.replay import Explanation, Replayed, Verdict
from opsloom.rules.schemas import (
    RuleDraft,
)

__all__ = [
    "Explanation",
    "Proof",
    "check_document",
    "holds_up",
]  # what a why is told by, and a proposal judged, belongs here

HOUR_US: Final = 3_600_000_000
NOW: Final = timedelta(minutes=5)
"""What was learnt until now may judge an instant so long ago."""


async def create(session: AsyncSession, scope: Scope, draft: RuleDraft) -> Asset:
    """A rule that is not in force yet. Raises ConditionInvalid, NameTaken."""
    check_document(draft.root)
    return await assets.create_draft(session, scope, RULE, draft.name, draft.content())


async def save(session: AsyncSession, scope: Scope, rule_id: UUID, draft: RuleDraft, if_revision: int | None) -> Asset:
    """Replace the draft. Raises ConditionInvalid, StaleDraft, RevisionRequired, NameTaken."""
    check_document(draft.root)
    change = (draft.name, draft.content())
    return await assets.save_draft(session, scope, RULE, rule_id, change, if_revision=if_revision)


async def find(
    session: AsyncSession, *, limit: int, after: UUID | None, text: str | None, state: AssetState | None
) -> list[Asset]:
    """Newest first, one more than `limit`."""
    states = assets.LIVE if state is None else (state,)
    return await assets.list_assets(session, RULE, limit=limit, after=after, text=text, states=states)


async def runs_of(session: AsyncSession, rules: Sequence[Asset]) -> Mapping[UUID, RuleRunRow]:
    """How those of the rules that are published are doing."""
    wanted = {asset.id for asset in rules if asset.state == AssetState.PUBLISHED}
    return {run.rule_id: run for run in await repository.runs(session) if run.rule_id in wanted} if wanted else {}


@dataclass(frozen=True)
class Watched:
    """A rule in force, since when it watches, and the alert that was firing when it was asked about."""

    program: Program
    run: RuleRunRow | None
    alert: Alert | None
    memory: bytes | None = None
    """What an anomaly rule has learnt of the key."""


async def load_watched(session: AsyncSession, rule_id: UUID, key: str, at: datetime) -> Watched:
    """The version in force, ready to run. Raises AssetNotFound, RuleNotPublished."""
    asset = await assets.get(session, RULE, rule_id)
    if asset.published_version is None:
        raise RuleNotPublished(f"“{asset.name}” is not published.", hint="A preview shows what its draft would do.")
    version: AssetVersion = await assets.get_version(session, rule_id, asset.published_version)
    run = await repository.run_of(session, rule_id)
    identity = Identity(rule_id, version.version, version.name, run.started_at if run else EPOCH)
    program = compile_rule(RuleDocument.model_validate(version.content).root, identity)
    memory = await repository.memory_of(session, rule_id, key) if isinstance(program.rule, AnomalyRule) else None
    return Watched(program, run, await alerts.firing_at(session, rule_id, key, at), memory)


async def explain(
    core: Core, scope: Scope, watched: Watched, key: str, at: datetime, most: int = history.MAX_FACTS
) -> Explanation:
    """Why a key fires at an instant or does not: from its alert, and from the stored facts before the instant."""
    program, policy, end = watched.program, watched.program.policy, to_micros(at)
    window = 2 * (policy.for_us + policy.resolve_after_us + policy.cooldown_us + policy.no_data_after_us)
    # What an anomaly is judged by is learnt from many facts.
    start = max(0, end - max(24 * HOUR_US if isinstance(program.rule, AnomalyRule) else HOUR_US, window))
    async with core.db.raw(scope) as connection:
        stretch = await history.read(connection, program.source, start, end, most)
    replayed = Replayed(program, stretch.facts, end)
    if watched.memory is not None and core.clock.now() - at <= NOW:
        replayed.judge_by(key, watched.memory)
    explanation = replayed.explain(key)
    explanation.cut = stretch.truncated
    explanation.read_from = to_datetime(stretch.facts[0].time if stretch.truncated else start)
    run, alert = watched.run, watched.alert
    if run is not None and run.quarantined_at is not None and run.quarantined_at <= at:
        explanation.verdict = Verdict.QUARANTINED
    elif alert is not None:
        # What really happened counts; the window may not reach back to where it began.
        explanation.verdict, explanation.alert_id, explanation.labels = Verdict.FIRING, alert.id, alert.labels
        explanation.since = alert.started_at
        explanation.held_s = (at - alert.started_at).total_seconds()
        explanation.proof = Proof.model_validate(alert.proof)
        explanation.proof_holds = holds_up(explanation.proof)
    return explanation


async def keys_of_item(core: Core, scope: Scope, watched: Watched, item_id: UUID, at: datetime) -> list[str]:
    """The keys under which a rule watched an item in the hour before an instant; none when it saw nothing of it."""
    end = to_micros(at)
    async with core.db.raw(scope) as connection:
        stretch = await history.read(connection, watched.program.source, end - HOUR_US, end)
    table = Replayed(watched.program, stretch.facts, end).table
    return [text for code, text in enumerate(table.texts) if table.items.get(code) == item_id]
