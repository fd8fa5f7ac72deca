"""What a screen uses. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from opsloom.assets.kinds import Link
from opsloom.screens.document import actions as do
from opsloom.screens.document.display import Link as LinkComponent
from opsloom.screens.document.queries import ApiQuery
from opsloom.screens.document.screen import Screen
from opsloom.screens.reading import actions, components


def links(screen: Screen) -> Iterator[Link]:
    """The APIs its queries and actions call, and the screens it leads to."""
    for name, query in screen.data.items():
        if isinstance(query, ApiQuery):
            yield Link("api", query.api, "shows", f"/data/{name}/api", _needs(query.parameters))
    for doing in actions(screen):
        match doing.action:
            case do.CallApiStep(api=key, parameters=given):
                yield Link("api", key, "calls", f"{doing.pointer}/api", _needs(given))
            case do.RunWorkflow(api=key, parameters=given):
                yield Link("api", key, "runs", f"{doing.pointer}/api", _needs(given))
            case do.Navigate(screen=str(key)):
                yield Link("screen", key, "leads to", f"{doing.pointer}/screen", ("address",))
    for placed in components(screen):
        if isinstance(placed.component, LinkComponent) and placed.component.screen is not None:
            yield Link("screen", placed.component.screen, "leads to", f"{placed.pointer}/screen", ("address",))


def _needs(parameters: Iterable[str]) -> tuple[str, ...]:
    return ("call", *(f"parameter.{name}" for name in parameters))
