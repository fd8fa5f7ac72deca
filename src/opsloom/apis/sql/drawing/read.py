"""SQL as a drawing, where it can be one. Pure.

Invariant: what is drawn means what the text means. The drawing is written as SQL again and read: only when both trees are the
same, but for parentheses and the way names are written, is it a drawing of the text. A form that was forgotten below
therefore shows as "cannot be drawn", never as a text that lost something.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NoReturn

import sqlglot
from pydantic import ValidationError
from sqlglot import exp
from sqlglot.errors import SqlglotError

from opsloom.apis.sql.drawing.model import (
    Aggregate,
    BooleanValue,
    ColumnRef,
    Comparison,
    Drawing,
    Group,
    Join,
    JoinKind,
    NumberValue,
    Operator,
    Ordering,
    OutputItem,
    Pair,
    ParameterValue,
    Source,
    TextValue,
)
from opsloom.apis.sql.drawing.names import folded
from opsloom.apis.sql.drawing.write import AnyValue, sql_of
from opsloom.kit.position import line_and_column

_CLAUSES = {"having": "having", "qualify": "clause", "windows": "window", "offset": "offset", "locks": "lock", "into": "clause",
            "with_": "with", "with": "with", "laterals": "subquery", "pivots": "clause", "connect": "clause", "fetch": "clause",
            "sample": "clause", "distribute": "clause", "sort": "clause", "cluster": "clause", "kind": "clause", "hint": "clause",
            "prewhere": "clause", "match": "clause", "operation_modifiers": "clause", "settings": "clause", "format": "clause",
            "options": "clause"}  # fmt: skip
_COMPARED: dict[type[exp.Expr], str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=", exp.Like: "like", exp.ILike: "ilike",
}  # fmt: skip
_NEGATED: dict[type[exp.Expr], Operator] = {
    exp.In: Operator.NOT_IN, exp.Between: Operator.NOT_BETWEEN, exp.Is: Operator.IS_NOT_NULL, exp.Like: Operator.NOT_LIKE,
    exp.ILike: Operator.NOT_ILIKE,
}  # fmt: skip
_AGGREGATES: dict[type[exp.Expr], Aggregate] = {
    exp.Sum: Aggregate.SUM, exp.Avg: Aggregate.AVG, exp.Min: Aggregate.MIN, exp.Max: Aggregate.MAX,
}  # fmt: skip


class NotDrawable(Exception):
    """Why a query cannot be shown as a drawing, and where. `reason` is one of a few words that pages translate."""

    def __init__(self, reason: str, line: int = 1, column: int = 1) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
        self.column = column


def drawn(source: str, dialect: str) -> Drawing:
    """The drawing of a query. Raises NotDrawable."""
    names = _readable(source, dialect)
    root = _parsed(source, dialect, names)
    reading = _Reading(source, dialect)
    try:
        if any(node.comments for node in root.walk()):
            raise NotDrawable("comments")
        if not isinstance(root, exp.Select):
            reading.refuse("set_operation" if isinstance(root, exp.SetOperation) else "not_select", root)
        drawing = reading.drawing(root)
        text = sql_of(drawing, dialect)
        again = _parsed(text, dialect, _readable(text, dialect))
    except (RecursionError, ValidationError):
        raise NotDrawable("too_large") from None
    if _plain(root, dialect) != _plain(again, dialect):
        raise NotDrawable("other")
    return drawing


def _readable(source: str, dialect: str) -> dict[int, str]:
    """Parameters whose names are words of SQL (`:from`), by where they begin: sqlglot reads only plain names there."""
    try:
        tokens = sqlglot.tokenize(source, read=dialect)
    except (SqlglotError, RecursionError, ValueError, AttributeError, TypeError, KeyError, IndexError):
        raise NotDrawable("syntax") from None
    found = {}
    for colon, word in pairwise(tokens):
        text = source[word.start : word.end + 1]
        if colon.text == ":" and word.start == colon.end + 1 and text.isidentifier() and word.token_type.name != "VAR":
            found[word.start] = text
    return found


def _parsed(source: str, dialect: str, names: dict[int, str]) -> exp.Expr:
    text = source
    stand_ins = {}
    for number, (start, name) in enumerate(names.items()):
        stand_in = _stand_in(text, number, len(name))
        text = text[:start] + stand_in + text[start + len(name) :]
        stand_ins[stand_in] = name
    try:
        statements = [each for each in sqlglot.parse(text, read=dialect) if each is not None]
    except (SqlglotError, RecursionError, ValueError, AttributeError, TypeError, KeyError, IndexError):
        raise NotDrawable("syntax") from None
    if len(statements) != 1:
        raise NotDrawable("not_select")
    for placeholder in statements[0].find_all(exp.Placeholder):
        if placeholder.name in stand_ins:
            placeholder.set("this", stand_ins[placeholder.name])
    return statements[0]


def _stand_in(source: str, number: int, length: int) -> str:
    """A name of the same length that stands nowhere in the text, so that places stay where they are."""
    for attempt in range(26 * 26):
        index = number + attempt
        name = ("zq" + chr(97 + index % 26) + chr(97 + index // 26 % 26) * length)[:length]
        if name not in source:
            return name
    raise NotDrawable("syntax")


def _plain(root: exp.Expr, dialect: str) -> exp.Expr:
    """The tree without what makes no difference: parentheses, quotes, words that may be left out, where a NOT stands."""
    top = exp.Paren(this=root.copy())
    for paren in list(top.find_all(exp.Paren, bfs=False)):
        if paren is not top:
            paren.replace(paren.this)
    for identifier in list(top.find_all(exp.Identifier)):
        identifier.replace(exp.Identifier(this=folded(identifier, dialect), quoted=False))
    for negated in [each for each in top.find_all(*_NEGATED) if each.args.get("negate")]:
        negated.set("negate", None)
        negated.replace(exp.Not(this=negated.copy()))
    for join in top.find_all(exp.Join):
        if join.args.get("kind") in {"INNER", "OUTER"}:
            join.set("kind", None)
    return top


@dataclass(frozen=True, slots=True)
class _Reading:
    source: str
    dialect: str

    def refuse(self, reason: str, node: exp.Expr) -> NoReturn:
        starts = [piece.meta.get("start") for piece in node.walk() if piece.meta]
        line, column = line_and_column(self.source, min((each for each in starts if isinstance(each, int)), default=0))
        raise NotDrawable(reason, line, column)

    def drawing(self, select: exp.Select) -> Drawing:
        for clause, reason in _CLAUSES.items():
            found = select.args.get(clause)
            if found:
                self.refuse(reason, next((each for each in _nodes(found)), select))
        distinct = select.args.get("distinct")
        if distinct is not None and distinct.args.get("on"):
            self.refuse("distinct_on", distinct)
        start = select.args.get("from_") or select.args.get("from")
        if start is None:
            self.refuse("no_table", select)
        where, group = select.args.get("where"), select.args.get("group")
        return Drawing(
            source=self._source(start.this),
            joins=[self._join(each) for each in select.args.get("joins") or ()],
            distinct=distinct is not None,
            columns=self._columns(select),
            filter=None if where is None else self._root_group(where.this),
            group_by=[] if group is None else [self._grouped(each) for each in self._group_items(group)],
            order_by=[self._ordering(each) for each in _ordered(select)],
            limit=self._limit(select),
        )

    def _columns(self, select: exp.Select) -> list[OutputItem]:
        items = select.expressions
        if len(items) == 1 and isinstance(items[0], exp.Star):
            return []
        return [self._item(each) for each in items]

    def _item(self, node: exp.Expr) -> OutputItem:
        label, inner = "", node
        if isinstance(node, exp.Alias):
            label, inner = folded(node.args.get("alias"), self.dialect), node.this
        if isinstance(inner, exp.Column):
            return OutputItem(of=self._column(inner), label=label)
        if isinstance(inner, exp.Count):
            return self._count(inner, label)
        aggregate = _AGGREGATES.get(type(inner))
        if aggregate is None or not isinstance(inner.this, exp.Column):
            self.refuse("star" if inner.is_star else "expression", inner)
        return OutputItem(aggregate=aggregate, of=self._column(inner.this), label=label)

    def _count(self, node: exp.Count, label: str) -> OutputItem:
        counted = node.this
        if isinstance(counted, exp.Star):
            return OutputItem(aggregate=Aggregate.COUNT, label=label)
        if isinstance(counted, exp.Distinct) and len(counted.expressions) == 1:
            inner = counted.expressions[0]
            if isinstance(inner, exp.Column):
                return OutputItem(aggregate=Aggregate.COUNT_DISTINCT, of=self._column(inner), label=label)
        if not isinstance(counted, exp.Column):
            self.refuse("expression", node)
        return OutputItem(aggregate=Aggregate.COUNT, of=self._column(counted), label=label)

    def _source(self, node: exp.Expr) -> Source:
        if not isinstance(node, exp.Table) or not isinstance(node.this, exp.Identifier):
            self.refuse("subquery" if isinstance(node, exp.Subquery) else "table_function", node)
        if node.args.get("catalog") is not None or node.args.get("joins"):
            self.refuse("table_form", node)
        alias = node.args.get("alias")
        if alias is not None and alias.args.get("columns"):
            self.refuse("table_form", node)
        return Source(
            schema_name=folded(node.args.get("db"), self.dialect),
            name=folded(node.this, self.dialect),
            alias=folded(alias.this, self.dialect) if alias is not None else "",
        )

    def _join(self, node: exp.Join) -> Join:
        side, kind = str(node.args.get("side") or "").lower(), str(node.args.get("kind") or "").upper()
        if node.args.get("method") or kind not in {"", "INNER", "OUTER"} or node.args.get("on") is None:
            self.refuse("join", node)
        pairs = [self._pair(each) for each in _conjuncts(node.args["on"])]
        return Join(kind=JoinKind(side or "inner"), source=self._source(node.this), on=pairs)

    def _pair(self, node: exp.Expr) -> Pair:
        node = _bare(node)
        if not (isinstance(node, exp.EQ) and isinstance(node.left, exp.Column) and isinstance(node.right, exp.Column)):
            self.refuse("join", node)
        return Pair(left=self._column(node.left), right=self._column(node.right))

    def _root_group(self, node: exp.Expr) -> Group:
        found = self._condition(node)
        return found if isinstance(found, Group) and not isinstance(node, exp.Paren) else Group(items=[found])

    def _condition(self, node: exp.Expr) -> Comparison | Group:
        if isinstance(node, exp.Paren):
            inner = self._condition(node.this)
            opened = isinstance(inner, Group) and isinstance(node.this, exp.Connector)
            return inner if opened else Group(items=[inner])
        if isinstance(node, exp.And | exp.Or):
            word = "and" if isinstance(node, exp.And) else "or"
            items = [self._condition(each) for each in _flat(node, type(node))]
            return Group(combinator="and" if word == "and" else "or", items=items)
        if isinstance(node, exp.Not):
            return self._negation(node.this)
        return self._comparison(node)

    def _negation(self, node: exp.Expr) -> Comparison | Group:
        negated = _NEGATED.get(type(node))
        if negated is not None:  # how sqlglot reads `not in`, `is not null` and their like, in one dialect or another
            return self._comparison(node).model_copy(update={"operator": negated})
        inner = self._condition(node.this if isinstance(node, exp.Paren) else node)
        if isinstance(inner, Group) and isinstance(node, exp.Paren) and isinstance(node.this, exp.Connector):
            return inner.model_copy(update={"negated": True})
        return Group(negated=True, items=[inner])

    def _comparison(self, node: exp.Expr) -> Comparison:
        left = _bare(node.this) if isinstance(node.this, exp.Expr) else None
        if not isinstance(left, exp.Column):
            self.refuse("condition", node)
        word, values = self._compared(node)
        if node.args.get("negate"):
            word = "is not null" if word == "is null" else f"not {word}"
        return Comparison(left=self._column(left), operator=Operator(word), values=values)

    def _compared(self, node: exp.Expr) -> tuple[str, list[AnyValue]]:
        if isinstance(node, exp.Is) and isinstance(node.expression, exp.Null):
            return "is null", []
        if isinstance(node, exp.In) and node.expressions:
            return "in", [self._value(each) for each in node.expressions]
        if isinstance(node, exp.Between):
            return "between", [self._value(node.args["low"]), self._value(node.args["high"])]
        word = _COMPARED.get(type(node))
        if word is None:
            self.refuse("condition", node)
        return word, [self._value(node.expression)]

    def _value(self, node: exp.Expr) -> AnyValue:
        if isinstance(node, exp.Placeholder) and node.name:
            return ParameterValue(name=node.name)
        if isinstance(node, exp.Boolean):
            return BooleanValue(value=bool(node.this))
        if isinstance(node, exp.Literal):
            return TextValue(value=node.name) if node.is_string else NumberValue(value=node.name)
        if isinstance(node, exp.Neg) and isinstance(node.this, exp.Literal) and not node.this.is_string:
            return NumberValue(value=f"-{node.this.name}")
        return self.refuse("value", node)

    def _grouped(self, node: exp.Expr) -> ColumnRef:
        if not isinstance(node, exp.Column):
            self.refuse("grouping", node)
        return self._column(node)

    def _group_items(self, group: exp.Group) -> list[exp.Expr]:
        if any(group.args.get(word) for word in ("grouping_sets", "cube", "rollup", "all", "totals")):
            self.refuse("grouping", group)
        return list(group.expressions)

    def _ordering(self, node: exp.Expr) -> Ordering:
        if not isinstance(node, exp.Ordered) or not isinstance(node.this, exp.Column):
            self.refuse("ordering", node)
        return Ordering(by=self._column(node.this), descending=bool(node.args.get("desc")))

    def _limit(self, select: exp.Select) -> ParameterValue | NumberValue | None:
        limit = select.args.get("limit")
        if limit is None:
            return None
        found = self._value(limit.expression) if isinstance(limit, exp.Limit) and limit.expression else None
        if not isinstance(found, ParameterValue | NumberValue):
            self.refuse("limit", limit)
        return found

    def _column(self, node: exp.Column) -> ColumnRef:
        if not isinstance(node.this, exp.Identifier) or node.args.get("db") is not None:
            self.refuse("star" if node.is_star else "column_form", node)
        return ColumnRef(table=folded(node.args.get("table"), self.dialect), column=folded(node.this, self.dialect))


def _bare(node: exp.Expr) -> exp.Expr:
    while isinstance(node, exp.Paren):
        node = node.this
    return node


def _ordered(select: exp.Select) -> list[exp.Expr]:
    order = select.args.get("order")
    return [] if order is None else list(order.expressions)


def _conjuncts(node: exp.Expr) -> Iterator[exp.Expr]:
    yield from _flat(_bare(node), exp.And)


def _flat(node: exp.Expr, kind: type) -> Iterator[exp.Expr]:
    """The operands of a chain; what stands in parentheses is one of them."""
    if isinstance(node, kind):
        yield from _flat(node.this, kind)
        yield from _flat(node.args["expression"], kind)
    else:
        yield node


def _nodes(found: object) -> Iterator[exp.Expr]:
    for each in found if isinstance(found, list) else [found]:
        if isinstance(each, exp.Expr):
            yield each
