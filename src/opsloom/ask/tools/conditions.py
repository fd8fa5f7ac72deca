"""Filters of a plan as SQL conditions: pure. Names of fields are bound or chosen from a list, never pasted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from opsloom.ask.plan import Filter, TimeWindow
from opsloom.inventory.schemas import ParameterType, Scalar
from opsloom.inventory.service import Values
from opsloom.kit.errors import PlanningFailed

_ITEM_COLUMNS: Final = {"type": "i.type", "id": "i.id::text", "source": "i.source"}
_EVENT_COLUMNS: Final = {
    "type": "type", "source": "source", "subject": "subject", "severity": "severity", "message": "message",
}  # fmt: skip
_ORDERS: Final = frozenset({">", "<", ">=", "<="})


def where(parts: Sequence[str]) -> str:
    return "where " + "\n  and ".join(parts) if parts else "where true"


def uuids(values: Values, ids: Sequence[UUID]) -> str:
    return values.add(ParameterType.UUIDS, [str(one) for one in ids])


def one_of(values: Values, column: str, wanted: Sequence[str]) -> list[str]:
    """`column = any(…)`, or nothing when nothing is wanted."""
    return [f"{column} = any({values.add(ParameterType.TEXTS, list(wanted))})"] if wanted else []


def within(values: Values, column: str, window: TimeWindow | None) -> list[str]:
    """The half-open interval."""
    if window is None:
        return []
    return [f"{column} >= {values.time(window.start)}", f"{column} < {values.time(window.end)}"]


def contains(values: Values, text: str, *columns: str) -> list[str]:
    """Any of the columns holds the text, whatever its case."""
    if not text:
        return []
    place = values.add(ParameterType.TEXT, text.lower())
    return ["(" + " or ".join(f"strpos(lower(coalesce({one}, '')), {place}) > 0" for one in columns) + ")"]


def on_items(values: Values, filters: Sequence[Filter]) -> list[str]:
    """Conditions over `data.items i`. Raises PlanningFailed for a field that items do not have."""
    return [_item(values, one) for one in filters]


def items_where(values: Values, types: Sequence[str], filters: Sequence[Filter]) -> str:
    """A subquery of the ids of items."""
    parts = [*one_of(values, "i.type", types), *on_items(values, filters)]
    return f"(select i.id from data.items i {where(parts)})"


def on_events(values: Values, filters: Sequence[Filter]) -> list[str]:
    """Conditions over `data.events`. Raises PlanningFailed for a field that events do not have."""
    return [_event(values, one) for one in filters]


def _item(values: Values, one: Filter) -> str:
    name = "attribute:status" if one.field == "status" else one.field
    if name == "name":
        return _named(values, one)
    if name.startswith("attribute:"):
        return _in_json(values, one, "i.attributes", name.removeprefix("attribute:"))
    if name in _ITEM_COLUMNS:
        return _compare(values, one, _ITEM_COLUMNS[name])
    raise PlanningFailed(f"items have no field {one.field}")


def _event(values: Values, one: Filter) -> str:
    if one.field.startswith("data:"):
        return _in_json(values, one, "data", one.field.removeprefix("data:"))
    if one.field in _EVENT_COLUMNS:
        return _compare(values, one, _EVENT_COLUMNS[one.field])
    raise PlanningFailed(f"events have no field {one.field}")


def _named(values: Values, one: Filter) -> str:
    """An item is found by any of its names."""
    if one.op == "like":
        return contains(values, _text(one.value), "i.name", "i.name_en", "i.name_ko")[0]
    return _compare(values, one, "i.name")


def _in_json(values: Values, one: Filter, column: str, key: str) -> str:
    place = values.add(ParameterType.TEXT, key)
    if one.op in _ORDERS and isinstance(one.value, int | float) and not isinstance(one.value, bool):
        number = number_in(column, place)
        return f"{number} {one.op} {values.add(ParameterType.FLOAT, float(one.value))}"
    return _compare(values, one, f"({column}->>{place})")


def number_in(column: str, place: str) -> str:
    """A JSON member as a number; NULL where it is none."""
    return f"(case when jsonb_typeof({column}->{place}) = 'number' then ({column}->>{place})::float8 end)"


def _compare(values: Values, one: Filter, column: str) -> str:
    if one.op == "in":
        wanted = one.value if isinstance(one.value, list) else [_text(one.value)]
        return f"{column} = any({values.add(ParameterType.TEXTS, [_text(each) for each in wanted])})"
    if one.op == "like":
        return contains(values, _text(one.value), column)[0]
    if one.value is None:
        return f"{column} is null" if one.op == "=" else f"{column} is not null"
    place = values.add(ParameterType.TEXT, _text(one.value))
    if one.op == "!=":
        return f"{column} is distinct from {place}"
    return f"{column} {one.op} {place}"


def _text(value: Scalar | list[str]) -> str:
    """A value as JSON's text operator gives it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
