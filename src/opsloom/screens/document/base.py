"""What every part of a screen is made of: names, words in both languages, and values that may be worked out."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from opsloom.kit.model import StorableJson, Text, Wire

Ident = Annotated[str, StringConstraints(pattern=r"^[a-z][A-Za-z0-9_]{0,62}$")]
"""A name that expressions can say: of a component, a query, a state, a parameter."""
Binding = Annotated[str, StringConstraints(min_length=5, max_length=8_000, pattern=r"^\{\{[^\x00]*\}\}$")]
"""One `{{ expression }}` and nothing else: the value keeps its type."""
Filled = Annotated[Text, StringConstraints(max_length=20_000)]
"""Text that may hold `{{ expressions }}`."""
AlertState = Literal["pending", "firing", "acknowledged", "resolved", "expired"]
Truth = bool | Binding
Amount = float | Binding


class Part(Wire):
    """A piece of the document; its validator is made when a document is first read, not at each start."""

    model_config = ConfigDict(defer_build=True)


class Both(Part):
    """The same words in both languages."""

    ko: Filled = ""
    en: Filled = ""


Words = Filled | Both
"""Words that people read: one text for everybody, or one in each language."""


class Tone(StrEnum):
    OK = "ok"
    INFO = "info"
    WARN = "warn"
    CRITICAL = "critical"
    IDLE = "idle"


class Breakpoint(StrEnum):
    """Widths below 600, below 1024 and from 1024 on; what is not said for a width is as in the component itself."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class ToneRule(Part):
    """The first rule whose expression is true gives the tone."""

    when: Binding
    tone: Tone


class Override(Part):
    """What is different at a width."""

    hidden: bool | None = None
    span: Annotated[int, Field(ge=1, le=12)] | None = None
    props: dict[Ident, StorableJson] = Field(default_factory=dict, max_length=40)


class Choice(Part):
    """One of several; `value` is what state holds."""

    value: str | float | bool
    label: Words = ""
