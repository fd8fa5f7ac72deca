"""What changed from one definition of an API to another, and what of it those who use it could notice. Pure.

Parts: `path`, `method`, `parameter.<name>`, `column.<name>`, `limits.<name>`, and whole fields (`description`, `logic` …). A
parameter that has become due hits those who do not pass it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from opsloom.apis.params import Parameter
from opsloom.apis.schemas import ApiDefinition, Audience, Limits, Method
from opsloom.assets.kinds import Breaking, Hits


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two definitions, with a sentence; `breaks` if a caller of the first could notice it."""

    part: str
    reason: str
    breaks: bool
    hits: Hits = Hits.USERS


def breaking(before: ApiDefinition, after: ApiDefinition) -> Iterator[Breaking]:
    """Changes that a caller of `before` may notice. A lower limit hits only who comes near it: no publication waits for it."""
    return (
        Breaking(each.part, each.reason, each.hits)
        for each in changes(before, after)
        if each.breaks and not each.part.startswith("limits.")
    )


def changes(before: ApiDefinition, after: ApiDefinition) -> Iterator[Change]:
    """Every difference, in the order of the definition."""
    if before.path != after.path:
        moved = before.path_shape != after.path_shape
        yield Change("path", f"it moves from /runtime/{before.path} to /runtime/{after.path}", breaks=moved)
    if before.method is not after.method:
        closed = after.method is Method.POST
        yield Change("method", "it no longer answers to GET" if closed else "it answers to GET too", breaks=closed)
    yield from _parameters(before, after)
    yield from _columns(before, after)
    yield from _limits(before.limits, after.limits)
    if before.auth.callers is not after.auth.callers:
        wider = after.auth.callers is Audience.PUBLIC or (
            after.auth.callers is Audience.MEMBERS and before.auth.callers is not Audience.PUBLIC
        )
        reason = f"{after.auth.callers} may call it instead of {before.auth.callers}"
        yield Change("auth.callers", reason, breaks=not wider)
    for part, reason in _PLAIN.items():
        if getattr(before, part) != getattr(after, part):
            yield Change(part, reason, breaks=False)


_PLAIN = {
    "logic": "the logic is another",
    "cache": "answers are kept for another time",
    "description": "the description is another",
    "tags": "the tags are others",
}


def _parameters(before: ApiDefinition, after: ApiDefinition) -> Iterator[Change]:
    old = {each.name: each for each in before.parameters}
    new = {each.name: each for each in after.parameters}
    for name, parameter in old.items():
        changed, part = new.get(name), f"parameter.{name}"
        if changed is None:
            yield Change(part, f"the parameter {name} is gone", breaks=True)
            continue
        if (why := _narrower(parameter, changed)) is not None:
            yield Change(part, f"the parameter {name} {why}", breaks=True)
        if changed.must_be_given and not parameter.must_be_given:
            yield Change(part, f"the parameter {name} is required now", breaks=True, hits=Hits.OTHERS)
        elif why is None and parameter != changed:
            yield Change(part, f"the parameter {name} {_otherwise(parameter, changed)}", breaks=False)
    for name, parameter in new.items():
        if name not in old:
            due = parameter.must_be_given
            reason = f"the new parameter {name} is {'required' if due else 'optional'}"
            yield Change(f"parameter.{name}", reason, breaks=due, hits=Hits.OTHERS if due else Hits.USERS)


def _narrower(before: Parameter, after: Parameter) -> str | None:
    if before.type is not after.type:
        return f"changes from {before.type} to {after.type}"
    if before.where is not after.where:
        return f"is read from the {after.where} instead of the {before.where}"
    if gone := sorted(set(before.enum) - set(after.enum)):
        return f"no longer takes {', '.join(gone)}"
    narrower_low = after.minimum is not None and (before.minimum is None or after.minimum > before.minimum)
    narrower_high = after.maximum is not None and (before.maximum is None or after.maximum < before.maximum)
    if narrower_low or narrower_high:
        return "takes a smaller range"
    return "takes values of another schema" if before.value_schema != after.value_schema else None


def _otherwise(before: Parameter, after: Parameter) -> str:
    """What of a parameter is another way that stops no call."""
    if before.must_be_given and not after.must_be_given:
        return "may be left out now"
    if before.default != after.default:
        return f"is {_shown(after.default)} where it is left out, instead of {_shown(before.default)}"
    if new := sorted(set(after.enum) - set(before.enum)):
        return f"takes {', '.join(new)} too"
    if (before.minimum, before.maximum) != (after.minimum, after.maximum):
        return "takes a larger range"
    return "is described in another way"


def _columns(before: ApiDefinition, after: ApiDefinition) -> Iterator[Change]:
    if before.row_schema is not None and after.row_schema is not None:
        yield from _fields(before.row_schema, after.row_schema, "")
        return
    old, new = columns(before), columns(after)
    if not old or not new:
        return  # of one of them nothing is known
    for name, kind in old.items():
        if name not in new:
            yield Change(f"column.{name}", f"the column {name} is gone", breaks=True)
        elif new[name] != kind:
            reason = f"the column {name} changes from {_said(kind)} to {_said(new[name])}"
            yield Change(f"column.{name}", reason, breaks=not _within(new[name], kind))
    for name in new:
        if name not in old:
            yield Change(f"column.{name}", f"the column {name} is new", breaks=False)


def _fields(before: Mapping[str, Any], after: Mapping[str, Any], above: str) -> Iterator[Change]:
    """The properties of two schemas of answers, at every depth; a part is named by its outermost column."""
    old, new = _properties(before), _properties(after)
    was_sure, is_sure = _required(before), _required(after)
    for name, schema in old.items():
        spot = f"{above}.{name}" if above else name
        part = f"column.{spot.partition('.')[0]}"
        if name not in new:
            yield Change(part, f"the field {spot} is gone", breaks=True)
            continue
        yield from _field(schema, new[name], (part, spot))
        if name in was_sure and name not in is_sure:
            yield Change(part, f"the field {spot} may be missing now", breaks=True)
    for name in new:
        if name not in old:
            spot = f"{above}.{name}" if above else name
            yield Change(f"column.{spot.partition('.')[0]}", f"the field {spot} is new", breaks=False)


def _field(before: Any, after: Any, place: tuple[str, str]) -> Iterator[Change]:
    part, spot = place
    if not isinstance(before, dict) or not isinstance(after, dict):
        return
    old, new = before.get("type"), after.get("type")
    if old != new:
        nullable = "null" in _names(new) and "null" not in _names(old) and _within(set(_names(new)) - {"null"}, old)
        reason = "may be null now" if nullable and old else f"changes from {_said(old)} to {_said(new)}"
        yield Change(part, f"the field {spot} {reason}", breaks=not _within(new, old))
    choices, others = before.get("enum"), after.get("enum")
    if isinstance(choices, list) and (not isinstance(others, list) or any(each not in choices for each in others)):
        yield Change(part, f"the field {spot} may have other values than before", breaks=True)
    for one, other in ((before, after), (before.get("items"), after.get("items"))):
        if isinstance(one, dict) and isinstance(other, dict):
            yield from _fields(one, other, spot)


def _limits(before: Limits, after: Limits) -> Iterator[Change]:
    for name in Limits.model_fields:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            lower = new is not None and (old is None or new < old)
            words = f"{name} is {_shown(new)} instead of {_shown(old)}"
            yield Change(f"limits.{name}", words, breaks=lower)


def columns(definition: ApiDefinition) -> dict[str, Any]:
    """What is known of a row: each column with its type."""
    if definition.row_schema is not None:
        properties = definition.row_schema.get("properties")
        known = properties if isinstance(properties, dict) else {}
        return {name: each.get("type") if isinstance(each, dict) else None for name, each in known.items()}
    return {column.name: column.type for column in definition.output or []}


def _properties(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    found = schema.get("properties")
    return found if isinstance(found, dict) else {}


def _required(schema: Mapping[str, Any]) -> set[str]:
    found = schema.get("required")
    return {each for each in found if isinstance(each, str)} if isinstance(found, list) else set()


def _names(kind: Any) -> list[str]:
    """The types that a schema's `type` allows; none: any."""
    if isinstance(kind, str):
        return [kind]
    return [each for each in kind if isinstance(each, str)] if isinstance(kind, list | set) else []


def _within(inner: Any, outer: Any) -> bool:
    """Whether whoever is ready for the types of `outer` is ready for those of `inner`."""
    allowed = set(_names(outer))
    if not allowed:
        return True
    wanted = set(_names(inner))
    return bool(wanted) and (wanted <= allowed or (wanted - {"integer"} <= allowed and "number" in allowed))


def _said(kind: Any) -> str:
    return " or ".join(_names(kind)) or "anything"


def _shown(value: object) -> str:
    return "not set" if value is None else str(value)
