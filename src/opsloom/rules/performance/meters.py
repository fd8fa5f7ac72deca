"""What the engine measures of itself between two counts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from opsloom.rules.run import RuleRun
from opsloom.rules.runtime import Runtime
from opsloom.rules.times import Times

ENGINE: UUID = UUID(int=0)
"""Stands for the engine itself among rules."""


@dataclass(slots=True)
class EngineMeter:
    """Batches of one tenant: how many facts, how long, and how old the newest fact was when it was evaluated."""

    facts: int = 0
    batches: int = 0
    spent_s: float = 0.0
    cost: Times = field(default_factory=Times)
    lag: Times = field(default_factory=Times)
    newest_us: int = 0

    def batch(self, facts: int, spent_s: float, now_us: int, newest_us: int) -> None:
        """One batch of a feed."""
        self.facts += facts
        self.batches += 1
        self.spent_s += spent_s
        self.cost.add(spent_s)
        self.lag.add((now_us - newest_us) / 1e6)
        self.newest_us = max(self.newest_us, newest_us)


class Row(NamedTuple):
    """What is added to an hour."""

    rule_id: UUID
    evaluated: int
    matched: int
    fired: int
    spent_s: float
    cost: list[int]
    delay: list[int]
    newest_us: int | None = None

    @property
    def batches(self) -> int:
        """How often it was timed."""
        return sum(self.cost)


def rows_of(runtime: Runtime, engine: EngineMeter) -> list[Row]:
    """What the engine and every rule that had something to do are added."""
    rows = [_row(run, runtime.evaluated(run)) for run in runtime.runs.values()]
    rows = [row for row in rows if row.batches or row.evaluated]
    if engine.batches:
        told = (engine.facts, 0, 0, engine.spent_s, engine.cost.stored(), engine.lag.stored(), engine.newest_us)
        rows.append(Row(ENGINE, *told))
    return rows


def _row(run: RuleRun, evaluated: int) -> Row:
    counts = run.counts
    told = (evaluated, counts.matched, counts.fired, counts.spent_s, counts.cost.stored(), counts.delay.stored())
    return Row(run.program.rule_id, *told)


def sizes_of(runtime: Runtime) -> Sequence[tuple[UUID, int, int]]:
    """What every rule holds: busy keys and bytes."""
    return [(rule_id, len(run.states), run.detector.size()) for rule_id, run in runtime.runs.items()]
