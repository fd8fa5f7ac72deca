"""What the visual builder draws: one query over tables that are joined, filtered, grouped, ordered and cut.

Invariant: writing a model as SQL and reading that gives the same model (`tests/apis/test_drawing.py`). What has two forms of
the same meaning has one here: a group of one condition is joined by `and`.
"""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from opsloom.kit.model import Text, Wire

MOST_CONDITIONS = 200
DEEPEST_GROUP = 20

Identifier = Annotated[Text, StringConstraints(min_length=1, max_length=200)]
Alias = Annotated[Text, StringConstraints(max_length=200)]
ParameterName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,62}$")]
NumberText = Annotated[str, StringConstraints(pattern=r"^-?\d{1,40}(\.\d{1,40})?$")]


class ColumnRef(Wire):
    """A column; `table` is the alias or name of its table, or empty where only one can be meant."""

    table: Alias = ""
    column: Identifier


class ParameterValue(Wire):
    type: Literal["parameter"] = "parameter"
    name: ParameterName


class TextValue(Wire):
    type: Literal["text"] = "text"
    value: Annotated[Text, StringConstraints(max_length=10_000)]


class NumberValue(Wire):
    """As it is written: nothing of it is lost."""

    type: Literal["number"] = "number"
    value: NumberText


class BooleanValue(Wire):
    type: Literal["boolean"] = "boolean"
    value: bool


Value = Annotated[ParameterValue | TextValue | NumberValue | BooleanValue, Field(discriminator="type")]


class Operator(StrEnum):
    EQUAL = "="
    NOT_EQUAL = "<>"
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    LIKE = "like"
    NOT_LIKE = "not like"
    ILIKE = "ilike"
    NOT_ILIKE = "not ilike"
    IN = "in"
    NOT_IN = "not in"
    BETWEEN = "between"
    NOT_BETWEEN = "not between"
    IS_NULL = "is null"
    IS_NOT_NULL = "is not null"


_COUNTS: dict[Operator, tuple[int, int]] = {
    Operator.IN: (1, 1_000),
    Operator.NOT_IN: (1, 1_000),
    Operator.BETWEEN: (2, 2),
    Operator.NOT_BETWEEN: (2, 2),
    Operator.IS_NULL: (0, 0),
    Operator.IS_NOT_NULL: (0, 0),
}


class Comparison(Wire):
    """A column against values, or against another column."""

    type: Literal["comparison"] = "comparison"
    left: ColumnRef
    operator: Operator = Operator.EQUAL
    values: list[Value] = Field(default_factory=list, max_length=1_000)

    @model_validator(mode="after")
    def _count(self) -> Self:
        least, most = _COUNTS.get(self.operator, (1, 1))
        if not least <= len(self.values) <= most:
            raise ValueError(f"{self.operator.value} does not take {len(self.values)} values")
        return self


class Group(Wire):
    """Conditions joined by one word; `negated` is NOT before all of it."""

    type: Literal["group"] = "group"
    combinator: Literal["and", "or"] = "and"
    negated: bool = False
    items: list["Condition"] = Field(min_length=1, max_length=MOST_CONDITIONS)

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if len(self.items) == 1:
            self.combinator = "and"
        return self


Condition = Annotated[Comparison | Group, Field(discriminator="type")]
Group.model_rebuild()


class Source(Wire):
    """A table, and what it is called in this query."""

    schema_name: Alias = ""
    name: Identifier
    alias: Alias = ""

    @property
    def called(self) -> str:
        return self.alias or self.name


class JoinKind(StrEnum):
    INNER = "inner"
    LEFT = "left"
    RIGHT = "right"
    FULL = "full"


class Pair(Wire):
    """Two columns that must be equal."""

    left: ColumnRef
    right: ColumnRef


class Join(Wire):
    kind: JoinKind = JoinKind.INNER
    source: Source
    on: list[Pair] = Field(min_length=1, max_length=20)


class Aggregate(StrEnum):
    COUNT = "count"
    COUNT_DISTINCT = "count distinct"
    SUM = "sum"
    AVG = "avg"
    MIN = "min"
    MAX = "max"


class OutputItem(Wire):
    """A column of the answer; `count` of no column counts rows."""

    aggregate: Aggregate | None = None
    of: ColumnRef | None = None
    label: Alias = ""

    @model_validator(mode="after")
    def _of_something(self) -> Self:
        if self.of is None and self.aggregate is not Aggregate.COUNT:
            raise ValueError("only count works without a column")
        return self


class Ordering(Wire):
    """By a column, or by the label of a column of the answer."""

    by: ColumnRef
    descending: bool = False


class Drawing(Wire):
    """The whole query. No `columns` is all of them; `filter` is what stands after WHERE."""

    source: Source
    joins: list[Join] = Field(default_factory=list, max_length=20)
    distinct: bool = False
    columns: list[OutputItem] = Field(default_factory=list, max_length=200)
    filter: Group | None = None
    group_by: list[ColumnRef] = Field(default_factory=list, max_length=50)
    order_by: list[Ordering] = Field(default_factory=list, max_length=50)
    limit: ParameterValue | NumberValue | None = Field(default=None, discriminator="type")

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.filter is not None and depth_of(self.filter) > DEEPEST_GROUP:
            raise ValueError(f"conditions are nested deeper than {DEEPEST_GROUP}")
        if self.filter is not None and len(self.filter.items) == 1 and not self.filter.negated:
            only = self.filter.items[0]
            if isinstance(only, Group) and only.negated:
                self.filter = only
        return self


def depth_of(group: Group) -> int:
    """How deep groups stand in groups."""
    return 1 + max((depth_of(each) for each in group.items if isinstance(each, Group)), default=0)
