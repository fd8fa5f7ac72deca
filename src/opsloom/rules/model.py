"""What rules of every kind are made of: sources, words, actions; and how conditions and keys are read."""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, StringConstraints

from opsloom.alerts.schemas import Severity
from opsloom.kit.due import CatchUp
from opsloom.kit.model import Text, Wire
from opsloom.rules.condition import parse, parse_column
from opsloom.rules.errors import ConditionInvalid, Flaw
from opsloom.rules.lifecycle import NoDataPolicy
from opsloom.rules.predicate import NAMED, Column, Predicate, columns

DAY_S: Final = 86_400
SERIES: Final = "series"
"""A key that stands for "each series of the metric by itself"."""

METRIC_COLUMNS: Final = frozenset({"time", "metric", "value", "item", "unit", "attrs"})
EVENT_COLUMNS: Final = frozenset({"time", "source", "type", "subject", "severity", "attrs", "data"})

Seconds = Annotated[float, Field(ge=0, le=30 * DAY_S, allow_inf_nan=False)]
Label = Annotated[Text, StringConstraints(max_length=300)]
Title = Annotated[Text, StringConstraints(max_length=300)]
Note = Annotated[Text, StringConstraints(max_length=2_000)]
LabelName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_.-]{0,63}$")]
_PLACEHOLDER: Final = re.compile(r"\{\{(.*?)\}\}")
_PLACE: Final = re.compile(r"[a-z_]+(\.[\w.-]+)?")


class SourceType(StrEnum):
    METRIC = "metric"
    EVENT = "event"


class MetricSource(Wire):
    """Samples of one metric."""

    type: Literal[SourceType.METRIC] = SourceType.METRIC
    metric: Annotated[Text, StringConstraints(min_length=1, max_length=200)]


class EventSource(Wire):
    """Events of one type, of one sender, or of all."""

    type: Literal[SourceType.EVENT] = SourceType.EVENT
    event_type: Annotated[Text, StringConstraints(min_length=1, max_length=300)] | None = None
    source: Annotated[Text, StringConstraints(min_length=1, max_length=300)] | None = None


FactSource = MetricSource | EventSource
Source = Annotated[FactSource, Field(discriminator="type")]


class QuerySource(Wire):
    """Rows that a query brings at times. `connection` is the connection's key; without one it asks Opsloom's own data.

    `cron` has five fields and is read in `time_zone` (an IANA name).
    """

    type: Literal["query"] = "query"
    connection: Annotated[Text, StringConstraints(min_length=1, max_length=200)] | None = None
    statement: Annotated[Text, StringConstraints(min_length=1, max_length=20_000)]
    cron: Annotated[str, StringConstraints(min_length=9, max_length=200)]
    time_zone: Annotated[str, StringConstraints(min_length=1, max_length=64)] = "UTC"
    missed: CatchUp = CatchUp.ONCE
    timeout_s: Annotated[float, Field(ge=1, le=60, allow_inf_nan=False)] = 30


class NoData(Wire):
    """What to do when a key has been silent for `after_s`."""

    policy: NoDataPolicy = NoDataPolicy.KEEP
    after_s: Annotated[float, Field(ge=1, le=30 * DAY_S, allow_inf_nan=False)] = 300


class CallApi(Wire):
    """Call a published API when the alert fires; values may name places such as `{{ item }}`."""

    type: Literal["call"] = "call"
    api: Annotated[Text, StringConstraints(min_length=1, max_length=200)]
    parameters: Annotated[dict[LabelName, Label], Field(max_length=30)] = Field(default_factory=dict)
    on: Annotated[list[Literal["fire", "resolve"]], Field(min_length=1, max_length=2)] = Field(
        default_factory=lambda: list[Literal["fire", "resolve"]](["fire"])
    )


class Notify(Wire):
    """Deliver the alert's transitions to a channel, by its id or its slug."""

    type: Literal["notify"] = "notify"
    channel: Annotated[Text, StringConstraints(min_length=1, max_length=200)]


Action = Annotated[Notify | CallApi, Field(discriminator="type")]


def _placeholders(text: str) -> str:
    for place in _PLACEHOLDER.findall(text):
        if not _PLACE.fullmatch(place.strip()):
            raise ValueError(
                f"{{{{{place}}}}} is not a place such as {{{{ item }}}}, {{{{ value }}}} or {{{{ attrs.mount }}}}"
            )
    return text


class RuleBase(Wire):
    """What rules of every kind have. `annotations` are words beside the title, such as a runbook's address; labels say what an alert is
    by, so they are fixed, annotations are filled in as the title is."""

    kind: str
    severity: Severity = Severity.WARNING
    title: Annotated[Title, AfterValidator(_placeholders)] = ""
    description: Annotated[Text, StringConstraints(max_length=4000)] = ""
    labels: Annotated[dict[LabelName, Label], Field(max_length=30)] = Field(default_factory=dict)
    annotations: Annotated[dict[LabelName, Annotated[Note, AfterValidator(_placeholders)]], Field(max_length=30)] = (
        Field(default_factory=dict)
    )
    actions: Annotated[list[Action], Field(max_length=20)] = Field(default_factory=list)


class FactRule(RuleBase):
    """What rules have that watch facts: which, and how they are parted into keys.

    `late_s`: how much later than the newest fact of its key one may come and still count. Left out, five minutes for events, which
    then count as having come at the newest time, and nothing for samples. Where it is given, kinds that look at order or at
    windows put facts in their places first, and decide that much later.
    """

    source: Source
    keys: Annotated[list[Annotated[str, Field(max_length=300)]], Field(max_length=8)] | None = None
    late_s: Annotated[float, Field(ge=0, le=DAY_S, allow_inf_nan=False)] | None = None


def read_condition(source: FactSource, pointer: str, text: str, steps: Sequence[str] = ()) -> Predicate:
    """A condition over facts of the source. Raises ConditionInvalid with the pointer and the place of the flaw."""
    try:
        predicate = parse(text, steps=steps)
    except ConditionInvalid as error:
        raise ConditionInvalid(error.flaw, pointer=pointer) from error
    check_columns(source, columns(predicate), pointer, text)
    return predicate


def read_numbers(names: Sequence[str], pointer: str, text: str) -> Predicate:
    """A condition over numbers that have names of the rule's own. Raises ConditionInvalid."""
    try:
        predicate = parse(text, names)
    except ConditionInvalid as error:
        raise ConditionInvalid(error.flaw, pointer=pointer) from error
    for column in columns(predicate):
        if column.name != NAMED:
            hint = f"It has {', '.join(names)}."
            raise _at(pointer, text, f"A window has no {column.name}.", hint, text.lower().find(column.name))
    return predicate


def read_column(source: FactSource, pointer: str, text: str) -> Column:
    """One column of the source's facts. Raises ConditionInvalid."""
    try:
        column = parse_column(text)
    except ConditionInvalid as error:
        raise ConditionInvalid(error.flaw, pointer=pointer) from error
    check_columns(source, (column,), pointer, text)
    return column


def refuse(pointer: str, text: str, message: str, hint: str | None = None) -> ConditionInvalid:
    """What is wrong with a whole text."""
    return _at(pointer, text, message, hint)


def read_keys(source: FactSource, keys: Sequence[str] | None) -> tuple[Column | None, ...]:
    """The columns that part the facts; None stands for the series. Raises ConditionInvalid."""
    if keys is None:
        keys = [SERIES] if source.type is SourceType.METRIC else ["source", "subject"]
    read: list[Column | None] = []
    for position, text in enumerate(keys):
        pointer = f"/keys/{position}"
        if text == SERIES and source.type is SourceType.METRIC:
            read.append(None)
            continue
        column = read_column(source, pointer, text)
        if column.name in ("time", "value"):
            raise _at(pointer, text, f"{column.name} would make every fact a key of its own.")
        read.append(column)
    if len(set(read)) < len(read):
        raise _at("/keys", ", ".join(keys), "A key is named twice.")
    return tuple(read)


def check_columns(source: FactSource, named: tuple[Column, ...], pointer: str, text: str) -> None:
    """Whether facts of the source have these columns. Raises ConditionInvalid."""
    known = METRIC_COLUMNS if source.type is SourceType.METRIC else EVENT_COLUMNS
    for column in named:
        if column.name not in known:
            what = "A metric sample" if source.type is SourceType.METRIC else "An event"
            hint = f"It has {', '.join(sorted(known))}."
            raise _at(pointer, text, f"{what} has no {column.name}.", hint, text.lower().find(column.name))


def _at(pointer: str, text: str, message: str, hint: str | None = None, offset: int = 0) -> ConditionInvalid:
    before = text[: max(0, offset)]
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    return ConditionInvalid(Flaw(message, line, column, len(before), 0, hint), pointer=pointer)
