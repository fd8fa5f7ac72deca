"""What the engine and the rules cost, put together for people; and a quarantined rule's way back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets import service as assets
from opsloom.identity import audit
from opsloom.identity.scope import Scope
from opsloom.rules import repository as rules
from opsloom.rules.detectors.detector import MAX_BATCH_S, MAX_MEMORY_BYTES
from opsloom.rules.errors import RuleInvalid, RuleNotQuarantined
from opsloom.rules.kind import KIND_NAME, RULE
from opsloom.rules.models import RuleRunRow
from opsloom.rules.performance import repository
from opsloom.rules.performance.meters import ENGINE
from opsloom.rules.performance.models import RuleMeter, RuleSize
from opsloom.rules.performance.schemas import (
    BudgetShown,
    EngineShown,
    PerformanceShown,
    QuantilesShown,
    RulePerformanceShown,
)
from opsloom.rules.run import MAX_STATES
from opsloom.rules.times import Times, together

BUDGET: Final = BudgetShown(busy_keys=MAX_STATES, memory_bytes=MAX_MEMORY_BYTES, batch_s=MAX_BATCH_S)


async def performance(session: AsyncSession, now: datetime, hours: int, limit: int) -> PerformanceShown:
    """Over the last hours, whole ones."""
    since = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=hours - 1)
    metered: dict[UUID, list[RuleMeter]] = {}
    for meter in await repository.since(session, since):
        metered.setdefault(meter.rule_id, []).append(meter)
    sizes = await repository.sizes(session)
    runs = {run.rule_id: run for run in await rules.runs(session)}
    shown = [
        _rule((asset.id, version.name, version.content), runs[asset.id], metered.get(asset.id, ()), sizes.get(asset.id))
        for asset, version in await assets.list_published(session, RULE)
        if asset.id in runs
    ]
    shown.sort(key=lambda one: (one.quarantined_at is None, -one.spent_s, one.name))
    return PerformanceShown(
        since=since,
        engine=_engine(metered.get(ENGINE, ()), await repository.newest(session), await rules.progressed_at(session)),
        budget=BUDGET,
        rules=shown[:limit],
        total_rules=len(shown),
        quarantined=sum(one.quarantined_at is not None for one in shown),
    )


async def release(session: AsyncSession, scope: Scope, rule_id: UUID) -> None:
    """Let a quarantined rule run again, from where the engine is. Raises AssetNotFound, RuleNotQuarantined, RuleInvalid."""
    asset = await assets.get(session, RULE, rule_id)
    run = await rules.run_of(session, rule_id)
    if run is None or run.quarantined_at is None:
        raise RuleNotQuarantined(f"“{asset.name}” is not in quarantine.")
    reason = run.quarantine_reason
    cause = await assets.retry(session, scope, RULE, rule_id)
    if cause is not None:
        raise RuleInvalid(f"“{asset.name}” cannot run: {cause}")
    await audit.record(session, scope, "rule.released", KIND_NAME, rule_id, {"reason": reason})


def _engine(meters: Sequence[RuleMeter], watermark: datetime | None, progressed_at: datetime | None) -> EngineShown:
    facts, batches = sum(one.evaluated for one in meters), sum(one.batches for one in meters)
    return EngineShown(
        facts=facts,
        batches=batches,
        mean_batch=facts / batches if batches else None,
        spent_s=sum(one.spent_s for one in meters),
        batch_ms=_quantiles(together(one.cost for one in meters)),
        lag_ms=_quantiles(together(one.delay for one in meters)),
        watermark=watermark,
        progressed_at=progressed_at,
    )


def _rule(
    of: tuple[UUID, str, dict[str, Any]], run: RuleRunRow, meters: Sequence[RuleMeter], size: RuleSize | None
) -> RulePerformanceShown:
    rule_id, name, content = of
    return RulePerformanceShown(
        rule_id=rule_id,
        name=name,
        kind=str(content.get("kind")),
        version=run.version,
        evaluated=sum(one.evaluated for one in meters),
        matched=sum(one.matched for one in meters),
        fired=sum(one.fired for one in meters),
        late=run.late,
        spent_s=sum(one.spent_s for one in meters),
        cost_ms=_quantiles(together(one.cost for one in meters)),
        delay_ms=_quantiles(together(one.delay for one in meters)),
        busy_keys=size.busy_keys if size is not None else 0,
        memory_bytes=size.memory_bytes if size is not None else 0,
        quarantined_at=run.quarantined_at,
        quarantine_reason=run.quarantine_reason,
    )


def _quantiles(times: Times) -> QuantilesShown:
    p50, p95, p99 = (times.quantile(share) for share in (0.5, 0.95, 0.99))
    return QuantilesShown(p50=_ms(p50), p95=_ms(p95), p99=_ms(p99))


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1_000, 4)
