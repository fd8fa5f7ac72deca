"""Reading a condition: SQL text → checked predicate tree.

sqlglot reads the text; this module lets through only the node classes it names (with only the arguments it names) and
turns them into the tree of `predicate`. Everything else is refused with its place in the text and, where there is one,
the way to write it instead. Checking types here means that nothing behind it ever meets an ill-typed tree.
"""

import difflib
import math
from collections.abc import Callable, Collection
from typing import Final

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from opsloom.rules.errors import ConditionInvalid, Flaw
from opsloom.rules.predicate import (
    COLUMN_TYPES,
    NAMED,
    Arithmetic,
    Between,
    Boolean,
    Call,
    Column,
    Compare,
    Holds,
    IsNull,
    Like,
    Literal,
    Member,
    Moment,
    Not,
    Number,
    Operand,
    PathStep,
    Predicate,
    Text,
    ValueType,
    conjunction,
    disjunction,
    negative,
    type_of,
)
from opsloom.rules.printing import read_moment

MAX_LENGTH: Final = 4_000
MAX_DEPTH: Final = 50
MAX_NODES: Final = 1_000

_ARITHMETIC: Final[dict[type[exp.Expr], str]] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Mod: "%"}
_COMPARISONS: Final[dict[type[exp.Expr], str]] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
_CALLS: Final[dict[type[exp.Expr], str]] = {
    exp.Abs: "abs",
    exp.Lower: "lower",
    exp.Upper: "upper",
    exp.Length: "length",
    exp.Coalesce: "coalesce",
}
_CALL_TAKES: Final = {
    "abs": ValueType.NUMBER,
    "lower": ValueType.TEXT,
    "upper": ValueType.TEXT,
    "length": ValueType.TEXT,
}
_NUMBER_CASTS: Final = {exp.DType.DOUBLE, exp.DType.FLOAT, exp.DType.DECIMAL}
_TIME_CASTS: Final = {exp.DType.TIMESTAMP, exp.DType.TIMESTAMPTZ, exp.DType.TIMESTAMPNTZ, exp.DType.TIMESTAMPLTZ}
_KNOWN_ARGUMENTS: Final = {"this", "expression", "expressions", "low", "high", "to", "negate", "is_string", "quoted"}
_COLUMN_ARGUMENTS: Final = {"this", "table", "db", "catalog"}
_HARMLESS: Final = {"typed", "safe", "is_nvl"}
_INSTEAD: Final[dict[type[exp.Expr], str]] = {
    exp.Select: "A condition looks at one fact and cannot query.",
    exp.Subquery: "A condition looks at one fact and cannot query.",
    exp.List: "Put the key in quotes: data['list'][0].",
    exp.Case: "Write the cases with AND and OR.",
    exp.JSONExtractScalar: "Write attrs['key'] or data['key'].",
    exp.JSONExtract: "Write data['key'].",
    exp.RegexpLike: "Use LIKE with % and _.",
    exp.SimilarTo: "Use LIKE with % and _.",
    exp.Placeholder: "Write the value itself.",
    exp.Escape: "A backslash escapes % and _.",
    exp.NullSafeNEQ: "Use <> together with IS NULL.",
    exp.NullSafeEQ: "Use = together with IS NULL.",
    exp.DPipe: "Compare the parts one by one.",
    exp.Anonymous: "Functions: abs, lower, upper, length, coalesce, CAST(… AS DOUBLE).",
}


def parse(text: str, names: Collection[str] = (), steps: Collection[str] = ()) -> Predicate:
    """The predicate that `text` says. Raises ConditionInvalid with the place of the first flaw.

    `names` stand for numbers of the rule's own (measures), `steps` may stand before a column (`login.data.user`).
    """
    if len(text) > MAX_LENGTH:
        raise ConditionInvalid(_flaw(text, MAX_LENGTH, 1, f"A condition has at most {MAX_LENGTH} characters."))
    _refuse_control_characters(text)
    if not text.strip():
        raise ConditionInvalid(_flaw(text, 0, 0, "The condition is empty.", "For example: value > 90"))
    tree = _read_sql(text)
    return _Reader(text, frozenset(names), frozenset(steps)).predicate(tree, 0)


def parse_column(text: str) -> Column:
    """One column or path, as a partition key names it. Raises ConditionInvalid."""
    if not text.strip() or len(text) > 300:
        raise ConditionInvalid(_flaw(text, 0, len(text), "A key is one column, such as item or attrs['mount']."))
    _refuse_control_characters(text)
    operand = _Reader(text).operand(_read_sql(text), 0)
    if not isinstance(operand, Column):
        raise ConditionInvalid(_flaw(text, 0, len(text), "A key is one column, such as item or attrs['mount']."))
    return operand


def _refuse_control_characters(text: str) -> None:
    for position, character in enumerate(text):
        if (ord(character) < 32 and character not in "\n\r\t") or 0xD800 <= ord(character) <= 0xDFFF:
            raise ConditionInvalid(_flaw(text, position, 1, "Control characters are not allowed."))


def _read_sql(text: str) -> exp.Expr:
    try:
        tree = sqlglot.parse_one(text, into=exp.Condition)
    except SqlglotError as error:
        raise ConditionInvalid(_syntax_flaw(text, error)) from error
    except RecursionError as error:
        raise ConditionInvalid(_flaw(text, 0, len(text), "The condition is nested too deeply.")) from error
    if sum(1 for _ in tree.walk()) > MAX_NODES:
        raise ConditionInvalid(_flaw(text, 0, len(text), f"A condition has at most {MAX_NODES} parts."))
    return tree


class _Reader:
    """Walks sqlglot's tree; `text` is kept to name places in it."""

    def __init__(self, text: str, names: frozenset[str] = frozenset(), steps: frozenset[str] = frozenset()) -> None:
        self._text, self._names, self._steps = text, names, steps

    def refuse(self, node: exp.Expr, message: str, hint: str | None = None) -> ConditionInvalid:
        start, end = _span(node, self._text)
        return ConditionInvalid(_flaw(self._text, start, end - start, message, hint))

    def predicate(self, node: exp.Expr, depth: int) -> Predicate:
        self._guard(node, depth)
        if isinstance(node, exp.Paren):
            return self.predicate(node.this, depth + 1)
        if isinstance(node, exp.And):
            return conjunction(tuple(self.predicate(part, depth + 1) for part in node.flatten()))
        if isinstance(node, exp.Or):
            return disjunction(tuple(self.predicate(part, depth + 1) for part in node.flatten()))
        if isinstance(node, exp.Not):
            return Not(self.predicate(node.this, depth + 1))
        reader = _LEAF_READERS.get(type(node))
        if reader is not None:
            leaf = reader(self, node, depth)
            return Not(leaf) if node.args.get("negate") else leaf
        return self._holds(node, depth)

    def _holds(self, node: exp.Expr, depth: int) -> Predicate:
        operand = self.operand(node, depth)
        if type_of(operand) not in (ValueType.BOOLEAN, ValueType.JSON):
            raise self.refuse(node, f"This is a {type_of(operand)}, not a condition.", "Compare it with something.")
        return Holds(operand)

    def compare(self, node: exp.Expr, depth: int) -> Predicate:
        left, right = self.operand(node.this, depth + 1), self.operand(node.expression, depth + 1)
        op = _COMPARISONS[type(node)]
        left, right = self.agree(node, left, right)
        if op not in ("=", "<>") and ValueType.BOOLEAN in (type_of(left), type_of(right)):
            raise self.refuse(node, f"TRUE and FALSE cannot be compared with {op}.", "Use = or <>.")
        return Compare(op, left, right)

    def between(self, node: exp.Expr, depth: int) -> Predicate:
        low, high = node.args["low"], node.args["high"]
        operand, *bounds = self.agree(node, *(self.operand(part, depth + 1) for part in (node.this, low, high)))
        if ValueType.BOOLEAN in map(type_of, (operand, *bounds)):
            raise self.refuse(node, "BETWEEN needs numbers, text or times.")
        return Between(operand, bounds[0], bounds[1])

    def member(self, node: exp.Expr, depth: int) -> Predicate:
        if not node.expressions:
            raise self.refuse(node, "IN needs a list of values.", "For example: item IN ('web-1', 'web-2')")
        operand = self.operand(node.this, depth + 1)
        options = tuple(self.literal(option, depth + 1) for option in node.expressions)
        operand, *agreed = self.agree(node, operand, *options)
        return Member(operand, tuple(one for one in agreed if isinstance(one, Number | Text | Boolean | Moment)))

    def like(self, node: exp.Expr, depth: int) -> Predicate:
        operand = self.operand(node.this, depth + 1)
        pattern = self.literal(node.expression, depth + 1)
        if not isinstance(pattern, Text):
            raise self.refuse(node.expression, "LIKE needs a pattern in quotes.", "For example: item LIKE 'web-%'")
        if type_of(operand) not in (ValueType.TEXT, ValueType.JSON):
            raise self.refuse(node.this, f"LIKE needs text, this is a {type_of(operand)}.")
        return Like(operand, pattern.value, isinstance(node, exp.ILike))

    def is_null(self, node: exp.Expr, depth: int) -> Predicate:
        if not isinstance(node.expression, exp.Null):
            raise self.refuse(node, "IS is only for NULL.", "Write data['ok'] = TRUE instead of IS TRUE.")
        return IsNull(self.operand(node.this, depth + 1))

    def literal(self, node: exp.Expr, depth: int) -> Literal:
        operand = self.operand(node, depth)
        if not isinstance(operand, Number | Text | Boolean | Moment):
            raise self.refuse(node, "Only plain values may stand here.")
        return operand

    def agree(self, node: exp.Expr, *parts: Operand) -> tuple[Operand, ...]:
        """Check that operands can be compared; text beside a time is read as one."""
        kinds = {type_of(part) for part in parts}
        if kinds == {ValueType.TIME, ValueType.TEXT}:
            parts = tuple(self._moment(node, part.value) if isinstance(part, Text) else part for part in parts)
            kinds = {type_of(part) for part in parts}
        if ValueType.TIME not in kinds:  # JSON adapts to the other side, but it has no times
            kinds -= {ValueType.JSON}
        if len(kinds) > 1:
            named = " with ".join(sorted(kinds))
            hint = "CAST(attrs['key'] AS DOUBLE) makes text a number." if kinds >= {"number", "text"} else None
            raise self.refuse(node, f"Cannot compare {named}.", hint)
        return parts

    def operand(self, node: exp.Expr, depth: int) -> Operand:
        self._guard(node, depth)
        if isinstance(node, exp.Paren):
            return self.operand(node.this, depth + 1)
        if isinstance(node, exp.Column | exp.Dot | exp.Bracket):
            return self._column(node)
        if isinstance(node, exp.Neg):
            return negative(self._typed(node.this, ValueType.NUMBER, depth))
        if type(node) in _ARITHMETIC:
            left = self._typed(node.this, ValueType.NUMBER, depth)
            right = self._typed(node.expression, ValueType.NUMBER, depth)
            return Arithmetic(_ARITHMETIC[type(node)], left, right)
        if isinstance(node, exp.Cast):
            return self._cast(node, depth)
        if type(node) in _CALLS:
            return self._call(node, depth)
        return self._literal(node)

    def _literal(self, node: exp.Expr) -> Literal:
        if isinstance(node, exp.Boolean):
            return Boolean(bool(node.this))
        if isinstance(node, exp.Literal):
            return Text(node.this) if node.is_string else self._number(node)
        if isinstance(node, exp.Null):
            raise self.refuse(node, "A comparison with NULL is never true.", "Write IS NULL or IS NOT NULL.")
        name = type(node).__name__
        raise self.refuse(node, f"{name} is not part of the condition language.", _INSTEAD.get(type(node)))

    def _number(self, node: exp.Literal) -> Number:
        value = float(node.this)
        if not math.isfinite(value):
            raise self.refuse(node, "The number is too large.")
        return Number(value)

    def _typed(self, node: exp.Expr, wanted: ValueType, depth: int) -> Operand:
        operand = self.operand(node, depth + 1)
        if type_of(operand) not in (wanted, ValueType.JSON):
            hint = "CAST(… AS DOUBLE) makes text a number." if wanted is ValueType.NUMBER else None
            raise self.refuse(node, f"This needs {wanted}, not {type_of(operand)}.", hint)
        return operand

    def _cast(self, node: exp.Cast, depth: int) -> Operand:
        target = node.to.this
        if target in _TIME_CASTS and isinstance(node.this, exp.Literal) and node.this.is_string:
            return self._moment(node, node.this.this)
        if target not in _NUMBER_CASTS or node.to.expressions:
            raise self.refuse(node, "Only CAST(… AS DOUBLE) and TIMESTAMP '…' are possible.")
        operand = self.operand(node.this, depth + 1)
        if type_of(operand) not in (ValueType.TEXT, ValueType.JSON):
            raise self.refuse(node, f"CAST reads text, this is a {type_of(operand)}.")
        return Call("number", (operand,))

    def _call(self, node: exp.Expr, depth: int) -> Operand:
        name = _CALLS[type(node)]
        wanted = _CALL_TAKES.get(name)
        if wanted is not None:
            return Call(name, (self._typed(node.this, wanted, depth),))
        arguments = tuple(self.operand(one, depth + 1) for one in (node.this, *node.expressions))
        return Call(name, self.agree(node, *arguments))

    def _moment(self, node: exp.Expr, text: str) -> Moment:
        try:
            return Moment(read_moment(text))
        except (ValueError, OverflowError):
            raise self.refuse(
                node, f"{text!r} is not a time.", "For example: TIMESTAMP '2026-01-31T09:00:00Z'"
            ) from None

    def _column(self, node: exp.Expr) -> Column:
        root, path = self._path(node)
        if root in self._names and not path:
            return Column(NAMED, (root,))
        step = ""
        if root in self._steps and path and isinstance(path[0], str):
            step, root, path = root, path[0], path[1:]
        name = root if root in COLUMN_TYPES else root.lower()
        if name not in COLUMN_TYPES:
            known = (*self._names, *self._steps, *COLUMN_TYPES)
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean {close[0]}?" if close else f"Columns: {', '.join(known)}."
            raise self.refuse(node, f"There is no column {name}.", hint)
        if name == "attrs" and (len(path) != 1 or not isinstance(path[0], str)):
            raise self.refuse(node, "attrs needs one key.", "For example: attrs['region']")
        if name == "data" and not path:
            raise self.refuse(node, "data needs a path.", "For example: data['order']['total'] or data.order.total")
        if name not in ("attrs", "data") and path:
            raise self.refuse(node, f"{name} has no parts.")
        return Column(name, path, step)

    def _path(self, node: exp.Expr) -> tuple[str, tuple[PathStep, ...]]:
        if isinstance(node, exp.Bracket):
            name, path = self._path(node.this)
            return name, (*path, self._step(node))
        if isinstance(node, exp.Dot):
            name, path = self._path(node.this)
            if not isinstance(node.expression, exp.Identifier):
                raise self.refuse(node, "Only names may follow a dot.")
            return name, (*path, node.expression.this)
        if not isinstance(node, exp.Column) or not all(isinstance(part, exp.Identifier) for part in node.parts):
            raise self.refuse(node, "Only attrs and data have parts.")
        root, *rest = node.parts
        return root.this, tuple(part.this for part in rest)

    def _step(self, node: exp.Bracket) -> PathStep:
        step = node.expressions[0] if len(node.expressions) == 1 else None
        if not isinstance(step, exp.Literal) or not (step.is_string or (step.this.isdecimal() and len(step.this) < 7)):
            raise self.refuse(node, "A part is a key in quotes or a position from 0.", "For example: data['items'][0]")
        return step.this if step.is_string else int(step.this)

    def _guard(self, node: exp.Expr, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise self.refuse(node, "The condition is nested too deeply.")
        known = _COLUMN_ARGUMENTS if isinstance(node, exp.Column) else _KNOWN_ARGUMENTS | _HARMLESS
        if any(value and key not in known for key, value in node.args.items()):
            raise self.refuse(node, f"This form of {type(node).__name__} is not possible.", _INSTEAD.get(type(node)))


_LeafReader = Callable[[_Reader, exp.Expr, int], Predicate]
_LEAF_READERS: Final[dict[type[exp.Expr], _LeafReader]] = {
    **dict.fromkeys(_COMPARISONS, _Reader.compare),
    exp.Between: _Reader.between,
    exp.In: _Reader.member,
    exp.Like: _Reader.like,
    exp.ILike: _Reader.like,
    exp.Is: _Reader.is_null,
}


def _span(node: exp.Expr, text: str) -> tuple[int, int]:
    """Where a node stands: from the first to the last descendant that knows its place."""
    starts = [one.meta["start"] for one in node.walk() if "start" in one.meta]
    ends = [one.meta["end"] + 1 for one in node.walk() if "end" in one.meta]
    return (min(starts), max(ends)) if starts else (0, len(text))


def _syntax_flaw(text: str, error: SqlglotError) -> Flaw:
    found: list[dict[str, str | int]] = getattr(error, "errors", [])
    if not found or not isinstance(found[0].get("line"), int):
        end = len(text.rstrip())
        return _flaw(text, end, 0, "The condition is not complete.", "Is a quote or a bracket left open?")
    first = found[0]
    length = len(str(first.get("highlight") or ""))
    lines = text.split("\n")
    line, column = int(first["line"]), int(first["col"])
    offset = min(len(text), sum(len(one) + 1 for one in lines[: line - 1]) + max(0, column - length))
    description = str(first.get("description") or "It cannot be read").split(" for <class")[0].rstrip(".")
    hint = "Is the right side missing?" if description.startswith("Required keyword") else None
    message = "Something is missing after this" if hint else description
    return _flaw(text, offset, length, f"{message}.", hint)


def _flaw(text: str, offset: int, length: int, message: str, hint: str | None = None) -> Flaw:
    before = text[:offset]
    return Flaw(message, before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1, offset, length, hint)
