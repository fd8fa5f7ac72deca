"""Asks the evaluator whether a screen's expressions are JSONata."""

from __future__ import annotations

from collections.abc import Sequence

from opsloom.infra.aside import Aside, ExpressionUnreadable
from opsloom.screens.document.screen import Screen
from opsloom.screens.gate.bindings import Owners, unreadable
from opsloom.screens.gate.finding import Finding
from opsloom.screens.reading import Found, expressions

MOST_UNREADABLE = 20


async def unreadable_expressions(aside: Aside, screen: Screen) -> list[Finding]:
    """The first twenty that are none. Raises ExpressionTooCostly."""
    owners = Owners(screen)
    asked = [(found, each) for found in expressions(screen) for each in found.expressions]
    wrong: list[Finding] = []
    while asked and len(wrong) < MOST_UNREADABLE:
        failed = await _first_unreadable(aside, [each for _, each in asked])
        if failed is None:
            break
        at, why = failed
        found: Found = asked[at][0]
        wrong.append(unreadable(found, why, owners))
        asked = asked[at + 1 :]
    return wrong


async def _first_unreadable(aside: Aside, texts: Sequence[str]) -> tuple[int, str] | None:
    try:
        await aside.check(texts)
    except ExpressionUnreadable as error:
        return error.index, error.message
    return None
