"""Why a condition is not true: its first part that is not, what it read, and how far a number is from its threshold."""

from collections.abc import Mapping
from typing import Any

from opsloom.kit.model import Shown
from opsloom.rules.facts import Json, Value
from opsloom.rules.predicate import (
    And,
    Between,
    Column,
    Compare,
    Leaf,
    Literal,
    Not,
    Or,
    Predicate,
    columns_of,
    common_type,
    operands,
)
from opsloom.rules.printing import show, show_operand
from opsloom.rules.reference import Read, read_operand, truth


class Failing(Shown):
    """The first part of a condition that is not true, the values it read, and how far a number is from its threshold."""

    part: str
    truth: bool | None
    values: dict[str, Any]
    threshold: float | None = None
    distance: float | None = None


def reader(values: Mapping[str, Json]) -> Read:
    """Reads columns from values kept by name."""

    def read(column: Column) -> Value:
        return values.get(show_operand(column))

    return read


def first_failing(predicate: Predicate, read: Read) -> Failing | None:
    """The first part, from the left, that keeps the whole from being true; None when it is true."""
    if truth(predicate, read) is True:
        return None
    match predicate:
        case And(parts):
            part = next(part for part in parts if truth(part, read) is not True)
            return first_failing(part, read)
        case Or(parts):
            # Every alternative fails; the nearest one tells most.
            failing = [one for part in parts if (one := first_failing(part, read)) is not None]
            return min(failing, key=lambda one: (one.distance is None, abs(one.distance or 0)))
        case Not(inner):
            return _described(predicate, inner if isinstance(inner, Leaf) else None, read)
        case _:
            return _described(predicate, predicate, read)


def _described(predicate: Predicate, leaf: Leaf | None, read: Read) -> Failing:
    names: dict[Column, None] = {}
    for operand in operands(leaf) if leaf is not None else ():
        names.update(dict.fromkeys(columns_of(operand)))
    values = {show_operand(column): read(column) for column in names}
    threshold, distance = _gap(leaf, read)
    return Failing(
        part=show(predicate), truth=truth(predicate, read), values=values, threshold=threshold, distance=distance
    )


def _gap(leaf: Leaf | None, read: Read) -> tuple[float | None, float | None]:
    """The number the value would have to pass, and how much is missing (always positive)."""
    if isinstance(leaf, Compare):
        kind = common_type(leaf.left, leaf.right)
        left, right = (read_operand(side, read, kind) for side in (leaf.left, leaf.right))
        if isinstance(leaf.left, Literal):
            left, right = right, left
        return _number(right), _distance(left, right)
    if isinstance(leaf, Between):
        kind = common_type(leaf.operand, leaf.low, leaf.high)
        value, low, high = (read_operand(one, read, kind) for one in (leaf.operand, leaf.low, leaf.high))
        below, above = _distance(value, low), _distance(value, high)
        if below is None or above is None:
            return None, None
        return (_number(low), below) if below <= above else (_number(high), above)
    return None, None


def _number(value: Value) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _distance(value: Value, threshold: Value) -> float | None:
    a, b = _number(value), _number(threshold)
    return None if a is None or b is None else abs(a - b)
