"""Conditions over columns. Each function gives the same answer for a whole batch that `reference` gives for each fact.

A predicate yields two masks, "surely true" and "surely false"; what is in neither is unknown. NOT swaps them, AND and OR
combine them without a third case, and a comparison with NaN (our NULL) is in neither by itself. Numbers and times are float
arrays: a count of microseconds is exact in float64 until the year 2255.
"""

import math
import operator
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np

from opsloom.rules.facts import Batch, Bools, Floats, Value, Words, encode
from opsloom.rules.like import matcher
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
    type_of,
)
from opsloom.rules.reference import TEXT_CALLS, cast_json, compare_values


class Truths(NamedTuple):
    true: Bools
    false: Bools


_Ufunc = Callable[[Floats, Floats], Bools]
_COMPARE: Final[dict[str, _Ufunc]] = {
    "=": np.equal,
    "<>": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}
_ORDER: Final[dict[str, Callable[[str, str], bool]]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_OPPOSITE: Final = {"=": "<>", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_MIRROR: Final = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def evaluate(predicate: Predicate, batch: Batch) -> Truths:
    """Which facts of the batch surely satisfy the predicate, and which surely do not."""
    with np.errstate(all="ignore"):
        return _truths(predicate, batch)


def column_numbers(column: Column, batch: Batch) -> Floats:
    """A column as numbers; NaN for NULL and for what is no number."""
    return _numbers(column, batch)


def column_values(column: Column, batch: Batch) -> list[Value]:
    """A column of any type, value by value."""
    kind = type_of(column)
    if kind is ValueType.JSON:
        return _json(column, batch, kind)
    if kind is ValueType.TEXT:
        return list(_spell(batch.text(column)))
    return [None if math.isnan(number) else number for number in _numbers(column, batch).tolist()]


def column_present(column: Column, batch: Batch) -> Bools:
    """Where a column is not NULL."""
    present: Bools = ~_is_null(column, batch)
    return present


def _truths(predicate: Predicate, batch: Batch) -> Truths:
    match predicate:
        case And(parts):
            true, false = _truths(parts[0], batch)
            for part in parts[1:]:
                more = _truths(part, batch)
                true, false = true & more.true, false | more.false
            return Truths(true, false)
        case Or(parts):
            true, false = _truths(parts[0], batch)
            for part in parts[1:]:
                more = _truths(part, batch)
                true, false = true | more.true, false & more.false
            return Truths(true, false)
        case Not(part):
            inner = _truths(part, batch)
            return Truths(inner.false, inner.true)
        case _:
            return _leaf(predicate, batch)


def _leaf(leaf: Leaf, batch: Batch) -> Truths:
    match leaf:
        case Compare(op, left, right):
            return _compare(op, left, right, batch)
        case Between(operand, low, high):
            above, below = _compare(">=", operand, low, batch), _compare("<=", operand, high, batch)
            return Truths(above.true & below.true, above.false | below.false)
        case Member(operand, options):
            each = [_compare("=", operand, option, batch) for option in options]
            true, false = each[0]
            for one in each[1:]:
                true, false = true | one.true, false & one.false
            return Truths(true, false)
        case Like(operand, pattern, ignore_case):
            words = _words(operand, batch).present()
            like = [matcher(pattern, ignore_case=ignore_case)(word) for word in words.words]
            return Truths(words.where(like), words.where([not one for one in like]))
        case IsNull(operand):
            null = _is_null(operand, batch)
            return Truths(null, ~null)
        case Holds(operand):
            values = _json(operand, batch, ValueType.BOOLEAN)
            return _from_list([value if isinstance(value, bool) else None for value in values])


def _compare(op: str, left: Operand, right: Operand, batch: Batch) -> Truths:
    kind = common_type(left, right)
    if kind in (ValueType.NUMBER, ValueType.TIME):
        a, b = _numbers(left, batch), _numbers(right, batch)
        true, false = _COMPARE[op](a, b), _COMPARE[_OPPOSITE[op]](a, b)
        if op in ("=", "<>"):
            # NaN differs from everything, but NULL is in neither mask.
            known = ~(np.isnan(a) | np.isnan(b))
            true, false = true & known, false & known
        return Truths(*np.broadcast_arrays(true, false, _blank(batch))[:2])
    if kind is ValueType.TEXT:
        return _compare_text(op, left, right, batch)
    a_values, b_values = _json(left, batch, kind), _json(right, batch, kind)
    return _from_list([compare_values(op, a, b) for a, b in zip(a_values, b_values, strict=True)])


def _compare_text(op: str, left: Operand, right: Operand, batch: Batch) -> Truths:
    if isinstance(left, Text):
        left, right, op = right, left, _MIRROR[op]
    words = _words(left, batch).present()
    if isinstance(right, Text):
        decide, other = _ORDER[op], right.value
        verdicts = [decide(word, other) for word in words.words]
        return Truths(words.where(verdicts), words.where([not one for one in verdicts]))
    pairs = zip(_spell(words), _spell(_words(right, batch)), strict=True)
    return _from_list([compare_values(op, a, b) for a, b in pairs])


def _numbers(operand: Operand, batch: Batch) -> Floats:
    """Float64 with NaN for NULL: of the batch's length, or of length one for a literal."""
    match operand:
        case Number(value) | Moment(value):
            return np.array([value], dtype=np.float64)
        case Column():
            return _column_numbers(operand, batch)
        case Negate(inner):
            return -_numbers(inner, batch)
        case Arithmetic(op, left, right):
            return _arithmetic(op, _numbers(left, batch), _numbers(right, batch))
        case Call():
            return _call(operand, batch)
        case _:
            values = _json(operand, batch, ValueType.NUMBER)
            return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _column_numbers(column: Column, batch: Batch) -> Floats:
    match column:
        case Column("value", _):
            return batch.values
        case Column("time", _):
            return batch.times.astype(np.float64)
        case Column("named", (str() as name,)):
            return batch.named[name]
        case _:
            return batch.numbers(column.path)


def _call(call: Call, batch: Batch) -> Floats:
    if call.name == "abs":
        return np.abs(_numbers(call.arguments[0], batch))
    if call.name != "coalesce":
        return _measure(call.name, _words(call.arguments[0], batch).present())
    found = np.full(len(batch), np.nan)
    for argument in call.arguments:
        found = np.where(np.isnan(found), _numbers(argument, batch), found)
    return found


def _measure(name: str, words: Words) -> Floats:
    measured = [TEXT_CALLS[name](word) for word in words.words]
    table = np.array([np.nan if one is None else one for one in [*measured, None]], dtype=np.float64)
    return table[words.codes]


def _arithmetic(op: str, a: Floats, b: Floats) -> Floats:
    if op == "+":
        result = a + b
    elif op == "-":
        result = a - b
    elif op == "*":
        result = a * b
    else:
        result = a / b if op == "/" else np.fmod(a, b)
    return np.where(np.isfinite(result), result, np.nan)


def _words(operand: Operand, batch: Batch) -> Words:
    match operand:
        case Text(value):
            return Words(np.zeros(len(batch), dtype=np.int32), [value])
        case Column(name, _) if name != "data":
            return batch.text(operand)
        case Call("lower" | "upper" as name, (argument,)):
            words = _words(argument, batch).present()
            return Words(words.codes, [str(TEXT_CALLS[name](word)) for word in words.words])
        case Call("coalesce", arguments):
            return _first_words([_words(argument, batch) for argument in arguments])
        case _:
            return encode(
                [value if isinstance(value, str) else None for value in _json(operand, batch, ValueType.TEXT)]
            )


def _first_words(columns: Sequence[Words]) -> Words:
    codes, words = columns[0].codes, list(columns[0].words)
    for more in columns[1:]:
        shifted = np.where(more.codes < 0, more.codes, more.codes + len(words)).astype(np.int32)
        codes = np.where(codes < 0, shifted, codes)
        words.extend(more.words)
    return Words(codes, words)


def _json(operand: Operand, batch: Batch, wanted: ValueType) -> list[Value]:
    """JSON values one by one: the slow lane, only for paths into data and booleans."""
    match operand:
        case Column("data", path):
            return [cast_json(value, wanted) for value in batch.json(path)]
        case Boolean(value):
            return [value] * len(batch)
        case Call("coalesce", arguments):
            kind = common_type(*arguments)
            columns = [_json(one, batch, wanted if kind is ValueType.JSON else kind) for one in arguments]
            return [next((v for v in row if v is not None), None) for row in zip(*columns, strict=True)]
        case _:
            raise TypeError(f"{type(operand).__name__} does not yield JSON")


def _is_null(operand: Operand, batch: Batch) -> Bools:
    kind = type_of(operand)
    if kind in (ValueType.NUMBER, ValueType.TIME):
        return np.broadcast_to(np.isnan(_numbers(operand, batch)), (len(batch),))
    if kind is ValueType.TEXT:
        return _words(operand, batch).codes < 0
    return np.array([value is None for value in _json(operand, batch, kind)], dtype=np.bool_)


def _spell(words: Words) -> list[str | None]:
    table = [*words.words, None]
    return [table[code] for code in words.codes.tolist()]


def _from_list(verdicts: list[bool | None]) -> Truths:
    true = np.array([one is True for one in verdicts], dtype=np.bool_)
    false = np.array([one is False for one in verdicts], dtype=np.bool_)
    return Truths(true, false)


def _blank(batch: Batch) -> Bools:
    return np.zeros(len(batch), dtype=np.bool_)
