"""The typed predicate tree that every condition becomes.

One tree has four uses: the embedded engine (`kernels`), the naive reference (`reference`), PostgreSQL text, and the visual
builder (`builder`). Its truth is three-valued as in SQL. Two statements hold everywhere and make the uses agree:
a number that is not finite is NULL (so NaN, infinities and division by zero never reach a comparison), and a JSON value
compared with a typed operand counts only if it has that type, otherwise it is NULL.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

PathStep = str | int


class ValueType(StrEnum):
    """What an operand yields. JSON is known only when a fact is looked at."""

    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    TIME = "time"
    JSON = "json"


COLUMN_TYPES: dict[str, ValueType] = {
    "time": ValueType.TIME,
    "source": ValueType.TEXT,
    "type": ValueType.TEXT,
    "subject": ValueType.TEXT,
    "severity": ValueType.TEXT,
    "metric": ValueType.TEXT,
    "value": ValueType.NUMBER,
    "item": ValueType.TEXT,
    "unit": ValueType.TEXT,
    "attrs": ValueType.TEXT,
    "data": ValueType.JSON,
}
"""Every column of a fact a condition may name. `attrs` needs one key, `data` a path of one or more steps."""

NAMED: Final = "named"
"""The column of what is known by a name of the rule's own (a measure); its path is that name."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the fact, or with `step` of the last fact that an earlier step of a sequence took."""

    name: str
    path: tuple[PathStep, ...] = ()
    step: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    value: float


@dataclass(frozen=True, slots=True)
class Text:
    value: str


@dataclass(frozen=True, slots=True)
class Boolean:
    value: bool


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant, microseconds since 1970-01-01 UTC."""

    micros: int


Literal = Number | Text | Boolean | Moment


@dataclass(frozen=True, slots=True)
class Negate:
    operand: "Operand"


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`op` is one of + - * / %; the remainder has the sign of the dividend, as in PostgreSQL."""

    op: str
    left: "Operand"
    right: "Operand"


@dataclass(frozen=True, slots=True)
class Call:
    """`name` is one of abs, lower, upper, length, coalesce, number (written CAST(x AS DOUBLE))."""

    name: str
    arguments: tuple["Operand", ...]


Operand = Column | Literal | Negate | Arithmetic | Call


@dataclass(frozen=True, slots=True)
class Compare:
    """`op` is one of = <> < <= > >=."""

    op: str
    left: Operand
    right: Operand


@dataclass(frozen=True, slots=True)
class Between:
    operand: Operand
    low: Operand
    high: Operand


@dataclass(frozen=True, slots=True)
class Member:
    operand: Operand
    options: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Like:
    """`%` stands for any run of characters, `_` for one, a backslash before either for itself."""

    operand: Operand
    pattern: str
    ignore_case: bool = False


@dataclass(frozen=True, slots=True)
class IsNull:
    operand: Operand


@dataclass(frozen=True, slots=True)
class Holds:
    """A boolean operand that stands where a predicate is wanted."""

    operand: Operand


@dataclass(frozen=True, slots=True)
class Not:
    part: "Predicate"


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple["Predicate", ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple["Predicate", ...]


Leaf = Compare | Between | Member | Like | IsNull | Holds
Predicate = Leaf | Not | And | Or


def conjunction(parts: tuple[Predicate, ...]) -> Predicate:
    """`And` in canonical form: never inside another `And`, never of one part."""
    flat = tuple(inner for part in parts for inner in (part.parts if isinstance(part, And) else (part,)))
    return flat[0] if len(flat) == 1 else And(flat)


def disjunction(parts: tuple[Predicate, ...]) -> Predicate:
    """`Or` in canonical form: never inside another `Or`, never of one part."""
    flat = tuple(inner for part in parts for inner in (part.parts if isinstance(part, Or) else (part,)))
    return flat[0] if len(flat) == 1 else Or(flat)


def negative(operand: Operand) -> Operand:
    """The negated operand; a literal is folded, so that -1 has one form only."""
    return Number(-operand.value) if isinstance(operand, Number) else Negate(operand)


def operands(leaf: Leaf) -> tuple[Operand, ...]:
    """The operands of a leaf, from left to right, without the options of IN."""
    match leaf:
        case Compare(_, left, right):
            return (left, right)
        case Between(operand, low, high):
            return (operand, low, high)
        case Member(operand, _) | Like(operand, _, _) | IsNull(operand) | Holds(operand):
            return (operand,)


def leaves(predicate: Predicate) -> Iterator[Leaf]:
    """Every leaf, from left to right."""
    match predicate:
        case Not(part):
            yield from leaves(part)
        case And(parts) | Or(parts):
            for part in parts:
                yield from leaves(part)
        case _:
            yield predicate


def columns(predicate: Predicate) -> tuple[Column, ...]:
    """Every column the predicate reads, once each, in order of appearance."""
    seen: dict[Column, None] = {}
    for leaf in leaves(predicate):
        for operand in operands(leaf):
            seen.update(dict.fromkeys(columns_of(operand)))
    return tuple(seen)


def columns_of(operand: Operand) -> Iterator[Column]:
    """Every column an operand reads."""
    match operand:
        case Column():
            yield operand
        case Negate(inner):
            yield from columns_of(inner)
        case Arithmetic(_, left, right):
            yield from columns_of(left)
            yield from columns_of(right)
        case Call(_, arguments):
            for argument in arguments:
                yield from columns_of(argument)
        case _:
            return


def type_of(operand: Operand) -> ValueType:
    """The type an operand yields; the tree has been checked when it was read."""
    match operand:
        case Column(name, _):
            return COLUMN_TYPES.get(name, ValueType.NUMBER)
        case Number() | Negate() | Arithmetic():
            return ValueType.NUMBER
        case Text():
            return ValueType.TEXT
        case Boolean():
            return ValueType.BOOLEAN
        case Moment():
            return ValueType.TIME
        case Call(name, arguments):
            return _call_type(name, arguments)


def _call_type(name: str, arguments: tuple[Operand, ...]) -> ValueType:
    if name in ("abs", "length", "number"):
        return ValueType.NUMBER
    if name in ("lower", "upper"):
        return ValueType.TEXT
    typed = [kind for kind in map(type_of, arguments) if kind is not ValueType.JSON]
    return typed[0] if typed else ValueType.JSON


def common_type(*parts: Operand) -> ValueType:
    """The type operands are compared as: the one that is not JSON, or JSON when all are."""
    typed = [kind for kind in map(type_of, parts) if kind is not ValueType.JSON]
    return typed[0] if typed else ValueType.JSON
