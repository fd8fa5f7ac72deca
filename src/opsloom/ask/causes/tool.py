"""The tool of cause steps: reads the surroundings of a symptom, ranks, and gives every reason with the query it came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from opsloom.ask.causes import reading
from opsloom.ask.causes.findings import Bearing, Candidate, Case, Deviation, Happening, Node, confidence
from opsloom.ask.causes.onset import Symptom, bad_direction, symptom_of
from opsloom.ask.causes.ranking import is_observed, rank
from opsloom.ask.causes.reading import Stretch
from opsloom.ask.plan import CauseStep, Step
from opsloom.ask.tools.contract import Evidence, Row, ToolContext, ToolResult, ToolStatus
from opsloom.ask.tools.reading import fetch
from opsloom.ask.tools.relation_queries import HAS, NEEDS
from opsloom.identity.permissions import Permission
from opsloom.inventory.schemas import Query
from opsloom.inventory.service import Bad

FELT: Final = ("service.latency_ms", "service.error_rate")
DEPTH: Final = 5
MOST_ITEMS: Final = 150
FURTHEST: Final = 1000.0


@dataclass(frozen=True)
class CauseTool:
    """Hypotheses about the cause of a symptom, best first."""

    name: str = "cause_search"
    kind: str = "cause"
    permission: Permission = Permission.INVENTORY_READ

    async def run(self, context: ToolContext, step: Step) -> ToolResult:
        """A row for each hypothesis; `parts` hold the reasons and the queries behind them."""
        assert isinstance(step, CauseStep)
        began, ran_at = context.clock.monotonic(), context.clock.now()
        window = Stretch(step.window.start, step.window.end)
        item_id, parts = step.item_id, {}
        if item_id is None:
            parts["symptom"] = await fetch(context, reading.worst_off(window, FELT))
            item_id = _first(parts["symptom"])
        symptom = None
        if item_id is not None:
            parts["symptom"] = await fetch(context, reading.course(item_id, window))
            symptom = symptom_of(courses_in(parts["symptom"]), window.start, step.metric)
        found: list[Row] = []
        reasons: list[Row] = []
        if item_id is not None and symptom is not None:
            case = await case_of(context, item_id, symptom, parts)
            ranked = rank(case, step.limit)
            found, reasons = _rows(case, symptom, ranked)
        took_ms = round((context.clock.monotonic() - began) * 1000, 3)
        told = f"cause of {item_id or 'the worst symptom'} {step.metric or ''}".strip()
        evidence = Evidence(Query(sql=told), _columns(found), tuple(found), False, ran_at, took_ms, step)
        parts["findings"] = Evidence(Query(sql=told), _columns(reasons), tuple(reasons), False, ran_at, took_ms, step)
        return ToolResult(
            self.name, step.id, ToolStatus.SUCCESS if found else ToolStatus.NO_DATA, evidence, parts=parts
        )


def _first(evidence: Evidence) -> UUID | None:
    return UUID(str(evidence.rows[0]["item_id"])) if evidence.rows else None


def courses_in(evidence: Evidence) -> dict[str, list[tuple[datetime, float, float]]]:
    found: dict[str, list[tuple[datetime, float, float]]] = {}
    for row in evidence.rows:
        point = (datetime.fromisoformat(str(row["time"])), _number(row["value"]), _number(row["expected"]))
        found.setdefault(str(row["metric"]), []).append(point)
    return found


async def case_of(context: ToolContext, item_id: UUID, symptom: Symptom, parts: dict[str, Evidence]) -> Case:
    """Everything known around the symptom; what the caller may not read is left out."""
    relations = parts["relations"] = await fetch(context, reading.needed(item_id, DEPTH, (*NEEDS, *HAS)))
    named, needs = _topology(relations)
    course = parts["symptom"].rows[0]
    named = {item_id: (str(course["item"]), str(course["item_type"]))} | named
    ids = list(named)[:MOST_ITEMS]
    parts["metrics"] = await fetch(context, reading.deviations(ids, symptom.stretch))
    if context.scope.allows(Permission.EVENTS_READ):
        names = [named[one][0] for one in ids]
        parts["events"] = await fetch(context, reading.happenings(names, symptom.stretch))
    if context.scope.allows(Permission.ALERTS_READ):
        parts["alerts"] = await fetch(context, reading.fired(ids, symptom.stretch))
    nodes = {one: _node(one, named[one], parts) for one in ids}
    return Case(item_id, symptom.stretch.start, nodes, needs)


def _topology(relations: Evidence) -> tuple[dict[UUID, tuple[str, str]], dict[UUID, tuple[UUID, ...]]]:
    """Names and types of the items, nearest first, and what each needs."""
    named: dict[UUID, tuple[str, str]] = {}
    needs: dict[UUID, dict[UUID, None]] = {}
    for row in relations.rows:
        source, target = UUID(str(row["source_id"])), UUID(str(row["target_id"]))
        for end, one in (("source", source), ("target", target)):
            named[one] = (str(row[end]), str(row[f"{end}_type"]))
        needs.setdefault(source, {})[target] = None
    return named, {one: tuple(targets) for one, targets in needs.items()}


def _node(item: UUID, named: tuple[str, str], parts: Mapping[str, Evidence]) -> Node:
    name, kind = named
    deviations = [_deviation(row) for row in parts["metrics"].rows if str(row["item_id"]) == str(item)]
    events = parts["events"].rows if "events" in parts else ()
    happened = [
        Happening(
            datetime.fromisoformat(str(row["time"])),
            str(row["type"]),
            str(row["title"]),
            str(row.get("severity") or ""),
        )
        for row in events
        if row["subject"] == name
    ]
    alerts = [
        str(row["title"])
        for row in (parts["alerts"].rows if "alerts" in parts else ())
        if str(row["item_id"]) == str(item)
    ]
    return Node(item, name, kind, tuple(deviations), tuple(happened), tuple(alerts))


def _deviation(row: Row) -> Deviation:
    """How far a metric went in its bad direction; of one without, in either."""
    metric = str(row["metric"])
    up, down = _number(row["up"]), _number(row["down"])
    bad = bad_direction(metric)
    rises = bad is Bad.UP or (bad is Bad.NEITHER and up >= down)
    at = row["rose_at"] if rises else row["fell_at"]
    directed = Bearing.FELT if metric in FELT else Bearing.OWN
    return Deviation(
        metric=metric,
        bearing=Bearing.NEITHER if bad is Bad.NEITHER else directed,
        z=min(max(up if rises else down, 0.0), FURTHEST),
        value=_number(row["highest" if rises else "lowest"]),
        usual=_number(row["usual_then" if rises else "usual_low"]),
        unit=str(row["unit"] or ""),
        onset=datetime.fromisoformat(str(at)) if at else None,
    )


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _rows(case: Case, symptom: Symptom, ranked: Sequence[Candidate]) -> tuple[list[Row], list[Row]]:
    observed = is_observed(list(ranked))
    found: list[Row] = []
    reasons: list[Row] = []
    for place, one in enumerate(ranked, 1):
        found.append(
            {
                "rank": place, "item": one.node.name or "-", "item_id": str(one.node.id), "item_type": one.node.type,
                "score": round(one.score, 3), "share": round(one.share, 3), "confidence": confidence(one.score, one.share),
                "path": " → ".join(case.nodes[each].name for each in one.path), "symptom": case.nodes[case.symptom].name,
                "metric": symptom.metric, "onset": symptom.stretch.start.isoformat(), "until": symptom.stretch.end.isoformat(),
                "observed": observed,
            }
        )  # fmt: skip
        for each in one.findings:
            flat: Row = {"item_id": str(one.node.id), "kind": each.kind.value, "supports": each.supports}
            reasons.append({**flat, **{name: each.facts.get(name) for name in _FACTS}})
    return found, reasons


_FACTS: Final = ("metric", "value", "usual", "z", "unit", "time", "title", "minutes", "count", "name")


def _columns(rows: Sequence[Row]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for row in rows for name in row))
