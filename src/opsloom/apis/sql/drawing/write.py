"""A drawing as SQL. Pure."""

from sqlglot import exp

from opsloom.apis.sql.drawing.model import (
    Aggregate,
    BooleanValue,
    ColumnRef,
    Comparison,
    Drawing,
    Group,
    Join,
    NumberValue,
    Operator,
    Ordering,
    OutputItem,
    ParameterValue,
    Source,
    TextValue,
)
from opsloom.apis.sql.drawing.names import written

AnyValue = ParameterValue | TextValue | NumberValue | BooleanValue
_WIDTH = 90


def sql_of(drawing: Drawing, dialect: str) -> str:
    """One clause to a line, without a semicolon."""
    return "\n".join(_Writing(dialect).lines(drawing))


class _Writing:
    def __init__(self, dialect: str) -> None:
        self._dialect = dialect

    def lines(self, drawing: Drawing) -> list[str]:
        head = "select distinct" if drawing.distinct else "select"
        columns = [self._item(each) for each in drawing.columns] or ["*"]
        lines = [*self._listed(head, columns), f"from {self._source(drawing.source)}"]
        lines += [self._join(each) for each in drawing.joins]
        if drawing.filter is not None:
            lines += self._where(drawing.filter)
        if drawing.group_by:
            lines += self._listed("group by", [self._column(each) for each in drawing.group_by])
        if drawing.order_by:
            lines += self._listed("order by", [self._ordering(each) for each in drawing.order_by])
        if drawing.limit is not None:
            lines.append(f"limit {self._value(drawing.limit)}")
        return lines

    def _listed(self, head: str, items: list[str]) -> list[str]:
        short = f"{head} {', '.join(items)}"
        if len(short) <= _WIDTH:
            return [short]
        return [head, *(f"  {item}{',' if index + 1 < len(items) else ''}" for index, item in enumerate(items))]

    def _item(self, item: OutputItem) -> str:
        of = "*" if item.of is None else self._column(item.of)
        if item.aggregate is Aggregate.COUNT_DISTINCT:
            of = f"count(distinct {of})"
        elif item.aggregate is not None:
            of = f"{item.aggregate.value}({of})"
        return f"{of} as {self._name(item.label)}" if item.label else of

    def _source(self, source: Source) -> str:
        name = self._name(source.name)
        if source.schema_name:
            name = f"{self._name(source.schema_name)}.{name}"
        return f"{name} as {self._name(source.alias)}" if source.alias else name

    def _join(self, join: Join) -> str:
        kind = "join" if join.kind == "inner" else f"{join.kind.value} join"
        pairs = " and ".join(f"{self._column(each.left)} = {self._column(each.right)}" for each in join.on)
        return f"{kind} {self._source(join.source)} on {pairs}"

    def _where(self, group: Group) -> list[str]:
        if group.negated:
            return [f"where {self._condition(group)}"]
        first, *rest = [self._condition(each) for each in group.items]
        return [f"where {first}", *(f"  {group.combinator} {each}" for each in rest)]

    def _condition(self, condition: Comparison | Group) -> str:
        if isinstance(condition, Group):
            inside = f" {condition.combinator} ".join(self._condition(each) for each in condition.items)
            return f"not ({inside})" if condition.negated else f"({inside})"
        left, operator = self._column(condition.left), condition.operator
        values = [self._value(each) for each in condition.values]
        match operator:
            case Operator.IS_NULL | Operator.IS_NOT_NULL:
                return f"{left} {operator.value}"
            case Operator.IN | Operator.NOT_IN:
                return f"{left} {operator.value} ({', '.join(values)})"
            case Operator.BETWEEN | Operator.NOT_BETWEEN:
                return f"{left} {operator.value} {values[0]} and {values[1]}"
        return f"{left} {operator.value} {values[0]}"

    def _ordering(self, ordering: Ordering) -> str:
        return f"{self._column(ordering.by)} desc" if ordering.descending else self._column(ordering.by)

    def _column(self, ref: ColumnRef) -> str:
        return f"{self._name(ref.table)}.{self._name(ref.column)}" if ref.table else self._name(ref.column)

    def _value(self, value: AnyValue) -> str:
        match value:
            case ParameterValue(name=name):
                return f":{name}"
            case NumberValue(value=number):
                return number
            case BooleanValue(value=truth):
                return "true" if truth else "false"
            case TextValue(value=text):
                return str(exp.Literal.string(text).sql(self._dialect))

    def _name(self, name: str) -> str:
        return written(name, self._dialect)
