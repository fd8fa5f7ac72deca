"""What the reader may do next: look wider, see the course, ask for causes, keep the query as an API or watch it as a rule."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from pydantic import JsonValue

from opsloom.ask.blocks import NextAction, NextActionsBlock, Reference
from opsloom.ask.compose.sheet import Sheet, as_number
from opsloom.ask.compose.wording import metric_title
from opsloom.ask.plan import CauseStep, EventsStep, Intent, MetricStep, Origin, Output, Plan, Step, TimeWindow
from opsloom.ask.tools.contract import ToolStatus
from opsloom.inventory.schemas import Aggregate, Parameter, ParameterType
from opsloom.inventory.service import METRICS, Bad, nice_step

MOST = 6
_PLACE = re.compile(r"\$(\d+)::([a-z0-9]+(?:\[\])?)")
_WIDER = timedelta(days=1)
_API_TYPES = {ParameterType.TIME: "datetime", ParameterType.FLOAT: "number", ParameterType.INTEGER: "integer"}
_SLUG = re.compile(r"[^a-z0-9]+")


def add_next_actions(sheet: Sheet) -> None:
    """At most six, the most useful first."""
    actions = [*_looking(sheet), *_keeping(sheet)]
    if actions:
        sheet.blocks.append(NextActionsBlock(actions=actions[:MOST]))


def _looking(sheet: Sheet) -> list[NextAction]:
    found: list[NextAction] = []
    statuses = {sheet.result(step).status for step in sheet.plan.steps}
    if ToolStatus.NO_DATA in statuses and ToolStatus.SUCCESS not in statuses:
        wider = _wider(sheet.plan)
        if wider is not None:
            found.append(
                NextAction(kind="plan", label=sheet.say("Look at a longer time", "기간을 넓혀 보기"), plan=wider)
            )
        return found
    metrics = [step for step in sheet.plan.steps if isinstance(step, MetricStep)]
    if metrics and not any(step.shape == "series" for step in metrics) and sheet.plan.intent is not Intent.STATUS:
        found.append(
            NextAction(
                kind="plan", label=sheet.say("Show it over time", "추이 보기"), plan=_course(sheet.plan, metrics[0])
            )
        )
    cause = next((one for step in metrics for one in [_cause(sheet, step)] if one is not None), None)
    return [*found, cause] if cause is not None else found


def _wider(plan: Plan) -> Plan | None:
    """The same over three times the time, and at least a day."""
    steps: list[Step] = []
    for step in plan.steps:
        window: TimeWindow | None = getattr(step, "window", None)
        if window is None:
            steps.append(step)
            continue
        longer = max(3 * (window.end - window.start), _WIDER)
        wide = TimeWindow(start=window.end - longer, end=window.end, zone=window.zone)
        changes: dict[str, object] = {"window": wide}
        if isinstance(step, MetricStep) and step.step_s is not None:
            changes["step_s"] = nice_step(longer.total_seconds())
        steps.append(step.model_copy(update=changes))
    if all(before == after for before, after in zip(plan.steps, steps, strict=True)):
        return None
    return plan.model_copy(update={"steps": steps, "notes": [], "origin": Origin.EDITED})


def _course(plan: Plan, step: MetricStep) -> Plan:
    seconds = (step.window.end - step.window.start).total_seconds()
    aggregate = step.aggregate if step.aggregate in (Aggregate.MIN, Aggregate.MAX) else Aggregate.AVG
    changes = {
        "shape": "series",
        "step_s": nice_step(seconds),
        "aggregate": aggregate,
        "limit": 5000,
        "having": None,
        "nth": None,
    }
    curve = (
        step.model_copy(update={"id": "s1", **changes}) if step.items_from is None else step.model_copy(update=changes)
    )
    before = [one for one in plan.steps if one.id == step.items_from]
    new = {
        "steps": [*before, curve],
        "intent": Intent.SERIES,
        "notes": [],
        "origin": Origin.EDITED,
        "output": Output.AUTO,
    }
    return plan.model_copy(update=new)


def _cause(sheet: Sheet, step: MetricStep) -> NextAction | None:
    """Asks why the first item was so far in the bad direction."""
    kind, evidence = METRICS.get(step.metric), sheet.result(step).evidence
    bad = (
        {Bad.UP: (Aggregate.MAX, Aggregate.P95, Aggregate.P99), Bad.DOWN: (Aggregate.MIN,)}.get(kind.bad, ())
        if kind
        else ()
    )
    ranked = step.shape == "by_item" and kind is not None and kind.bad is not Bad.NEITHER
    if evidence is None or not evidence.rows or not (step.aggregate in bad or ranked):
        return None
    first = evidence.rows[0]
    item, name = first.get("item_id"), str(first.get("item") or "")
    if item is None:
        return None
    steps = [CauseStep(id="s1", item_id=item, metric=step.metric, window=step.window)]
    plan = sheet.plan.model_copy(
        update={"steps": steps, "intent": Intent.CAUSE, "notes": [], "origin": Origin.EDITED, "output": Output.AUTO}
    )
    title = metric_title(step.metric, sheet.language)
    label = sheet.say(f"Why was the {title} of {name} so?", f"{name}의 {title} 원인 찾기")
    return NextAction(kind="plan", label=label, plan=plan)


def _keeping(sheet: Sheet) -> list[NextAction]:
    found = []
    queries = [one for one in sheet.references if one.call is None and not one.part]
    if queries:
        found.append(
            NextAction(kind="make_api", label=sheet.say("Make this an API", "API로 만들기"), api=api_of(queries[0]))
        )
    for step in sheet.plan.steps:
        rule = _rule(sheet, step)
        if rule is not None:
            found.append(
                NextAction(kind="make_rule", label=sheet.say("Make this a rule", "규칙으로 만들기"), rule=rule)
            )
            break
    return found


def api_of(reference: Reference) -> dict[str, JsonValue]:
    """The query as the draft of an API: times, limits and thresholds become parameters, names stay as they are."""
    parameters: dict[str, dict[str, JsonValue]] = {}
    names = _names(reference.parameters)

    def place(match: re.Match[str]) -> str:
        number = int(match[1]) - 1
        bound, name = reference.parameters[number], names[number]
        if bound.type not in _API_TYPES:
            return _literal(bound)
        parameters[name] = {"name": name, "type": _API_TYPES[bound.type], "default": _plain(bound), "description": ""}
        return f"cast(:{name} as {bound.type.value})"

    sql = _PLACE.sub(place, reference.sql)
    slug = _SLUG.sub("-", reference.title.lower()).strip("-")[:60] or "question"
    described: list[JsonValue] = list(parameters.values())
    return {
        "name": reference.title[:200],
        "path": f"questions/{slug}",
        "description": reference.title,
        "logic": {"type": "sql", "sql": sql},
        "parameters": described,
    }


def _names(parameters: list[Parameter]) -> list[str]:
    """Names that say what a value is; the same kind of value again gets a number."""
    base = {
        ParameterType.TIME: ("from_time", "to_time"),
        ParameterType.FLOAT: ("number",),
        ParameterType.INTEGER: ("row_limit",),
    }
    used: dict[str, int] = {}
    taken: dict[ParameterType, int] = {}
    found = []
    for one in parameters:
        names = base.get(one.type, ("value",))
        place = taken[one.type] = taken.get(one.type, -1) + 1
        name = names[min(place, len(names) - 1)]
        used[name] = used.get(name, 0) + 1
        found.append(name if used[name] == 1 else f"{name}_{used[name]}")
    return found


def _plain(bound: Parameter) -> JsonValue:
    value = bound.value
    if bound.type is ParameterType.TIME:
        return datetime.fromisoformat(str(value)).isoformat()
    return value if isinstance(value, str | int | float | bool) else None


def _literal(bound: Parameter) -> str:
    """A text, an id or a list of them as SQL."""
    value = bound.value
    if isinstance(value, list):
        inside = ", ".join(_quoted(each) for each in value)
        return f"cast(array[{inside}] as {bound.type.value})"
    return f"cast({_quoted(str(value))} as {bound.type.value})"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _rule(sheet: Sheet, step: Step) -> dict[str, JsonValue] | None:
    """A rule's draft that fires when what was asked about happens again."""
    if isinstance(step, MetricStep) and step.aggregate is not Aggregate.COUNT:
        return _metric_rule(sheet, step)
    if isinstance(step, EventsStep) and step.mode == "count":
        return _event_rule(sheet, step)
    return None


def _metric_rule(sheet: Sheet, step: MetricStep) -> dict[str, JsonValue] | None:
    evidence, kind = sheet.result(step).evidence, METRICS.get(step.metric)
    if step.having is not None:
        comparison, bound = step.having.comparison.value, step.having.value
    else:
        value = as_number(evidence.rows[0].get("value")) if evidence is not None and evidence.rows else None
        if value is None or step.aggregate in (Aggregate.STDDEV, Aggregate.RATE, Aggregate.SUM):
            return None
        comparison, bound = ("<" if kind is not None and kind.bad is Bad.DOWN else ">"), float(f"{value:.3g}")
    items = [entity.name for entity in sheet.plan.entities if entity.id in step.item_ids]
    named = " or ".join(f"item = {_quoted(name)}" for name in items[:20])
    title = metric_title(step.metric, sheet.language)
    condition = f"value {comparison} {bound:g}" + (f" and ({named})" if named else "")
    return {
        "name": f"{title} {comparison} {bound:g}{f' ({items[0]})' if items else ''}"[:200],
        "kind": "threshold",
        "source": {"type": "metric", "metric": step.metric},
        "condition": condition,
        "for_s": 60,
        "severity": "warning",
        "title": f"{title}: {{{{ item }}}} {{{{ value }}}}",
    }


def _event_rule(sheet: Sheet, step: EventsStep) -> dict[str, JsonValue] | None:
    evidence = sheet.result(step).evidence
    count = as_number(evidence.rows[0].get("value")) if evidence is not None and evidence.rows else None
    if count is None:
        return None
    parts = [" or ".join(_type_test(one) for one in step.types)] if step.types else []
    parts += [" or ".join(f"severity = {_quoted(one)}" for one in step.severities)] if step.severities else []
    parts += [" or ".join(f"subject = {_quoted(one)}" for one in step.subjects[:20])] if step.subjects else []
    size = min(max((step.window.end - step.window.start).total_seconds(), 60.0), 7 * 86_400.0)
    rule: dict[str, JsonValue] = {
        "name": sheet.say(f"More than {count:g} events", f"이벤트 {count:g}건 초과"),
        "kind": "aggregate",
        "source": {"type": "event"},
        "keys": [],
        "window": {"type": "sliding", "size_s": size},
        "measures": [{"name": "n", "function": "count"}],
        "having": f"n > {count:g}",
        "severity": "warning",
        "title": sheet.say("More events than usual", "평소보다 많은 이벤트"),
    }
    return rule | {"condition": " and ".join(f"({one})" for one in parts)} if parts else rule


def _type_test(name: str) -> str:
    return f"type like {_quoted(name + '%')}" if name.endswith(".") else f"type = {_quoted(name)}"
