"""Components that hold others, and the union of all of them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from opsloom.screens.document import data, display, inputs
from opsloom.screens.document.actions import Chain
from opsloom.screens.document.base import Binding, Ident, Truth, Words
from opsloom.screens.document.node import Node

Gap = Literal["none", "small", "medium", "large"]
Children = Annotated[list["Component"], Field(default_factory=list, max_length=200)]


class RowBox(Node):
    type: Literal["row"] = "row"
    gap: Gap = "medium"
    align: Literal["start", "center", "end", "stretch", "baseline"] = "stretch"
    justify: Literal["start", "center", "end", "between"] = "start"
    wrap: bool = True
    children: Children


class ColumnBox(Node):
    type: Literal["column"] = "column"
    gap: Gap = "medium"
    align: Literal["start", "center", "end", "stretch"] = "stretch"
    children: Children


class GridBox(Node):
    """Twelve columns; a child's `span` says how many of them it takes."""

    type: Literal["grid"] = "grid"
    gap: Gap = "medium"
    children: Children


class Panel(Node):
    """One tab, or one part of an accordion."""

    type: Literal["panel"] = "panel"
    label: Words = ""
    children: Children


class Tabs(Node):
    """`state` holds the id of the panel that is open."""

    type: Literal["tabs"] = "tabs"
    state: Ident | None = None
    children: Annotated[list[Panel], Field(default_factory=list, max_length=20)]


class Accordion(Node):
    type: Literal["accordion"] = "accordion"
    many: bool = False
    open: list[Ident] = Field(default_factory=list, max_length=20)
    children: Annotated[list[Panel], Field(default_factory=list, max_length=40)]


class Modal(Node):
    """Shown while it is open; `open` and `close` actions name it."""

    type: Literal["modal"] = "modal"
    label: Words = ""
    size: Literal["small", "medium", "large"] = "medium"
    children: Children


class Drawer(Node):
    type: Literal["drawer"] = "drawer"
    label: Words = ""
    side: Literal["left", "right"] = "right"
    size: Literal["small", "medium", "large"] = "medium"
    children: Children


class Repeat(Node):
    """Its children once for each item; they see `item` and `index`."""

    type: Literal["repeat"] = "repeat"
    items: Binding
    key: Annotated[str, Field(max_length=200)] = "id"
    direction: Literal["row", "column"] = "column"
    gap: Gap = "medium"
    most: Annotated[int, Field(ge=1, le=500)] = 100
    empty: Words = ""
    children: Children


class Form(Node):
    """`submit` runs with `event.values` when everything in it will do. Its fields' problems are shown where they are."""

    type: Literal["form"] = "form"
    label: Words = ""
    submit: Chain = Field(default_factory=Chain)
    submit_label: Words = ""
    reset: bool = False  # after it was sent
    disabled_while: Truth = False
    children: Children


Component = Annotated[
    RowBox | ColumnBox | GridBox | Panel | Tabs | Accordion | Modal | Drawer | Repeat | Form
    | display.Divider | display.TextBlock | display.Markdown | display.Badge | display.Image | display.CodeBlock
    | display.Stat | display.KeyValue | display.Button | display.Menu | display.Link
    | data.Table | data.Chart | data.ListView | data.Timeline | data.Topology | data.LogView | data.AlertList
    | data.AnswerView
    | inputs.TextInput | inputs.NumberInput | inputs.Select | inputs.MultiSelect | inputs.DateInput | inputs.DateRange
    | inputs.Checkbox | inputs.Switch | inputs.FileInput,
    Field(discriminator="type"),
]  # fmt: skip

Container = RowBox | ColumnBox | GridBox | Panel | Tabs | Accordion | Modal | Drawer | Repeat | Form
