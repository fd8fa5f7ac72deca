"""How often the cause of an incident is found: `OPSLOOM_DATA_DIR=… python bench/causes.py`, where `opsloom demo` has been loaded.

Asks for the cause of every incident of the demo world at the service where it was noticed, knowing only the time, and compares with the
cause that the world was made with. Records of incidents are no evidence to the ranking. Prints how often the cause came first and
among the first three, beside two controls over the same surroundings: the plain order of the largest deviation, and chance.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from opsloom.ask.causes import reading
from opsloom.ask.causes.findings import Case
from opsloom.ask.causes.onset import symptom_of
from opsloom.ask.causes.ranking import rank
from opsloom.ask.causes.reading import Stretch
from opsloom.ask.causes.tool import case_of, courses_in
from opsloom.ask.tools.contract import Evidence, ToolContext
from opsloom.ask.tools.reading import fetch
from opsloom.infra.core import Core
from opsloom.inventory.schemas import Query
from opsloom.people import tenant_scope, with_core
from opsloom.settings import Settings

INCIDENTS = """
select e.time, (e.data->>'duration_min')::float8 as minutes, e.data->>'cause' as cause, i.id
from data.events e join data.items i on i.name = e.subject where starts_with(e.type, 'incident.') order by e.time
"""
BEFORE, AFTER = timedelta(minutes=30), timedelta(minutes=15)


async def measure(core: Core) -> None:
    """Every incident once."""
    context = ToolContext(core.db, await tenant_scope(core, None), core.clock, 30.0)
    found: dict[str, Counter[int]] = {name: Counter() for name in ("explaining", "deviation", "chance")}
    took, unseen = [], 0
    incidents = (await fetch(context, Query(sql=INCIDENTS))).rows
    for place, row in enumerate(incidents):
        at = datetime.fromisoformat(str(row["time"]))
        window = Stretch(at - BEFORE, at + timedelta(minutes=float(row["minutes"] or 30)) + AFTER)
        began = time.perf_counter()
        case = await surroundings(context, UUID(str(row["id"])), window)
        if case is None:
            unseen += 1
            continue
        orders = {
            "explaining": [one.node.name for one in rank(case, 3)],
            "deviation": by_deviation(case),
            "chance": random.Random(place).sample(names_of(case), k=min(3, len(case.nodes))),
        }
        took.append((time.perf_counter() - began) * 1000)
        for name, order in orders.items():
            found[name][order.index(str(row["cause"])) + 1 if row["cause"] in order else 0] += 1
    for name, places in found.items():
        print(f"{name:12} first {places[1]:3}  among three {places[1] + places[2] + places[3]:3}  of {len(incidents)}")
    print(f"without a symptom {unseen}; {statistics.median(took):.0f} ms a case, {max(took):.0f} ms the longest")


async def surroundings(context: ToolContext, item: UUID, window: Stretch) -> Case | None:
    """What the ranking sees of an incident; None when nothing was off at the item."""
    parts: dict[str, Evidence] = {"symptom": await fetch(context, reading.course(item, window))}
    symptom = symptom_of(courses_in(parts["symptom"]), window.start, None)
    return None if symptom is None else await case_of(context, item, symptom, parts)


def by_deviation(case: Case) -> Sequence[str]:
    """The plain order: who went farthest from the usual."""
    worst = {one.name: max((each.z for each in one.deviations), default=0.0) for one in case.nodes.values()}
    return sorted(worst, key=lambda name: (-worst[name], name))[:3]


def names_of(case: Case) -> list[str]:
    return sorted(one.name for one in case.nodes.values())


if __name__ == "__main__":
    with_core(Settings(), measure)
