"""Components that people fill in. Each writes the state it is bound to, or its form's field of the same name."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from opsloom.kit.model import StorableJson
from opsloom.screens.document.base import Binding, Choice, Filled, Ident, Truth, Words
from opsloom.screens.document.node import Node


class Input(Node):
    label: Words = ""
    help: Words = ""
    state: Ident | None = None  # none: in a form, the field `id`
    initial: StorableJson = None
    required: Truth = False
    problem: Binding | None = None  # a text: why what was filled in will not do


class TextInput(Input):
    type: Literal["input"] = "input"
    kind: Literal["text", "long_text", "email", "url", "search"] = "text"
    placeholder: Words = ""
    pattern: Annotated[Filled, Field(max_length=300)] | None = None  # RE2
    max_length: Annotated[int, Field(ge=1, le=100_000)] | None = None


class NumberInput(Input):
    type: Literal["number"] = "number"
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    unit: Filled = ""


class Select(Input):
    """One of some. `options` from data: values, or objects with `value` and `label`."""

    type: Literal["select"] = "select"
    options: list[Choice] | Binding = Field(default_factory=list)
    clearable: bool = True


class MultiSelect(Input):
    type: Literal["multiselect"] = "multiselect"
    options: list[Choice] | Binding = Field(default_factory=list)
    most: Annotated[int, Field(ge=1, le=500)] | None = None


class DateInput(Input):
    type: Literal["date"] = "date"
    time: bool = False


class DateRange(Input):
    """State holds `{from, to}`."""

    type: Literal["daterange"] = "daterange"
    time: bool = False


class Checkbox(Input):
    type: Literal["checkbox"] = "checkbox"


class Switch(Input):
    type: Literal["switch"] = "switch"


class FileInput(Input):
    """State holds `{name, type, size, text | base64}`."""

    type: Literal["file"] = "file"
    accept: list[Annotated[Filled, Field(max_length=100)]] = Field(default_factory=list, max_length=20)
    most_bytes: Annotated[int, Field(ge=1, le=5_000_000)] = 1_000_000
