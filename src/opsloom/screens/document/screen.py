"""A screen as it is stored, versioned and published."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from opsloom.identity.permissions import Permission
from opsloom.kit.model import StorableJson
from opsloom.screens.document.base import Ident, Part, Words
from opsloom.screens.document.components import ColumnBox, Component
from opsloom.screens.document.queries import Query

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")]


class ScreenParameter(Part):
    """What the address of the screen may say: `/s/hosts?site=seoul` is `parameters.site`."""

    name: Ident
    kind: Literal["text", "number", "boolean", "date"] = "text"
    initial: StorableJson = None
    required: bool = False


class State(Part):
    """A value of the page as long as it is open; `kept` also across reloads, in the address."""

    initial: StorableJson = None
    kept: bool = False


class Screen(Part):
    """`permissions` is the most that the page may do for its viewer, whatever else the viewer may."""

    schema_version: Literal[1] = 1
    slug: Slug
    title: Words = ""
    description: Words = ""
    parameters: list[ScreenParameter] = Field(default_factory=list, max_length=40)
    permissions: list[Permission] = Field(default_factory=list, max_length=20)
    state: dict[Ident, State] = Field(default_factory=dict, max_length=100)
    data: dict[Ident, Query] = Field(default_factory=dict, max_length=40)
    theme: Literal["auto", "light", "dark"] = "auto"
    width: Literal["full", "page"] = "full"
    root: Component = Field(default_factory=lambda: ColumnBox(id="root", children=[]))
