"""The naive evaluator: one fact at a time, straight from the rules of SQL. It is the oracle the kernels are held to, and the
one that proofs and explanations use, so it is written to be obviously right, not fast.
"""

import math
import re
from collections.abc import Callable, Mapping
from typing import Final

from opsloom.rules.facts import Json, Value, finite
from opsloom.rules.predicate import (
    And,
    Arithmetic,
    Between,
    Boolean,
    Call,
    Column,
    Compare,
    Holds,
    IsNull,
    Leaf,
    Like,
    Member,
    Moment,
    Negate,
    Not,
    Number,
    Operand,
    Or,
    Predicate,
    Text,
    ValueType,
    common_type,
)

Read = Callable[[Column], Value]
NUMBER_TEXT: Final = re.compile(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?\s*", re.ASCII)


def truth(predicate: Predicate, read: Read) -> bool | None:
    """True, False or None (unknown)."""
    match predicate:
        case And(parts):
            return _all([truth(part, read) for part in parts])
        case Or(parts):
            negated = _all([_opposite(truth(part, read)) for part in parts])
            return _opposite(negated)
        case Not(part):
            return _opposite(truth(part, read))
        case _:
            return _leaf_truth(predicate, read)


def _leaf_truth(leaf: Leaf, read: Read) -> bool | None:
    match leaf:
        case Compare(op, left, right):
            return _compare(op, left, right, read)
        case Between(operand, low, high):
            return _all([_compare(">=", operand, low, read), _compare("<=", operand, high, read)])
        case Member(operand, options):
            return _opposite(_all([_compare("<>", operand, option, read) for option in options]))
        case Like(operand, pattern, ignore_case):
            text = read_operand(operand, read, ValueType.TEXT)
            return _like(text, pattern, ignore_case) if isinstance(text, str) else None
        case IsNull(operand):
            return read_operand(operand, read) is None
        case Holds(operand):
            value = read_operand(operand, read, ValueType.BOOLEAN)
            return value if isinstance(value, bool) else None


def _all(parts: list[bool | None]) -> bool | None:
    if False in parts:
        return False
    return None if None in parts else True


def _opposite(part: bool | None) -> bool | None:
    return None if part is None else not part


def _compare(op: str, left: Operand, right: Operand, read: Read) -> bool | None:
    kind = common_type(left, right)
    a, b = read_operand(left, read, kind), read_operand(right, read, kind)
    return compare_values(op, a, b)


def compare_values(op: str, a: Value, b: Value) -> bool | None:
    """Compare two values; unknown unless both are numbers, both text, or both booleans (which only = and <> compare)."""
    if isinstance(a, bool) or isinstance(b, bool):
        if not (isinstance(a, bool) and isinstance(b, bool)) or op not in ("=", "<>"):
            return None
        return (a == b) == (op == "=")
    if isinstance(a, str) and isinstance(b, str):
        return _ordered(op, (a > b) - (a < b))
    if isinstance(a, int | float) and isinstance(b, int | float):
        return _ordered(op, (a > b) - (a < b))
    return None


def _ordered(op: str, order: int) -> bool:
    return {"=": order == 0, "<>": order != 0, "<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[op]


def read_operand(operand: Operand, read: Read, wanted: ValueType = ValueType.JSON) -> Value:
    """The value of an operand; a JSON value that is not of the wanted type is NULL."""
    match operand:
        case Column(name, _):
            value = read(operand)
            return cast_json(value, wanted) if name == "data" else value
        case Number(value) | Text(value) | Boolean(value) | Moment(value):
            return value
        case Negate(inner):
            number = _number(inner, read)
            return None if number is None else -number
        case Arithmetic(op, left, right):
            return _arithmetic(op, _number(left, read), _number(right, read))
        case Call(name, arguments):
            return _call(name, arguments, read, wanted)


def cast_json(value: Json, wanted: ValueType) -> Value:
    """A JSON value as the wanted type, or None. Wanting JSON takes it as it is, with numbers made finite."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if wanted is ValueType.NUMBER or (wanted is ValueType.JSON and is_number):
        return finite(value)
    if wanted is ValueType.TEXT:
        return value if isinstance(value, str) else None
    if wanted is ValueType.BOOLEAN:
        return value if isinstance(value, bool) else None
    return None if wanted is ValueType.TIME else value


def _number(operand: Operand, read: Read) -> float | None:
    value = read_operand(operand, read, ValueType.NUMBER)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _arithmetic(op: str, a: float | None, b: float | None) -> float | None:
    if a is None or b is None or (op in "/%" and b == 0):
        return None
    operations: dict[str, Callable[[], float]] = {
        "+": lambda: a + b,
        "-": lambda: a - b,
        "*": lambda: a * b,
        "/": lambda: a / b,
        "%": lambda: math.fmod(a, b),
    }
    return finite(operations[op]())


def _call(name: str, arguments: tuple[Operand, ...], read: Read, wanted: ValueType) -> Value:
    if name == "coalesce":
        kind = common_type(*arguments)
        kind = wanted if kind is ValueType.JSON else kind
        values = (read_operand(argument, read, kind) for argument in arguments)
        return next((value for value in values if value is not None), None)
    if name == "abs":
        number = _number(arguments[0], read)
        return None if number is None else abs(number)
    text = read_operand(arguments[0], read, ValueType.TEXT)
    if not isinstance(text, str):
        return None
    return TEXT_CALLS[name](text)


def read_number(text: str) -> float | None:
    """A number written as text, or None."""
    return finite(float(text)) if NUMBER_TEXT.fullmatch(text) else None


TEXT_CALLS: Final[Mapping[str, Callable[[str], str | float | None]]] = {
    "lower": str.lower,
    "upper": str.upper,
    "length": lambda text: float(len(text)),
    "number": read_number,
}


def _like(text: str, pattern: str, ignore_case: bool) -> bool:
    """By dynamic programming over prefixes: reachable[j] says whether the pattern so far matches the first j characters."""
    if ignore_case:
        text, pattern = text.lower(), pattern.lower()
    reachable = [True] + [False] * len(text)
    position = 0
    while position < len(pattern):
        wanted = pattern[position]
        literal = wanted == "\\"
        if literal:
            position += 1
            wanted = pattern[position] if position < len(pattern) else "\\"
        if wanted == "%" and not literal:
            reachable = [any(reachable[: j + 1]) for j in range(len(text) + 1)]
        else:
            free = wanted == "_" and not literal
            reachable = [False] + [reachable[j] and (free or text[j] == wanted) for j in range(len(text))]
        position += 1
    return reachable[-1]
