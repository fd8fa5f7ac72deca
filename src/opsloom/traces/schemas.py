"""What the routes of the inspector take and answer."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from opsloom.infra.parts import TraceKind, TraceStatus
from opsloom.kit.model import Instant, Shown, Text, Wire
from opsloom.traces.compare import Change
from opsloom.traces.filters import TraceFilter

Short = Annotated[Text, StringConstraints(max_length=100)]


class TraceFacetQuery(Wire):
    """What is narrowed to or counted; the counts of a field do not shrink by its own choice."""

    kind: list[TraceKind] = Field([], max_length=20, description="What it is about.")
    status: list[TraceStatus] = Field([], max_length=5, description="How it ended.")
    family: list[Short] = Field([], max_length=30, description="Families of errors.")
    caller: list[UUID] = Field([], max_length=50, description="Ids of users or keys.")
    asset: list[UUID] = Field([], max_length=50, description="Assets that were in force.")
    subject: UUID | None = Field(None, description="The question or run it is about.")
    slower_ms: float | None = Field(None, ge=0, le=1e9, description="Only what took at least so long.")
    q: Text | None = Field(None, max_length=200, description="Text in name, trace id, error, caller or asset.")
    start: Instant | None = Field(None, alias="from", description="From this time on.")
    end: Instant | None = Field(None, alias="to", description="Before this time.")

    def filter(self) -> TraceFilter:
        """For the repository."""
        return TraceFilter(
            kinds=tuple(self.kind),
            statuses=tuple(self.status),
            families=tuple(self.family),
            callers=tuple(self.caller),
            assets=tuple(self.asset),
            subject_id=self.subject,
            slower_ms=self.slower_ms,
            text=self.q,
            start=self.start,
            end=self.end,
        )


class TraceListQuery(TraceFacetQuery):
    """A page of the list."""

    limit: int = Field(50, ge=1, le=500, description="How many items at most.")
    cursor: str | None = Field(None, max_length=500, description="`next_cursor` of the page before.")


class AssetShown(Shown):
    """An asset that was in force; version 0 is the draft."""

    kind: str
    id: UUID | None
    name: str
    version: int


class PartShown(Shown):
    """What one process did in a trace. `lost` spans were too many to keep; `subject_id` is the question or run."""

    id: UUID
    at: datetime
    trace_id: str
    kind: TraceKind
    name: str
    status: TraceStatus
    family: str
    code: str
    detail: str
    actor_kind: str
    actor_id: UUID | None
    actor_name: str
    subject_id: UUID | None
    assets: list[AssetShown]
    duration_ms: float
    spans: int
    lost: int


class TraceFacetValue(BaseModel):
    """One choice and how many parts it would leave."""

    value: str
    label: str
    count: int


class TraceFacets(BaseModel):
    """The choices of each field, the most frequent first. `complete` is false when only the newest parts were counted."""

    complete: bool
    counted: int
    kinds: list[TraceFacetValue]
    statuses: list[TraceFacetValue]
    families: list[TraceFacetValue]
    callers: list[TraceFacetValue]
    assets: list[TraceFacetValue]


class SpanShown(BaseModel):
    """A span in its place, a parent before its children. Milliseconds; `offset_ms` counts from the trace's beginning, `own_ms` is
    what its children do not cover, `critical_ms` how long the whole trace waited for this very span."""

    id: str
    parent_id: str
    part_id: UUID
    name: str
    depth: int
    offset_ms: float
    duration_ms: float
    own_ms: float
    critical_ms: float
    error: str
    has_payload: bool


class TraceShown(BaseModel):
    """A whole trace. `complete` is false when it has more spans than are answered."""

    trace_id: str
    started_at: datetime
    duration_ms: float
    complete: bool
    parts: list[PartShown]
    spans: list[SpanShown]


class SpanDetail(BaseModel):
    """What a span carries: attributes, and inputs and outputs as they were, masked."""

    id: str
    part_id: UUID
    name: str
    started_at: datetime
    duration_ms: float
    error: str
    attributes: dict[str, Any]
    payload: dict[str, Any] | None


class ChangedValue(BaseModel):
    """An attribute that differs."""

    name: str
    before: Any = None
    after: Any = None


class SpanPair(BaseModel):
    """A span's path in two traces; a side without it has no id."""

    depth: int
    name: str
    change: Change
    before_id: str | None
    after_id: str | None
    before_ms: float | None
    after_ms: float | None
    values: list[ChangedValue]


class AssetPair(BaseModel):
    """An asset that was in force in either; None is not at all."""

    kind: str
    name: str
    before: int | None
    after: int | None


class TraceComparison(BaseModel):
    """Two traces side by side. `counts` are of all spans; `complete` is false when not every pair is listed."""

    before: PartShown
    after: PartShown
    complete: bool
    counts: dict[Change, int]
    assets: list[AssetPair]
    pairs: list[SpanPair]


class TraceKeepingWanted(Wire):
    """How much is kept; None is no bound of the tenant's own, and the server's days hold anyway. Values under `hidden_names` are
    masked from now on, beside those that always are."""

    days: Annotated[int | None, Field(ge=1, le=3650)] = None
    max_rows: Annotated[int | None, Field(ge=1, le=10**12)] = None
    max_bytes: Annotated[int | None, Field(ge=1, le=10**15)] = None
    hidden_names: list[Annotated[Text, StringConstraints(min_length=2, max_length=60, strip_whitespace=True)]] = Field(
        [], max_length=100
    )


class TraceKeepingShown(TraceKeepingWanted):
    """`server_days` is the most there can be. What is kept was counted at `measured_at`; `share` is that of API runs and plain
    requests which are kept beyond the first few a second."""

    server_days: int
    share: float
    oldest_at: datetime | None
    kept_rows: int | None
    kept_bytes: int | None
    measured_at: datetime | None
    changed_at: datetime | None
    changed_by: str | None


TraceId = Annotated[Text, StringConstraints(max_length=100)]
SpanId = Annotated[Text, StringConstraints(max_length=100)]


class PageErrorReported(Wire):
    """An error that a page ran into, told by the web app. `last_request` is the trace of its last request."""

    message: Annotated[Text, StringConstraints(min_length=1, max_length=1_000)]
    page: Annotated[Text, StringConstraints(max_length=300)] = ""
    component: Annotated[Text, StringConstraints(max_length=4_000)] = ""
    stack: Annotated[Text, StringConstraints(max_length=8_000)] = ""
    last_request: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")] | None = None


class PageErrorTaken(BaseModel):
    """Under which trace it is found."""

    trace_id: str
