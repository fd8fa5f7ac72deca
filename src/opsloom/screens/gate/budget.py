"""What a screen costs: how often it asks, and how much it shows at once."""

from __future__ import annotations

from collections.abc import Iterator

from opsloom.screens.document.data import Table
from opsloom.screens.document.queries import QuestionQuery
from opsloom.screens.document.screen import Screen
from opsloom.screens.gate.finding import Finding, FindingCode, Level
from opsloom.screens.reading import components

MANY_QUERIES = 20
CALLS_A_MINUTE = 60.0
MANY_CALLS_A_MINUTE = 20.0
FASTEST_QUESTION_S = 60


def calls_a_minute(screen: Screen) -> float:
    """What one open page asks for by itself."""
    return sum(60 / query.refresh_s for query in screen.data.values() if query.refresh_s is not None)


def budget(screen: Screen) -> Iterator[Finding]:
    """Findings about refreshing, queries and rows."""
    calls = calls_a_minute(screen)
    if calls > CALLS_A_MINUTE:
        told = (
            f"One open page would ask {calls:.0f} times a minute; the most is {CALLS_A_MINUTE:.0f}. Refresh less often."
        )
        yield Finding(level=Level.ERROR, code=FindingCode.BUDGET, pointer="/data", message=told)
    elif calls > MANY_CALLS_A_MINUTE:
        told = f"One open page asks {calls:.0f} times a minute."
        yield Finding(level=Level.WARNING, code=FindingCode.BUDGET, pointer="/data", message=told)
    if len(screen.data) > MANY_QUERIES:
        told = f"{len(screen.data)} queries run when the page is opened."
        yield Finding(level=Level.WARNING, code=FindingCode.BUDGET, pointer="/data", message=told)
    for name, query in screen.data.items():
        if isinstance(query, QuestionQuery) and query.refresh_s is not None and query.refresh_s < FASTEST_QUESTION_S:
            told = f"A question may be asked again every {FASTEST_QUESTION_S} s at most."
            yield Finding(level=Level.ERROR, code=FindingCode.BUDGET, pointer=f"/data/{name}/refresh_s", message=told)
    for placed in components(screen):
        if isinstance(placed.component, Table) and placed.component.paging == "none":
            told = "Without pages every row is in the page at once."
            yield Finding(
                level=Level.WARNING,
                code=FindingCode.BUDGET,
                pointer=f"{placed.pointer}/paging",
                message=told,
                component=placed.component.id,
            )
