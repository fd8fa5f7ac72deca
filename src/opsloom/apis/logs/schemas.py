"""What the routes of the log take and answer."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from opsloom.apis.logs.filters import RunFilter, RunOutcome
from opsloom.assets.diff import Op
from opsloom.kit.model import Instant, Shown, Text, Wire

Short = Annotated[Text, StringConstraints(max_length=100)]


class _Narrowed(Wire):
    """What a list of runs is narrowed to; several values of one field are joined by “or”."""

    api_id: list[UUID] = Field([], max_length=50, description="Any of these APIs.")
    version: list[Annotated[int, Field(ge=0, le=2**31)]] = Field([], max_length=50, description="0 is the draft.")
    outcome: list[RunOutcome] = Field([], max_length=10, description="How the run ended.")
    code: list[Short] = Field([], max_length=50, description="Any of these error codes.")
    caller: list[UUID] = Field([], max_length=50, description="Ids of users or keys.")
    cache: list[Short] = Field([], max_length=10, description="What became of the cache: HIT, STALE, MISS, BYPASS.")
    slower_ms: float | None = Field(None, ge=0, le=1e9, description="Only runs that took at least so long.")
    q: Text | None = Field(
        None, max_length=200, description="Text in parameters, error, caller, path, API or trace id."
    )
    start: Instant | None = Field(None, alias="from", description="From this time on.")
    end: Instant | None = Field(None, alias="to", description="Before this time.")

    def filter(self) -> RunFilter:
        """For the repository."""
        return RunFilter(
            api_ids=tuple(self.api_id),
            versions=tuple(self.version),
            outcomes=tuple(self.outcome),
            codes=tuple(self.code),
            callers=tuple(self.caller),
            caches=tuple(self.cache),
            slower_ms=self.slower_ms,
            text=self.q,
            start=self.start,
            end=self.end,
        )


class RunListQuery(_Narrowed):
    """A page of the log."""

    limit: int = Field(50, ge=1, le=500, description="How many items at most.")
    cursor: str | None = Field(None, max_length=500, description="`next_cursor` of the page before.")


class RunFacetQuery(_Narrowed):
    """What is counted; the counts of a field do not shrink by its own choice."""


class ExportForm(StrEnum):
    CSV = "csv"
    NDJSON = "ndjson"


class RunExportQuery(_Narrowed):
    """What is exported."""

    format: ExportForm = ExportForm.NDJSON


class FacetValue(BaseModel):
    """One choice and how many runs it would leave."""

    value: str
    label: str
    count: int


class RunFacets(BaseModel):
    """The choices of each field, the most frequent first. `complete` is false when only the newest runs were counted."""

    complete: bool
    counted: int
    apis: list[FacetValue]
    versions: list[FacetValue]
    outcomes: list[FacetValue]
    codes: list[FacetValue]
    callers: list[FacetValue]
    caches: list[FacetValue]


class MetricsQuery(Wire):
    """The stretch of time; without it the last hour."""

    start: Instant | None = Field(None, alias="from", description="From this time on.")
    end: Instant | None = Field(None, alias="to", description="Before this time.")


class Numbers(BaseModel):
    """Runs of published versions. `refused`: 4xx but 429, which is `limited`; `failed`: 5xx but 504, which is `timed_out`.
    Times are off by a few percent: they are counted in slots."""

    runs: int
    refused: int
    limited: int
    failed: int
    timed_out: int
    hits: int
    misses: int
    rows: int
    bytes: int
    mean_ms: float | None
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None


class MetricsPoint(Numbers):
    """The runs of one step, which begins `at`."""

    at: datetime


class ApiMetrics(BaseModel):
    """How one API did. Steps without runs are left out. `breaker` is this process's: closed, open or half_open."""

    start: datetime
    end: datetime
    step_s: int
    total: Numbers
    points: list[MetricsPoint]
    breaker: str


class ApiSummary(Numbers):
    """How one API of a list did."""

    api_id: UUID
    breaker: str


class MetricsOfAll(BaseModel):
    """The APIs that were called in that time."""

    start: datetime
    end: datetime
    items: list[ApiSummary]


class Keeping(Wire):
    """How much of the log is kept; None is no bound of the tenant's own, and the server's days hold anyway."""

    days: Annotated[int | None, Field(ge=1, le=3650)] = None
    max_rows: Annotated[int | None, Field(ge=1, le=10**12)] = None
    max_bytes: Annotated[int | None, Field(ge=1, le=10**15)] = None


class KeepingShown(Keeping):
    """`server_days` is the most there can be. What is kept was counted at `measured_at`, `oldest_at` is as of now."""

    server_days: int
    oldest_at: datetime | None
    kept_rows: int | None
    kept_bytes: int | None
    measured_at: datetime | None
    changed_at: datetime | None
    changed_by: str | None
    minutes_days: int
    hours_days: int


class RerunRequest(Wire):
    """Which version to compare with; None is the draft."""

    version: Annotated[int | None, Field(ge=1, le=2**31)] = None


class SideShown(BaseModel):
    """The answer of one version, or why it gave none."""

    version: int
    status: int
    code: str
    detail: str
    row_count: int
    truncated: bool
    bytes: int
    total_ms: float
    database_ms: float


class AnswerChange(Shown):
    """One difference; its place counts in `after`, that of something removed in `before`."""

    op: Op
    pointer: str
    label: str
    before: Any = None
    after: Any = None


class AnswerComparison(BaseModel):
    """Two answers to the same call. `changes` is empty when they are the same or one of them is an error; `complete` is false
    when only the beginning of long answers was compared or not every change is listed."""

    before: SideShown
    after: SideShown
    comparable: bool
    same: bool
    complete: bool
    added: int
    removed: int
    changed: int
    moved: int
    changes: list[AnswerChange]
