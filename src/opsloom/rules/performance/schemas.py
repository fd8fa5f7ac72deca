"""Shapes of performance over HTTP."""

from datetime import datetime
from uuid import UUID

from opsloom.kit.model import Shown


class QuantilesShown(Shown):
    """In milliseconds, each off by at most an eighth; empty where nothing was timed."""

    p50: float | None
    p95: float | None
    p99: float | None


class EngineShown(Shown):
    """The engine over the span. `lag_ms`: how old the newest fact of a batch was when it was evaluated."""

    facts: int
    batches: int
    mean_batch: float | None
    spent_s: float
    batch_ms: QuantilesShown
    lag_ms: QuantilesShown
    watermark: datetime | None
    progressed_at: datetime | None


class BudgetShown(Shown):
    """What one rule may take."""

    busy_keys: int
    memory_bytes: int
    batch_s: float


class RulePerformanceShown(Shown):
    """A rule over the span. `cost_ms` is of its share of a batch, `delay_ms` from the deciding fact to the commit."""

    rule_id: UUID
    name: str
    kind: str
    version: int
    evaluated: int
    matched: int
    fired: int
    late: int
    spent_s: float
    cost_ms: QuantilesShown
    delay_ms: QuantilesShown
    busy_keys: int
    memory_bytes: int
    quarantined_at: datetime | None
    quarantine_reason: str | None


class PerformanceShown(Shown):
    """The engine, and the rules in force that took the most time first. Counts are of the hours from `since` on."""

    since: datetime
    engine: EngineShown
    budget: BudgetShown
    rules: list[RulePerformanceShown]
    total_rules: int
    quarantined: int
