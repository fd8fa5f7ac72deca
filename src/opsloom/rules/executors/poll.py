"""A poll: what it asks a connection for, how often, and where the numbers and what they measure stand in the answer.

It is a kind of asset, so that it has versions, review, links to its connection and a place in files, as everything people define.
"""

from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from opsloom.kit.model import Text, Wire

POLL_KIND: Final = "poll"
ColumnName = Annotated[Text, StringConstraints(min_length=1, max_length=200)]
ShortName = Annotated[Text, StringConstraints(min_length=1, max_length=200)]


class PromqlAsk(Wire):
    """An expression; each series of its answer is a number, its labels are the columns."""

    type: Literal["promql"]
    expression: Annotated[Text, StringConstraints(min_length=1, max_length=20_000)]


class SqlAsk(Wire):
    """A reading statement; each row is a number."""

    type: Literal["sql"]
    statement: Annotated[Text, StringConstraints(min_length=1, max_length=20_000)]


class HttpAsk(Wire):
    """A GET below the connection's URL that answers JSON. `rows` points (JSON Pointer) at an object or a list of objects."""

    type: Literal["http"]
    path: Annotated[Text, StringConstraints(max_length=2_000)] = ""
    rows: Annotated[Text, StringConstraints(max_length=500, pattern=r"^(/.*)?$")] = ""


Ask = Annotated[PromqlAsk | SqlAsk | HttpAsk, Field(discriminator="type")]


class Measures(Wire):
    """What a number is about: an item of `item_type`, by the name in a column, or always the same one."""

    item_type: ShortName = "service"
    item: ShortName | None = None
    item_column: ColumnName | None = None


class MetricPoll(Wire):
    """Asks a connection every so often and stores what it answers as samples of `metric`."""

    connection: ShortName
    ask: Ask
    metric: Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_.:]{0,199}$")]
    unit: Annotated[Text, StringConstraints(max_length=40)] | None = None
    value_column: ColumnName = "value"
    of: Measures = Field(default_factory=Measures)
    labels: Annotated[list[ColumnName], Field(max_length=10)] = Field(default_factory=list)
    every_s: Annotated[float, Field(ge=10, le=86_400, allow_inf_nan=False)] = 60
    timeout_s: Annotated[float, Field(ge=1, le=60, allow_inf_nan=False)] = 10
