"""Expressions: they can be read, what they name exists, and no query waits for itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from opsloom.screens.document.screen import Screen
from opsloom.screens.gate.finding import Finding, FindingCode, Level
from opsloom.screens.reading import Found, expressions, named


def bindings(screen: Screen) -> Iterator[Finding]:
    """Everything that can be told without running an expression; whether it is JSONata is asked elsewhere."""
    owners = Owners(screen)
    known = {
        "data": screen.data.keys(),
        "state": screen.state.keys(),
        "parameters": {each.name for each in screen.parameters},
    }
    words = {"data": "query", "state": "state", "parameters": "parameter"}
    for found in expressions(screen):
        if found.problem is not None:
            yield unreadable(found, found.problem, owners)
        for root, name in sorted(
            set().union(*(named(each) for each in found.expressions)) if found.expressions else ()
        ):
            if name not in known[root]:
                told = f"There is no {words[root]} “{name}”."
                yield Finding(
                    level=Level.ERROR,
                    code=FindingCode.NAME_UNKNOWN,
                    pointer=found.pointer,
                    message=told,
                    component=owners.of(found.pointer),
                )
    circle = cycle(waits_for(screen))
    if circle:
        told = f"Queries wait for each other: {' → '.join(circle)}."
        yield Finding(level=Level.ERROR, code=FindingCode.CYCLE, pointer=f"/data/{circle[0]}", message=told)


class Owners:
    """Which component a place in the document belongs to."""

    def __init__(self, screen: Screen) -> None:
        self._document = screen.model_dump(mode="json", include={"root"})

    def of(self, pointer: str) -> str | None:
        """The innermost component around a pointer; none outside the tree."""
        here: object = self._document
        owner = None
        for part in pointer.split("/")[1:]:
            here = _inside(here, part)
            if isinstance(here, dict) and "id" in here and "type" in here:
                owner = here["id"]
        return owner


def _inside(here: object, part: str) -> object:
    if isinstance(here, dict):
        return here.get(part.replace("~1", "/").replace("~0", "~"))
    if isinstance(here, list) and part.isdigit() and int(part) < len(here):
        return here[int(part)]
    return None


def unreadable(found: Found, why: str, owners: Owners) -> Finding:
    """An expression that is none."""
    return Finding(
        level=Level.ERROR,
        code=FindingCode.EXPRESSION,
        pointer=found.pointer,
        message=f"The expression cannot be read: {why}.".replace("..", "."),
        component=owners.of(found.pointer),
    )


def waits_for(screen: Screen) -> dict[str, set[str]]:
    """Which queries each query's own expressions name."""
    waiting: dict[str, set[str]] = {name: set() for name in screen.data}
    for found in expressions(screen):
        parts = found.pointer.split("/")
        if parts[1] == "data":
            for each in found.expressions:
                waiting[parts[2]] |= {name for root, name in named(each) if root == "data"}
    return waiting


def cycle(graph: Mapping[str, set[str]]) -> list[str]:
    """One way round, closed, or nothing."""
    done: set[str] = set()
    for start in graph:
        path: list[str] = []
        waiting = [(start, iter(sorted(graph[start])))]
        path.append(start)
        while waiting and start not in done:
            node, following = waiting[-1]
            step = next(following, None)
            if step is None:
                waiting.pop()
                path.pop()
                done.add(node)
            elif step in path:
                return [*path[path.index(step) :], step]
            elif step in graph and step not in done:
                path.append(step)
                waiting.append((step, iter(sorted(graph[step]))))
    return []
