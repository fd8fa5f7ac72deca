"""What comes into and goes out of the inventory; other domains use these types too."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints, field_validator, model_validator

from opsloom.kit.model import Shown, Text, Wire

MetricName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_.:/-]{0,199}$")]
Scalar = str | int | float | bool | None
MAX_POINTS = 11_000


class Aggregate(StrEnum):
    AVG = "avg"
    MIN = "min"
    MAX = "max"
    SUM = "sum"
    COUNT = "count"
    P50 = "p50"
    P90 = "p90"
    P95 = "p95"
    P99 = "p99"
    LATEST = "latest"
    FIRST = "first"
    STDDEV = "stddev"
    RATE = "rate"  # change a second from the first value to the last


class Comparison(StrEnum):
    ABOVE = ">"
    AT_LEAST = ">="
    BELOW = "<"
    AT_MOST = "<="


class Threshold(Shown):
    comparison: Comparison
    value: float


class MetricQuery(Shown):
    """What to read of one metric in the half-open interval [start, end). No items and no types: all that have the metric.

    One row for everything; `by_item` gives a row for each item, `group_by` (type, attribute:<name>, or hour and day in `zone`) one for
    each group, `step_s` one for each bucket and item; `raw` every sample. `offset` skips rows of rankings.
    """

    metric: str
    start: AwareDatetime
    end: AwareDatetime
    item_ids: tuple[UUID, ...] = ()
    item_types: tuple[str, ...] = ()
    labels: dict[str, str] = Field(default_factory=dict)
    aggregate: Aggregate = Aggregate.AVG
    by_item: bool = False
    group_by: str | None = None
    zone: str = "UTC"
    step_s: int | None = None
    raw: bool = False
    having: Threshold | None = None
    ascending: bool = False
    limit: int = MAX_POINTS
    offset: int = 0


class ParameterType(StrEnum):
    TEXT = "text"
    TEXTS = "text[]"
    UUID = "uuid"
    UUIDS = "uuid[]"
    TIME = "timestamptz"
    FLOAT = "float8"
    INTEGER = "bigint"
    JSON = "jsonb"


class Parameter(Shown):
    """A bound value as it can be stored and shown; `type` says how to hand it to PostgreSQL."""

    type: ParameterType
    value: Scalar | list[str] | dict[str, str]


class Query(Shown):
    """SQL that reads only the views of schema `data`, with its values for $1, $2 …"""

    sql: str
    parameters: list[Parameter] = Field(default_factory=list)


class Item(Shown):
    id: UUID
    type: str
    name: str
    display_name: dict[str, str]
    aliases: list[str]
    addresses: list[str]
    attributes: dict[str, Any]
    source: str
    created_at: datetime
    updated_at: datetime
    retired_at: datetime | None = None


class RelationShown(Shown):
    id: UUID
    type: str
    source_id: UUID
    source: str
    source_type: str
    target_id: UUID
    target: str
    target_type: str


class ItemDetail(Item):
    relations: list[RelationShown] = Field(default_factory=list)


class ItemMetric(Shown):
    """A series of an item with its newest value of the last day, if it has one."""

    series_id: int
    metric: str
    unit: str
    labels: dict[str, str]
    title: dict[str, str]
    last_time: datetime | None = None
    last_value: float | None = None


class SeriesShown(Shown):
    id: int
    item_id: UUID
    item: str
    item_type: str
    metric: str
    unit: str
    labels: dict[str, str]


class MetricsAsked(Wire):
    """A query of the metrics page. Without `step_s` the samples come as they are, at most 11,000 of them."""

    metric: MetricName
    item_id: UUID | None = None
    item_type: Annotated[Text, StringConstraints(max_length=100)] | None = None
    from_: AwareDatetime = Field(alias="from")
    to: AwareDatetime
    step_s: int | None = Field(None, ge=1, le=31 * 86_400)
    aggregate: Aggregate = Aggregate.AVG

    @field_validator("from_", "to")
    @classmethod
    def _in_reach(cls, value: datetime) -> datetime:
        if not 1970 < value.year < 2200:
            raise ValueError("must lie between 1971 and 2199")
        return value

    @model_validator(mode="after")
    def _ordered(self) -> MetricsAsked:
        if self.from_ >= self.to:
            raise ValueError("`from` must be earlier than `to`")
        if self.step_s is not None and (self.to - self.from_).total_seconds() / self.step_s > MAX_POINTS:
            raise ValueError(f"the step is too fine: more than {MAX_POINTS} points")
        return self


class SeriesPoints(Shown):
    item_id: UUID
    item: str
    metric: str
    unit: str
    labels: dict[str, str]
    points: list[tuple[datetime, float]]


class MetricsAnswer(Shown):
    series: list[SeriesPoints]
    truncated: bool
    sql: str
    parameters: list[Parameter]
