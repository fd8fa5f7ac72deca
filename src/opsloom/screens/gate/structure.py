"""Names and places: ids are unique, what is named exists, parts stand where they can."""

from __future__ import annotations

from collections.abc import Iterator

from opsloom.screens.document import actions as do
from opsloom.screens.document.components import Accordion, Drawer, Form, Modal, Panel, Tabs
from opsloom.screens.document.data import Table
from opsloom.screens.document.inputs import Input
from opsloom.screens.document.queries import StreamQuery
from opsloom.screens.document.screen import Screen
from opsloom.screens.gate.finding import Finding, FindingCode, Level
from opsloom.screens.reading import Doing, Placed, actions, components

MOST_COMPONENTS = 1_000
DEEPEST = 24


def structure(screen: Screen) -> Iterator[Finding]:
    """Findings of one walk over the tree."""
    seen: dict[str, Placed] = {}
    count = 0
    for placed in components(screen):
        count += 1
        one = placed.component
        if one.id in seen:
            yield _error(placed, FindingCode.ID_TAKEN, f"Another component is called “{one.id}” already.", "/id")
        seen.setdefault(one.id, placed)
        if len(placed.within) == DEEPEST:
            yield _error(placed, FindingCode.TOO_LARGE, f"Components may be nested {DEEPEST} deep.")
        yield from _place(placed)
        yield from _states(screen, placed)
    if count > MOST_COMPONENTS:
        told = f"A screen may hold {MOST_COMPONENTS} components; this one has {count}."
        yield Finding(level=Level.ERROR, code=FindingCode.TOO_LARGE, pointer="/root", message=told)
    for doing in actions(screen):
        yield from _targets(screen, doing, seen)


def _place(placed: Placed) -> Iterator[Finding]:
    one, around = placed.component, placed.within[-1] if placed.within else None
    if isinstance(one, Panel) and not isinstance(around, Tabs | Accordion):
        yield _error(placed, FindingCode.MISPLACED, "A panel stands in tabs or an accordion.")
    if isinstance(one, Form) and any(isinstance(each, Form) for each in placed.within):
        yield _error(placed, FindingCode.MISPLACED, "A form cannot stand in another form.")
    in_form = any(isinstance(each, Form) for each in placed.within)
    if isinstance(one, Input) and one.state is None and not in_form:
        yield _error(
            placed, FindingCode.MISPLACED, "Outside a form, what is filled in needs a `state` to go to.", "/state"
        )


def _states(screen: Screen, placed: Placed) -> Iterator[Finding]:
    one = placed.component
    wanted = []
    if isinstance(one, Input | Tabs) and one.state is not None:
        wanted.append(("/state", one.state))
    if isinstance(one, Table) and one.selected is not None:
        wanted.append(("/selected", one.selected))
    for pointer, name in wanted:
        if name not in screen.state:
            yield _error(placed, FindingCode.NAME_UNKNOWN, f"There is no state “{name}”.", pointer)
    if isinstance(one, Table) and one.source is not None and one.source not in screen.data:
        yield _error(placed, FindingCode.NAME_UNKNOWN, f"There is no query “{one.source}”.", "/source")
    if isinstance(one, Table) and one.paging == "server" and one.source is None:
        yield _error(
            placed, FindingCode.NAME_UNKNOWN, "Paging on the server needs the query that pages: `source`.", "/source"
        )


def _targets(screen: Screen, doing: Doing, seen: dict[str, Placed]) -> Iterator[Finding]:
    match doing.action:
        case (
            do.SetState(state=name)
            | do.MergeState(state=name)
            | do.CallApiStep(into=str(name))
            | do.Ask(into=str(name))
        ):
            wrong = None if name in screen.state else f"There is no state “{name}”."
        case do.Refresh(data=names):
            unknown = [name for name in names if name not in screen.data]
            wrong = f"There is no query “{unknown[0]}”." if unknown else None
        case do.Subscribe(data=name) | do.Unsubscribe(data=name):
            wrong = None if isinstance(screen.data.get(name), StreamQuery) else f"There is no stream “{name}”."
        case do.Open(component=name) | do.Close(component=name):
            opens = name in seen and isinstance(seen[name].component, Modal | Drawer)
            wrong = None if opens else f"There is no modal or drawer “{name}”."
        case do.Navigate(screen=None, path=None):
            wrong = "Name a screen or a path to go to."
        case _:
            wrong = None
    if wrong is not None:
        yield Finding(
            level=Level.ERROR,
            code=FindingCode.NAME_UNKNOWN,
            pointer=doing.pointer,
            message=wrong,
            component=doing.owner.id,
        )


def _error(placed: Placed, code: FindingCode, message: str, part: str = "") -> Finding:
    pointer = f"{placed.pointer}{part}"
    return Finding(level=Level.ERROR, code=code, pointer=pointer, message=message, component=placed.component.id)
