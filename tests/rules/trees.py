"""Hypothesis strategies for facts and for well-typed predicate trees."""

import string

from hypothesis import strategies as st

from opsloom.rules.facts import Fact
from opsloom.rules.predicate import (
    Arithmetic,
    Between,
    Boolean,
    Call,
    Column,
    Compare,
    Holds,
    IsNull,
    Like,
    Member,
    Moment,
    Not,
    Number,
    Text,
    conjunction,
    disjunction,
    negative,
)

WORDS = ["", "a", "A", "b", "web-1", "Web-1", "100%", "a_b", "é", "É", "서버", "it's", "\\", "12", "-3.5e2", " 7 "]
NUMBERS = [0.0, 1.0, -1.0, 2.5, 90.0, 1e300, -1e300, 1e-300]
KEYS = ["k", "l", "it's", "한"]

words = st.sampled_from(WORDS)
texts = words | st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=4)
numbers = st.sampled_from(NUMBERS) | st.floats(allow_nan=False, allow_infinity=False, width=32)
moments = st.integers(-4, 4) | st.integers(0, 2**52)
wild_numbers = numbers | st.sampled_from([float("nan"), float("inf"), float("-inf")])
scalars = st.none() | st.booleans() | wild_numbers | texts | st.integers() | st.just(10**400)
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=2),
    max_leaves=4,
)
maybe_text = st.none() | words

facts = st.builds(
    Fact,
    time=moments,
    source=maybe_text,
    type=maybe_text,
    subject=maybe_text,
    severity=maybe_text,
    metric=maybe_text,
    value=st.none() | wild_numbers,
    item=maybe_text,
    unit=maybe_text,
    attrs=st.dictionaries(st.sampled_from(KEYS), scalars.filter(lambda v: v != 10**400), max_size=2),
    data=documents,
)

number_columns = st.just(Column("value"))
time_columns = st.just(Column("time"))
text_columns = st.sampled_from([Column("item"), Column("type")]) | st.sampled_from(KEYS).map(
    lambda k: Column("attrs", (k,))
)
json_columns = st.lists(st.sampled_from(KEYS) | st.integers(0, 1), min_size=1, max_size=2).map(
    lambda path: Column("data", tuple(path))
)

number_literals = numbers.map(Number)
text_literals = texts.map(Text)
moment_literals = moments.map(Moment)
truths = st.booleans().map(Boolean)


def _number_operands(inner):
    return (
        st.builds(Arithmetic, st.sampled_from("+-*/%"), inner, inner)
        | inner.map(negative)
        | st.builds(Call, st.just("abs"), st.tuples(inner))
        | st.builds(Call, st.just("length"), st.tuples(text_operands))
        | st.builds(Call, st.just("number"), st.tuples(text_operands))
        | st.builds(Call, st.just("coalesce"), st.tuples(inner, number_literals))
    )


text_operands = st.recursive(
    text_columns | text_literals | json_columns,
    lambda inner: (
        st.builds(Call, st.sampled_from(["lower", "upper"]), st.tuples(inner))
        | st.builds(Call, st.just("coalesce"), st.tuples(inner, text_columns))
    ),
    max_leaves=3,
)
number_operands = st.recursive(number_columns | number_literals | json_columns, _number_operands, max_leaves=4)
time_operands = time_columns | moment_literals
json_operands = json_columns | st.tuples(json_columns, json_columns).map(lambda two: Call("coalesce", two))
boolean_operands = truths | json_operands

EQUALITY = ["=", "<>"]
ORDER = ["=", "<>", "<", "<=", ">", ">="]


def _compare(ops, operands):
    return st.builds(Compare, st.sampled_from(ops), operands, operands)


def _member(operand, literals):
    return st.builds(Member, operand, st.lists(literals, min_size=1, max_size=3).map(tuple))


leaves = (
    _compare(ORDER, number_operands)
    | _compare(ORDER, text_operands)
    | _compare(ORDER, time_operands)
    | _compare(ORDER, json_operands)
    | _compare(EQUALITY, boolean_operands)
    | st.builds(Between, number_operands, number_operands, number_operands)
    | st.builds(Between, text_operands, text_operands, text_operands)
    | _member(number_operands, number_literals)
    | _member(text_operands, text_literals)
    | _member(json_operands, truths)
    | st.builds(Like, text_operands, st.text("%_\\aAé1-", max_size=6) | words, st.booleans())
    | st.builds(IsNull, number_operands | text_operands | time_operands | json_operands)
    | st.builds(Holds, boolean_operands)
)


def drawable(operand_columns, literals):
    """Leaves the visual builder can draw, of one type."""
    return (
        st.builds(Compare, st.sampled_from(ORDER), operand_columns, literals | operand_columns)
        | st.builds(Between, operand_columns, literals, literals)
        | _member(operand_columns, literals)
        | st.builds(IsNull, operand_columns)
    )


drawable_leaves = (
    drawable(number_columns, number_literals)
    | drawable(text_columns, text_literals)
    | drawable(time_columns, moment_literals)
    | drawable(json_columns, number_literals)
    | st.builds(Compare, st.sampled_from(EQUALITY), json_columns, truths)
    | st.builds(Like, text_columns, st.text(string.ascii_lowercase + "%_\\", max_size=5), st.booleans())
)


def _joined(inner):
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return several.map(conjunction) | several.map(disjunction) | inner.map(Not)


predicates = st.recursive(leaves, _joined, max_leaves=6)
drawable_predicates = st.recursive(drawable_leaves, _joined, max_leaves=6)
