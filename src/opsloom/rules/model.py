"""The rule document: what an asset of kind `rule` holds. A discriminated union; each further kind of rule is one more member."""

import re
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, StringConstraints

from opsloom.alerts.schemas import Severity
from opsloom.kit.model import Text, Wire
from opsloom.rules.condition import parse, parse_column
from opsloom.rules.errors import ConditionInvalid, Flaw
from opsloom.rules.predicate import Column, Predicate, columns
from opsloom.rules.threshold import NoDataPolicy

DAY_S: Final = 86_400
SERIES: Final = "series"
"""A key that stands for "each series of the metric by itself"."""

METRIC_COLUMNS: Final = frozenset({"time", "metric", "value", "item", "unit", "attrs"})
EVENT_COLUMNS: Final = frozenset({"time", "source", "type", "subject", "severity", "attrs", "data"})

Seconds = Annotated[float, Field(ge=0, le=30 * DAY_S, allow_inf_nan=False)]
Label = Annotated[Text, StringConstraints(max_length=300)]
Title = Annotated[Text, StringConstraints(max_length=300)]
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


Source = Annotated[MetricSource | EventSource, Field(discriminator="type")]


class NoData(Wire):
    """What to do when a key has been silent for `after_s`."""

    policy: NoDataPolicy = NoDataPolicy.KEEP
    after_s: Annotated[float, Field(ge=1, le=30 * DAY_S, allow_inf_nan=False)] = 300


class Notify(Wire):
    """Deliver the alert's transitions to a channel, by its id or its slug."""

    type: Literal["notify"] = "notify"
    channel: Annotated[Text, StringConstraints(min_length=1, max_length=200)]


def _placeholders(text: str) -> str:
    for place in _PLACEHOLDER.findall(text):
        if not _PLACE.fullmatch(place.strip()):
            raise ValueError(
                f"{{{{{place}}}}} is not a place such as {{{{ item }}}}, {{{{ value }}}} or {{{{ attrs.mount }}}}"
            )
    return text


class RuleBase(Wire):
    """What rules of every kind have."""

    source: Source
    severity: Severity = Severity.WARNING
    title: Annotated[Title, AfterValidator(_placeholders)] = ""
    description: Annotated[Text, StringConstraints(max_length=4000)] = ""
    labels: Annotated[dict[LabelName, Label], Field(max_length=30)] = Field(default_factory=dict)
    actions: Annotated[list[Notify], Field(max_length=20)] = Field(default_factory=list)


class ThresholdRule(RuleBase):
    """Fires for a key when its condition has held for `for_s`."""

    kind: Literal["threshold"]
    condition: Annotated[str, Field(max_length=4000)]
    keys: Annotated[list[Annotated[str, Field(max_length=300)]], Field(max_length=8)] | None = None
    for_s: Seconds = 0
    resolve_condition: Annotated[str, Field(max_length=4000)] | None = None
    resolve_after_s: Seconds = 0
    no_data: NoData = Field(default_factory=NoData)
    cooldown_s: Seconds = 0


Rule = ThresholdRule
"""Kinds of rules; with the second one this becomes a union discriminated by `kind`."""


def read_conditions(rule: ThresholdRule) -> tuple[Predicate, Predicate | None]:
    """The condition and the resolve condition. Raises ConditionInvalid."""
    condition = _read(rule, "condition", rule.condition)
    resolve = None if rule.resolve_condition is None else _read(rule, "resolve_condition", rule.resolve_condition)
    return condition, resolve


def _read(rule: ThresholdRule, name: str, text: str) -> Predicate:
    pointer = f"/{name}"
    try:
        predicate = parse(text)
    except ConditionInvalid as error:
        raise ConditionInvalid(error.flaw, pointer=pointer) from error
    check_columns(rule.source, columns(predicate), pointer, text)
    return predicate


def read_keys(rule: ThresholdRule) -> tuple[Column | None, ...]:
    """The columns that part the facts; None stands for the series. Raises ConditionInvalid."""
    keys = rule.keys
    if keys is None:
        keys = [SERIES] if rule.source.type is SourceType.METRIC else ["source", "subject"]
    read: list[Column | None] = []
    for position, text in enumerate(keys):
        pointer = f"/keys/{position}"
        if text == SERIES and rule.source.type is SourceType.METRIC:
            read.append(None)
            continue
        try:
            column = parse_column(text)
        except ConditionInvalid as error:
            raise ConditionInvalid(error.flaw, pointer=pointer) from error
        if column.name in ("time", "value"):
            raise _at(pointer, text, f"{column.name} would make every fact a key of its own.")
        check_columns(rule.source, (column,), pointer, text)
        read.append(column)
    if len(set(read)) < len(read):
        raise _at("/keys", ", ".join(keys), "A key is named twice.")
    return tuple(read)


def check_columns(source: Source, named: tuple[Column, ...], pointer: str, text: str) -> None:
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


def check_document(rule: Rule) -> None:
    """Whether the document can run. Raises ConditionInvalid with the pointer and place of the first flaw."""
    read_conditions(rule)
    read_keys(rule)
