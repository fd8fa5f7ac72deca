"""From a model's answer to a plan, or what is wrong with it. Pure.

Whatever the model wrote is read by the plan's own types, its handles become ids, every name is looked up in the offer, and
free text that would reach an answer (names of scopes and sides, phrases) is replaced by our own.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import orjson
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from opsloom.ask.llm.offer import ModelQuestion, Offer
from opsloom.ask.plan import (
    CompareStep,
    CorrelateStep,
    Intent,
    Language,
    MetricStep,
    Origin,
    Output,
    Plan,
    Refusal,
    RefusalReason,
    Step,
)

Json = Any
_HANDLED: Final = ("item_ids", "to_ids")
_HANDLED_ONE: Final = ("item_id",)
_STEPS: TypeAdapter[Step] = TypeAdapter(Step)
_REFUSALS: Final = {
    "out_of_scope": RefusalReason.OUT_OF_SCOPE,
    "changes_things": RefusalReason.CHANGES_THINGS,
    "not_understood": RefusalReason.NOT_UNDERSTOOD,
}
_MOST_PROBLEMS: Final = 8
_LARGEST_ANSWER: Final = 200_000


class Unusable(Exception):
    """The answer is no plan; `problems` tell the model why."""

    def __init__(self, *problems: str) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems[:_MOST_PROBLEMS]


class _Draft(BaseModel):
    model_config = ConfigDict(extra="ignore")

    intent: Intent
    output: Output = Output.AUTO
    steps: list[Step] = Field(min_length=1, max_length=16)


def plan_of(text: str, question: ModelQuestion, offer: Offer, language: Language) -> Plan | Refusal:
    """The plan that the model wrote, not yet validated against policy, or its refusal. Raises Unusable."""
    found = object_in(text)
    refused = found.get("refuse")
    if isinstance(refused, str):
        return Refusal(reason=_REFUSALS.get(refused, RefusalReason.NOT_UNDERSTOOD))
    problems: list[str] = []
    steps = found.get("steps")
    for step in steps if isinstance(steps, list) else []:
        if isinstance(step, dict):
            _resolve(step, offer, problems)
            _zone(step, question)
    if problems:
        raise Unusable(*problems)
    try:
        draft = _Draft.model_validate(found)
    except ValidationError as error:
        raise Unusable(*_sentences(error)) from None
    problems = [problem for step in draft.steps for problem in _unknown(step, offer)]
    if problems:
        raise Unusable(*problems)
    named = {handle for handle, entity in offer.items.items() if any(entity.id in _ids(step) for step in draft.steps)}
    return Plan(
        language=language,
        intent=draft.intent,
        zone=question.zone.key,
        output=draft.output,
        origin=Origin.MODEL,
        entities=[entity for handle, entity in offer.items.items() if handle in named],
        steps=_named_by_us(draft.steps, offer),
    )


def object_in(text: str) -> dict[str, Json]:
    """The JSON object in an answer, also between fences or after a sentence. Raises Unusable."""
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start or len(text) > _LARGEST_ANSWER:
        raise Unusable("the answer holds no JSON object")
    try:
        found = orjson.loads(text[start : end + 1])
    except orjson.JSONDecodeError as error:
        raise Unusable(f"the JSON cannot be read: {error}") from None
    assert isinstance(found, dict)
    return found


def _resolve(step: dict[str, Json], offer: Offer, problems: list[str]) -> None:
    """Handles become ids, in place; anything else is a problem."""
    handles = offer.handles
    name = str(step.get("id", "?"))[:40]
    for key in _HANDLED:
        if key in step:
            given = step[key] if isinstance(step[key], list) else [step[key]]
            problems += [_invented(name, each) for each in given if not _offered(each, offer)]
            step[key] = [str(handles[each]) for each in given if _offered(each, offer)]
    for key in _HANDLED_ONE:
        if step.get(key) is not None:
            if not _offered(step[key], offer):
                problems.append(_invented(name, step[key]))
            else:
                step[key] = str(handles[step[key]])
    if step.get("alert_id") is not None:
        problems.append(f"step {name}: no alert was offered, leave alert_id out")


def _offered(handle: object, offer: Offer) -> bool:
    return isinstance(handle, str) and handle in offer.items


def _invented(step: str, handle: object) -> str:
    return f"step {step}: {str(handle)[:60]!r} is no handle that was offered"


def _zone(step: dict[str, Json], question: ModelQuestion) -> None:
    window = step.get("window")
    if isinstance(window, dict):
        window["zone"] = question.zone.key
        window.pop("phrase", None)
        window.pop("assumed", None)


def _sentences(error: ValidationError) -> list[str]:
    """Where and what, without the values: they are the model's own words."""
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return [f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in found[:_MOST_PROBLEMS]]


def _unknown(step: Step, offer: Offer) -> list[str]:
    """Names in a step that nobody offered."""
    problems = []
    if step.kind not in offer.kinds:
        problems.append(f"step {step.id}: steps of kind {step.kind} are not served")
    metric = getattr(step, "metric", None)
    if metric is not None and metric not in offer.metrics:
        problems.append(f"step {step.id}: there is no metric {metric[:60]!r}")
    strange = [kind for kind in getattr(step, "item_types", ()) if kind not in offer.types]
    return problems + [f"step {step.id}: there is no item type {kind[:60]!r}" for kind in strange]


def _ids(step: Step) -> set[object]:
    listed = [*getattr(step, "item_ids", ()), *getattr(step, "to_ids", ())]
    return {*listed, getattr(step, "item_id", None)}


def _named_by_us(steps: list[Step], offer: Offer) -> list[Step]:
    """The steps with every free text that an answer would repeat in our own words."""
    names = {entity.id: entity.name for entity in offer.items.values()}
    labels: dict[str, str] = {}
    named: list[Step] = []
    for step in steps:
        changes: dict[str, str] = {}
        if isinstance(step, MetricStep):
            scope = ", ".join(names[item] for item in step.item_ids[:3]) or ", ".join(step.item_types[:3])
            changes = {"scope_name": scope}
        elif isinstance(step, CompareStep | CorrelateStep):
            changes = {"left_name": labels.get(step.left, step.left), "right_name": labels.get(step.right, step.right)}
        listed = [names[item] for item in getattr(step, "item_ids", ()) if item in names]
        about = getattr(step, "metric", None) or step.kind
        labels[step.id] = " ".join(filter(None, (", ".join(listed[:3]), str(about))))
        named.append(step.model_copy(update=changes))
    return named


@lru_cache(maxsize=16)
def schema_text(kinds: frozenset[str]) -> str:
    """The JSON Schema of the steps that are served, without what only costs tokens."""
    whole = _STEPS.json_schema(mode="validation")
    definitions = whole["$defs"]
    wanted = [
        name for name, one in definitions.items() if one.get("properties", {}).get("kind", {}).get("const") in kinds
    ]
    needed: dict[str, Json] = {}
    for name in wanted:
        _gather(name, definitions, needed)
    schema = {"oneOf": [{"$ref": f"#/$defs/{name}"} for name in wanted], "$defs": needed}
    return orjson.dumps(_lean(schema)).decode()


def _gather(name: str, definitions: Mapping[str, Json], into: dict[str, Json]) -> None:
    if name not in into:
        into[name] = definitions[name]
        for part in orjson.dumps(definitions[name]).decode().split("#/$defs/")[1:]:
            _gather(part.split('"', 1)[0], definitions, into)


_LEFT_OUT: Final = frozenset(
    {"title", "phrase", "assumed", "zone", "scope_name", "left_name", "right_name", "alert_id"}
)


def _lean(schema: Json) -> Json:
    """Without titles and what the server fills in; an id is a handle."""
    if isinstance(schema, list):
        return [_lean(each) for each in schema if not (isinstance(each, str) and each in _LEFT_OUT)]
    if not isinstance(schema, dict):
        return schema
    if schema.get("format") == "uuid":
        return {"type": "string", "description": "a handle"}
    return {name: _lean(each) for name, each in schema.items() if name not in _LEFT_OUT}
