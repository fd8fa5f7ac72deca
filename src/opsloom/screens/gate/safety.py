"""Rights, secrets, addresses: a screen asks for no more than it declares and leads nowhere it should not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from opsloom.identity.permissions import Permission
from opsloom.screens.document import actions as do
from opsloom.screens.document import queries as ask
from opsloom.screens.document.data import AlertList, AnswerView, Topology
from opsloom.screens.document.display import Image, Link
from opsloom.screens.document.screen import Screen
from opsloom.screens.gate.finding import Finding, FindingCode, Level
from opsloom.screens.reading import actions, components

_SECRET: Final = re.compile(
    r"(^|[_\W])(password|passwd|secret|token|api[_-]?key|authorization|private[_-]?key)", re.IGNORECASE
)
_PICTURE: Final = re.compile(r"/[^/]|data:image/(png|jpeg|gif|webp);base64,|\{\{")
_ADDRESS: Final = re.compile(r"/([^/]|$)|https://|mailto:|\{\{")

STREAMS: Final = {
    "alerts": Permission.ALERTS_READ,
    "events": Permission.EVENTS_READ,
    "notifications": Permission.NOTIFICATIONS_READ,
    "runs": Permission.APIS_READ,
    "rules": Permission.RULES_READ,
}


def needs(screen: Screen) -> Iterator[tuple[str, str | None, Permission]]:
    """What each part of the screen has to be allowed: place, component, permission."""
    for name, query in screen.data.items():
        yield f"/data/{name}", None, _of_query(query)
    for placed in components(screen):
        match placed.component:
            case AlertList():
                yield placed.pointer, placed.component.id, Permission.ALERTS_READ
            case AnswerView():
                yield placed.pointer, placed.component.id, Permission.ASK_USE
            case Topology():
                yield placed.pointer, placed.component.id, Permission.INVENTORY_READ
    for doing in actions(screen):
        match doing.action:
            case do.CallApiStep() | do.RunWorkflow():
                yield doing.pointer, doing.owner.id, Permission.APIS_RUN
            case do.AcknowledgeAlert():
                yield doing.pointer, doing.owner.id, Permission.ALERTS_WRITE
            case do.Ask():
                yield doing.pointer, doing.owner.id, Permission.ASK_USE


def _of_query(query: ask.Query) -> Permission:
    match query:
        case ask.ApiQuery():
            return Permission.APIS_RUN
        case ask.AlertsQuery():
            return Permission.ALERTS_READ
        case ask.QuestionQuery():
            return Permission.ASK_USE
        case ask.StreamQuery(topic=topic):
            return STREAMS[topic]
        case _:
            return Permission.INVENTORY_READ


def safety(screen: Screen) -> Iterator[Finding]:
    """Findings about rights, secrets and addresses."""
    declared = set(screen.permissions)
    for pointer, owner, permission in needs(screen):
        if permission not in declared:
            told = f"This needs {permission.value}, which the screen does not declare."
            yield Finding(
                level=Level.ERROR, code=FindingCode.PERMISSION, pointer=pointer, message=told, component=owner
            )
    yield from _secrets(screen)
    for placed in components(screen):
        one = placed.component
        if isinstance(one, Image) and not _PICTURE.match(one.source):
            told = "A picture comes from this server (/…) or is written into the document (data:image/…;base64)."
            yield _address(f"{placed.pointer}/source", told, one.id)
        if isinstance(one, Link):
            if one.screen is None and one.href is None:
                yield _address(placed.pointer, "Name a screen or an address.", one.id)
            if one.href is not None and not _ADDRESS.match(one.href):
                yield _address(f"{placed.pointer}/href", "An address begins with /, https:// or mailto:.", one.id)


def _address(pointer: str, message: str, owner: str) -> Finding:
    return Finding(level=Level.ERROR, code=FindingCode.ADDRESS, pointer=pointer, message=message, component=owner)


def _secrets(screen: Screen) -> Iterator[Finding]:
    given = [
        (f"/data/{name}", None, query.parameters)
        for name, query in screen.data.items()
        if isinstance(query, ask.ApiQuery)
    ]
    given += [
        (doing.pointer, doing.owner.id, doing.action.parameters)  # type: ignore[misc]
        for doing in actions(screen)
        if isinstance(doing.action, do.CallApiStep | do.RunWorkflow)
    ]
    for pointer, owner, parameters in given:
        for name, value in parameters.items():
            if _SECRET.search(name) and isinstance(value, str) and value and "{{" not in value:
                told = f"“{name}” looks like a secret; everybody who opens the screen could read it. Keep it in the API's connection."
                place = f"{pointer}/parameters/{name.replace('~', '~0').replace('/', '~1')}"
                yield Finding(level=Level.ERROR, code=FindingCode.SECRET, pointer=place, message=told, component=owner)
