"""Components that show one thing: words, numbers, pictures; and those that are clicked."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from opsloom.kit.model import StorableJson
from opsloom.screens.document.actions import Chain, Key
from opsloom.screens.document.base import Amount, Binding, Filled, Ident, Part, Tone, Truth, Words
from opsloom.screens.document.node import Node


class TextBlock(Node):
    type: Literal["text"] = "text"
    text: Words
    style: Literal["title", "heading", "body", "small", "label"] = "body"


class Markdown(Node):
    """Markdown without HTML."""

    type: Literal["markdown"] = "markdown"
    text: Words


class Badge(Node):
    type: Literal["badge"] = "badge"
    text: Words
    tone: Tone | Binding = Tone.IDLE


class Image(Node):
    """A picture of this server (`/…`) or one written into the document (`data:image/…`)."""

    type: Literal["image"] = "image"
    source: Annotated[Filled, Field(max_length=400_000)]
    alt: Words = ""
    height: Annotated[int, Field(ge=8, le=2_000)] | None = None


class CodeBlock(Node):
    type: Literal["code"] = "code"
    text: Filled
    language: Literal["text", "json", "sql", "python", "yaml"] = "text"


class Stat(Node):
    """One number, with what it is compared to and how it went."""

    type: Literal["stat"] = "stat"
    label: Words
    value: Amount | Filled
    unit: Filled = ""
    digits: Annotated[int, Field(ge=0, le=6)] = 1
    before: Amount | None = None
    better: Literal["higher", "lower", "neither"] = "neither"
    trend: Binding | None = None  # numbers, oldest first


class ShownPair(Part):
    label: Words
    value: StorableJson = None
    tone: Tone | Binding | None = None


class KeyValue(Node):
    type: Literal["keyvalue"] = "keyvalue"
    pairs: list[ShownPair] = Field(default_factory=list, max_length=60)
    value: Binding | None = None  # an object: each field is a pair more


class Button(Node):
    type: Literal["button"] = "button"
    label: Words
    style: Literal["filled", "default", "subtle", "danger"] = "default"


class MenuEntry(Part):
    id: Ident
    label: Words
    visible: Truth = True
    run: Chain = Field(default_factory=Chain)


class Menu(Node):
    type: Literal["menu"] = "menu"
    label: Words
    entries: list[MenuEntry] = Field(default_factory=list, max_length=30)


class Link(Node):
    """To another screen, to a page of the workbench, or out by https."""

    type: Literal["link"] = "link"
    label: Words
    screen: Key | None = None
    parameters: dict[Ident, StorableJson] = Field(default_factory=dict, max_length=40)
    href: Annotated[Filled, Field(max_length=2_000)] | None = None


class Divider(Node):
    type: Literal["divider"] = "divider"
    label: Words = ""
