"""What every component has."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from opsloom.screens.document.actions import Chain
from opsloom.screens.document.base import Breakpoint, Ident, Override, Part, ToneRule, Truth


class Node(Part):
    """`id` is unique in the screen. `on` holds what happens: click, change, submit, row_click, select, open, close."""

    id: Ident
    visible: Truth = True
    disabled: Truth = False
    tones: list[ToneRule] = Field(default_factory=list, max_length=10)
    on: dict[Ident, Chain] = Field(default_factory=dict, max_length=8)
    span: Annotated[int, Field(ge=1, le=12)] | None = None  # columns of the grid around it
    grow: bool = False  # takes the room that is left in the row or column around it
    at: dict[Breakpoint, Override] = Field(default_factory=dict)
