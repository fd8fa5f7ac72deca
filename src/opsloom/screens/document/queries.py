"""Where a screen's data comes from. Each query runs with the viewer's rights; its name is its place in `data`.

An expression sees `data.<name>.value`, `.rows`, `.error`, `.loading` and `.at`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from opsloom.kit.model import StorableJson, Text
from opsloom.screens.document.actions import Key
from opsloom.screens.document.base import AlertState, Binding, Filled, Part


class _Query(Part):
    when: Binding | None = None  # runs only while it is true
    refresh_s: Annotated[int, Field(ge=5, le=86_400)] | None = None  # none: when what it depends on changes
    sample: StorableJson = None  # what the editor shows instead, where it is told to


class ApiQuery(_Query):
    """What a published API answers."""

    type: Literal["api"] = "api"
    api: Key
    parameters: dict[Annotated[Text, Field(max_length=200)], StorableJson] = Field(default_factory=dict, max_length=100)


class AlertsQuery(_Query):
    type: Literal["alerts"] = "alerts"
    states: list[AlertState] = Field(default_factory=list)
    severities: list[Annotated[Text, Field(max_length=40)]] = Field(default_factory=list, max_length=10)
    text: Filled = ""
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class MetricQuery(_Query):
    """The samples of a metric of one item over the last `window_s`."""

    type: Literal["metric"] = "metric"
    item: Filled
    metric: Filled
    window_s: Annotated[int, Field(ge=60, le=31 * 86_400)] = 3_600
    step_s: Annotated[int, Field(ge=1, le=86_400)] | None = None
    aggregate: Literal["avg", "min", "max", "sum", "count", "latest"] = "avg"


class ItemsQuery(_Query):
    type: Literal["items"] = "items"
    types: list[Annotated[Text, Field(max_length=60)]] = Field(default_factory=list, max_length=20)
    text: Filled = ""
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class QuestionQuery(_Query):
    """What a question is answered with."""

    type: Literal["question"] = "question"
    question: Filled


class StreamQuery(_Query):
    """What happens, as it happens: the newest `keep` messages."""

    type: Literal["stream"] = "stream"
    topic: Literal["alerts", "events", "notifications", "runs", "rules"]
    keep: Annotated[int, Field(ge=1, le=500)] = 100
    on: bool = True


Query = Annotated[
    ApiQuery | AlertsQuery | MetricQuery | ItemsQuery | QuestionQuery | StreamQuery, Field(discriminator="type")
]
