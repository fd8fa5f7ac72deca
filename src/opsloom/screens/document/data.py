"""Components that show many things: tables, charts, lists, alerts, graphs."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from opsloom.kit.model import Text
from opsloom.screens.document.actions import Chain
from opsloom.screens.document.base import AlertState, Amount, Binding, Filled, Ident, Part, Tone, ToneRule, Truth, Words
from opsloom.screens.document.node import Node

_LIVE: Final[tuple[AlertState, ...]] = ("firing", "acknowledged")
Field_ = Annotated[Text, Field(min_length=1, max_length=200)]
"""A field of a row."""


class TableColumn(Part):
    """`tones` see `row` and `value`."""

    key: Field_
    label: Words = ""
    kind: Literal["text", "number", "percent", "bytes", "duration", "time", "badge", "link", "bar", "code"] = "text"
    unit: Filled = ""
    digits: Annotated[int, Field(ge=0, le=6)] | None = None
    width: Annotated[int, Field(ge=40, le=800)] | None = None
    sortable: bool = True
    filterable: bool = False
    href: Filled = ""
    tones: list[ToneRule] = Field(default_factory=list, max_length=10)


class RowAction(Part):
    """Runs with `event.row`."""

    id: Ident
    label: Words
    visible: Truth = True
    run: Chain = Field(default_factory=Chain)


class Table(Node):
    """`paging: server` sends `limit` and `cursor` along with the API's parameters and follows its `next_cursor`."""

    type: Literal["table"] = "table"
    label: Words = ""
    rows: Binding
    columns: list[TableColumn] = Field(default_factory=list, max_length=60)  # none: what the rows hold
    row_key: Field_ = "id"
    row_tones: list[ToneRule] = Field(default_factory=list, max_length=10)
    paging: Literal["none", "client", "server"] = "client"
    page_size: Annotated[int, Field(ge=5, le=500)] = 50
    source: Ident | None = None  # the query that pages on the server
    selection: Literal["none", "one", "many"] = "none"
    selected: Ident | None = None  # a state that holds the key or keys
    search: bool = False
    export: bool = False
    actions: list[RowAction] = Field(default_factory=list, max_length=10)
    empty: Words = ""


class Series(Part):
    """One line, bar or set of points: a field of each row."""

    name: Words = ""
    field: Field_
    axis: Literal["left", "right"] = "left"
    tone: Tone | None = None


class ChartThreshold(Part):
    value: Amount
    label: Words = ""
    tone: Tone = Tone.WARN


class Axis(Part):
    unit: Filled = ""
    minimum: float | None = None
    maximum: float | None = None


class Chart(Node):
    type: Literal["chart"] = "chart"
    style: Literal["line", "area", "bar", "pie", "scatter", "heatmap", "gauge"] = "line"
    label: Words = ""
    rows: Binding
    x: Field_ = "time"
    y: Field_ | None = None  # the second dimension of a heatmap
    series: list[Series] = Field(default_factory=list, max_length=30)
    split: Field_ | None = None  # a field whose values make a series each
    left: Axis = Field(default_factory=Axis)
    right: Axis | None = None
    stacked: bool = False
    zoom: bool = False
    thresholds: list[ChartThreshold] = Field(default_factory=list, max_length=10)
    height: Annotated[int, Field(ge=80, le=1_200)] = 240


class ListView(Node):
    """`title`, `text` and `tone` see `item`."""

    type: Literal["list"] = "list"
    label: Words = ""
    items: Binding
    title: Filled = "{{ item }}"
    text: Filled = ""
    tone: Binding | None = None
    most: Annotated[int, Field(ge=1, le=1_000)] = 200
    empty: Words = ""


class Timeline(Node):
    type: Literal["timeline"] = "timeline"
    label: Words = ""
    items: Binding
    time: Filled = "{{ item.time }}"
    title: Filled = "{{ item.title }}"
    text: Filled = ""
    tone: Binding | None = None
    empty: Words = ""


class Topology(Node):
    """What an item hangs together with."""

    type: Literal["topology"] = "topology"
    label: Words = ""
    item: Filled
    depth: Annotated[int, Field(ge=1, le=4)] = 1
    height: Annotated[int, Field(ge=120, le=1_200)] = 360


class LogView(Node):
    """Lines, newest last; follows while it is scrolled to its end."""

    type: Literal["log"] = "log"
    label: Words = ""
    rows: Binding
    time: Field_ = "time"
    text: Field_ = "text"
    level: Field_ | None = None
    height: Annotated[int, Field(ge=80, le=1_200)] = 320


class AlertList(Node):
    """Live alerts that may be acknowledged where they stand."""

    type: Literal["alerts"] = "alerts"
    label: Words = ""
    states: list[AlertState] = Field(default_factory=lambda: list(_LIVE))
    severities: list[Annotated[Text, Field(max_length=40)]] = Field(default_factory=list, max_length=10)
    text: Filled = ""
    most: Annotated[int, Field(ge=1, le=500)] = 50


class AnswerView(Node):
    """The answer to a question, with its references; asked when it is first seen and on refresh."""

    type: Literal["answer"] = "answer"
    question: Words
