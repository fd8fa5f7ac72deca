"""Conditions as the visual builder keeps them: react-querybuilder's JSON.

A group is `{combinator, not, rules}`, a rule `{field, operator, value, valueSource}`; the field is the canonical text of a
column. What the builder cannot draw (arithmetic, functions) has no such form, and `to_builder` says so with None.
"""

from typing import Annotated, Final
from typing import Literal as OneOf

from pydantic import Field

from opsloom.kit.model import Wire
from opsloom.rules.condition import parse, parse_column
from opsloom.rules.errors import ConditionInvalid, Flaw
from opsloom.rules.predicate import (
    And,
    Between,
    Boolean,
    Column,
    Compare,
    IsNull,
    Leaf,
    Like,
    Literal,
    Member,
    Moment,
    Not,
    Number,
    Operand,
    Or,
    Predicate,
    Text,
    ValueType,
    conjunction,
    disjunction,
    type_of,
)
from opsloom.rules.printing import show, show_moment, show_operand

Scalar = bool | float | str
Operator = OneOf[
    "=", "!=", "<", "<=", ">", ">=", "null", "notNull", "in", "notIn", "between", "notBetween", "contains",
    "doesNotContain", "beginsWith", "doesNotBeginWith", "endsWith", "doesNotEndWith", "like", "notLike", "ilike", "notIlike",
]  # fmt: skip

_NEGATED: Final[dict[str, str]] = {
    "null": "notNull",
    "in": "notIn",
    "between": "notBetween",
    "contains": "doesNotContain",
    "beginsWith": "doesNotBeginWith",
    "endsWith": "doesNotEndWith",
    "like": "notLike",
    "ilike": "notIlike",
}
_POSITIVE: Final = {negated: positive for positive, negated in _NEGATED.items()}
_AROUND: Final = {"contains": ("%", "%"), "beginsWith": ("", "%"), "endsWith": ("%", "")}


class BuilderRule(Wire):
    field: Annotated[str, Field(max_length=300)]
    operator: Operator
    value: Scalar | list[Scalar] | None = None
    valueSource: OneOf["value", "field"] = "value"  # noqa: N815  # react-querybuilder's own name
    id: str | None = Field(default=None, exclude=True)


class BuilderGroup(Wire):
    combinator: OneOf["and", "or"] = "and"
    rules: Annotated[list["BuilderGroup | BuilderRule"], Field(max_length=200)]
    negated: Annotated[bool, Field(alias="not")] = False
    id: str | None = Field(default=None, exclude=True)


def from_builder(group: BuilderGroup) -> Predicate:
    """The predicate a drawing stands for. Raises ConditionInvalid; the tree is checked just as written text is."""
    drawn = _predicate(group)
    return parse(show(drawn))


def to_builder(predicate: Predicate) -> BuilderGroup | None:
    """The drawing of a predicate, or None when it cannot be drawn."""
    drawn = _draw(predicate)
    if isinstance(drawn, BuilderRule):
        return _group("and", [drawn])
    return drawn


def _predicate(part: BuilderGroup | BuilderRule) -> Predicate:
    if isinstance(part, BuilderRule):
        return _leaf(part)
    if not part.rules:
        raise _unclear("A group needs at least one condition.")
    parts = tuple(_predicate(one) for one in part.rules)
    joined = conjunction(parts) if part.combinator == "and" else disjunction(parts)
    return Not(joined) if part.negated else joined


def _leaf(rule: BuilderRule) -> Predicate:
    column = parse_column(rule.field)
    positive = _POSITIVE.get(rule.operator)
    if positive is not None:
        return Not(_plain(positive, column, rule))
    return _plain(rule.operator, column, rule)


def _plain(operator: str, column: Column, rule: BuilderRule) -> Leaf:
    if operator == "null":
        return IsNull(column)
    if operator == "in":
        return Member(column, tuple(_literal(one, column) for one in _values(rule)))
    if operator == "between":
        bounds = _values(rule)
        if len(bounds) != 2:
            raise _unclear("between needs two values.")
        return Between(column, _operand(bounds[0], rule, column), _operand(bounds[1], rule, column))
    if operator in _AROUND or operator in ("like", "ilike"):
        if not isinstance(rule.value, str):
            raise _unclear(f"{operator} needs text.")
        before, after = _AROUND.get(operator, ("", ""))
        pattern = before + _escape(rule.value) + after if operator in _AROUND else rule.value
        return Like(column, pattern, operator == "ilike")
    if rule.value is None or isinstance(rule.value, list):
        raise _unclear(f"{rule.field} {operator} needs one value.")
    return Compare("<>" if operator == "!=" else operator, column, _operand(rule.value, rule, column))


def _values(rule: BuilderRule) -> list[Scalar]:
    if not isinstance(rule.value, list) or not rule.value:
        raise _unclear(f"{rule.operator} needs a list of values.")
    return rule.value


def _operand(value: Scalar, rule: BuilderRule, column: Column) -> Operand:
    if rule.valueSource == "field":
        return parse_column(str(value))
    return _literal(value, column)


def _literal(value: Scalar, column: Column) -> Literal:
    if isinstance(value, bool):
        return Boolean(value)
    if isinstance(value, str):
        # Typed fields of the builder hand over text; a numeric column can only mean a number.
        if type_of(column) is ValueType.NUMBER:
            return _number(value)
        return Text(value)
    return Number(float(value))


def _number(text: str) -> Number:
    try:
        return Number(float(text))
    except ValueError:
        raise _unclear(f"{text!r} is not a number.") from None


def _unclear(message: str) -> ConditionInvalid:
    return ConditionInvalid(Flaw(message, 1, 1, 0, 0), pointer="/builder")


def _draw(predicate: Predicate) -> BuilderGroup | BuilderRule | None:
    match predicate:
        case And(parts) | Or(parts):
            drawn = [one for one in map(_draw, parts) if one is not None]
            combinator: OneOf["and", "or"] = "and" if isinstance(predicate, And) else "or"
            return _group(combinator, drawn) if len(drawn) == len(parts) else None
        case Not(part):
            return _draw_not(part)
        case _:
            return _draw_leaf(predicate)


def _draw_not(part: Predicate) -> BuilderGroup | BuilderRule | None:
    inner = _draw(part)
    if inner is None:
        return None
    if isinstance(inner, BuilderRule):
        negated = _NEGATED.get(inner.operator)
        if negated is not None:
            return BuilderRule.model_validate(inner.model_dump() | {"operator": negated})
        return _group("and", [inner], negated=True)
    if inner.negated:
        return _group("and", [inner], negated=True)
    return _group(inner.combinator, inner.rules, negated=True)


def _draw_leaf(leaf: Leaf) -> BuilderRule | None:
    match leaf:
        case Compare(op, Column() as column, right):
            return _rule(column, "!=" if op == "<>" else op, right)
        case Between(Column() as column, low, high):
            return _draw_between(column, low, high)
        case Member(Column() as column, options):
            values = [_scalar(option) for option in options]
            return BuilderRule(field=show_operand(column), operator="in", value=values)
        case Like(Column() as column, pattern, ignore_case):
            return _draw_like(column, pattern, ignore_case)
        case IsNull(Column() as column):
            return BuilderRule(field=show_operand(column), operator="null")
        case _:
            return None


def _draw_between(column: Column, low: Operand, high: Operand) -> BuilderRule | None:
    field = show_operand(column)
    if isinstance(low, Column) and isinstance(high, Column):
        fields: list[Scalar] = [show_operand(low), show_operand(high)]
        return BuilderRule(field=field, operator="between", value=fields, valueSource="field")
    if isinstance(low, Literal) and isinstance(high, Literal):
        return BuilderRule(field=field, operator="between", value=[_scalar(low), _scalar(high)])
    return None


def _draw_like(column: Column, pattern: str, ignore_case: bool) -> BuilderRule:
    field = show_operand(column)
    if ignore_case:
        return BuilderRule(field=field, operator="ilike", value=pattern)
    for operator, (before, after) in _AROUND.items():
        inner = pattern[len(before) : len(pattern) - len(after)]
        plain = inner.replace("\\%", "%").replace("\\_", "_").replace("\\\\", "\\")
        if before + _escape(plain) + after == pattern:
            return BuilderRule.model_validate({"field": field, "operator": operator, "value": plain})
    return BuilderRule(field=field, operator="like", value=pattern)


def _rule(column: Column, operator: str, right: Operand) -> BuilderRule | None:
    rule = {"field": show_operand(column), "operator": operator}
    if isinstance(right, Column):
        return BuilderRule.model_validate(rule | {"value": show_operand(right), "valueSource": "field"})
    if isinstance(right, Literal):
        return BuilderRule.model_validate(rule | {"value": _scalar(right)})
    return None


def _group(
    combinator: OneOf["and", "or"], rules: list[BuilderGroup | BuilderRule], *, negated: bool = False
) -> BuilderGroup:
    return BuilderGroup.model_validate({"combinator": combinator, "not": negated, "rules": rules})


def _scalar(literal: Literal) -> Scalar:
    return show_moment(literal.micros) if isinstance(literal, Moment) else literal.value


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
