"""What is in a screen and where: its components, chains and expressions with their places. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from opsloom.kit import template
from opsloom.screens.document.actions import Action, Chain
from opsloom.screens.document.components import Component, Container, Form
from opsloom.screens.document.data import Table
from opsloom.screens.document.display import Menu
from opsloom.screens.document.node import Node
from opsloom.screens.document.screen import Screen

_STRINGS: Final = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|/\*[\s\S]*?\*/')
_ROOTS: Final = re.compile(r"(?<![\w.$`])(data|state|parameters)\s*\.\s*`?([A-Za-z_]\w*)")


@dataclass(frozen=True)
class Placed:
    """A component, its place, and the components around it from the root down."""

    pointer: str
    component: Component
    within: tuple[Component, ...]


@dataclass(frozen=True)
class Doing:
    """A step of a chain, its place, and the component whose chain it is."""

    pointer: str
    action: Action
    owner: Node


@dataclass(frozen=True)
class Found:
    """A text with expressions. `problem` says why it cannot be read; then there are no expressions."""

    pointer: str
    expressions: tuple[str, ...]
    problem: str | None = None


def components(screen: Screen) -> Iterator[Placed]:
    """Every component, a parent before its children."""
    waiting: list[Placed] = [Placed("/root", screen.root, ())]
    while waiting:
        placed = waiting.pop()
        yield placed
        if isinstance(placed.component, Container):
            inside = (*placed.within, placed.component)
            children: Sequence[Component] = placed.component.children
            waiting.extend(
                Placed(f"{placed.pointer}/children/{at}", child, inside)
                for at, child in reversed(list(enumerate(children)))
            )


def actions(screen: Screen) -> Iterator[Doing]:
    """Every step of every chain, also those that run when another fails."""
    for placed in components(screen):
        for pointer, chain in _chains(placed.component):
            yield from _steps(f"{placed.pointer}{pointer}/steps", chain.steps, placed.component)


def _chains(component: Component) -> Iterator[tuple[str, Chain]]:
    for event, chain in component.on.items():
        yield f"/on/{event}", chain
    match component:
        case Table(actions=rows):
            yield from ((f"/actions/{at}/run", each.run) for at, each in enumerate(rows))
        case Menu(entries=entries):
            yield from ((f"/entries/{at}/run", each.run) for at, each in enumerate(entries))
        case Form(submit=chain):
            yield "/submit", chain


def _steps(pointer: str, steps: Sequence[Action], owner: Node) -> Iterator[Doing]:
    for at, each in enumerate(steps):
        yield Doing(f"{pointer}/{at}", each, owner)
        yield from _steps(f"{pointer}/{at}/otherwise", each.otherwise, owner)


def expressions(screen: Screen) -> Iterator[Found]:
    """Every text that holds `{{ … }}`. What a query or a step shows as a sample is data, not a template."""
    for pointer, text in template.texts_in(screen.model_dump(mode="json", exclude_unset=True), ""):
        if "{{" not in text or re.match(r"/data/[^/]+/sample\b", pointer):
            continue
        try:
            yield Found(pointer, template.read(text).expressions)
        except template.Unclosed as error:
            yield Found(pointer, (), f"{error} (line {error.line}, column {error.column})")


def named(expression: str) -> frozenset[tuple[str, str]]:
    """What of the screen an expression says by name: `("data", "hosts")`, `("state", "picked")`."""
    return frozenset((root, name) for root, name in _ROOTS.findall(_STRINGS.sub('""', expression)))
