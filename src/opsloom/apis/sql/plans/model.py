"""The tree a plan is drawn as. A warning is a word and its values: pages say it in their language."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pydantic import Field

from opsloom.kit.model import Shown

Json = Any
LARGE_ROWS = 10_000
"""A table read whole above this many rows is worth a word."""
FAR_OFF = 10.0
"""How many times an estimate is off before it is worth a word."""
FEW_ROWS = 100
"""Below this many rows an estimate may be off as it likes."""


class Worry(StrEnum):
    SEQ_SCAN = "seq_scan"
    ESTIMATE = "estimate"
    SORT_ON_DISK = "sort_on_disk"
    HASH_ON_DISK = "hash_on_disk"
    LOSSY = "lossy"
    TEMPORARY = "temporary"


class PlanWarning(Shown):
    code: Worry
    values: dict[str, str | float] = Field(default_factory=dict)


class PlanNode(Shown):
    """One step. `cost` is in the database's own unit, `ms` and `share` are the step's own part without those below it;
    `share` is of the time where it was measured, else of the cost. `rows_actual` is over all loops."""

    id: str
    label: str
    relation: str = ""
    details: list[str] = Field(default_factory=list)
    cost: float | None = None
    rows_estimated: float | None = None
    rows_actual: float | None = None
    loops: float | None = None
    ms: float | None = None
    share: float | None = None
    is_worst: bool = False
    warnings: list[PlanWarning] = Field(default_factory=list)
    children: list["PlanNode"] = Field(default_factory=list)


PlanNode.model_rebuild()


class QueryPlan(Shown):
    """`measured`: the query ran, and times and rows are what happened."""

    dialect: str
    measured: bool
    total_ms: float | None = None
    planning_ms: float | None = None
    root: PlanNode
    text: str


@dataclass(slots=True)
class Step:
    """A step as a reader found it: `total_cost` and `total_ms` with everything below it. `read_rows`: what it looked at."""

    label: str
    relation: str = ""
    details: list[str] = field(default_factory=list)
    total_cost: float | None = None
    rows_estimated: float | None = None
    rows_actual: float | None = None
    loops: float | None = None
    total_ms: float | None = None
    own_ms: float | None = None
    reads_whole: bool = False
    read_rows: float | None = None
    warnings: list[PlanWarning] = field(default_factory=list)
    children: list["Step"] = field(default_factory=list)


class PlanUnreadable(ValueError):
    """The database's plan has a form that no reader knows."""


def number(value: Json) -> float | None:
    """A figure, also where it is written as text."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
