"""A published rule, ready to run: its conditions as trees, its times in microseconds, the columns its proofs show."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from opsloom.rules.checks import keys_of, read_conditions, source_of
from opsloom.rules.document import AnyRule, ScheduleRule, ThresholdRule
from opsloom.rules.errors import RuleInvalid
from opsloom.rules.facts import Fact, Json, Value, finite
from opsloom.rules.model import FactSource, MetricSource, SourceType
from opsloom.rules.moments import EPOCH, to_micros
from opsloom.rules.predicate import Column, Predicate, columns
from opsloom.rules.printing import show, show_operand
from opsloom.rules.threshold import Evidence, Policy

EVENT_GRACE_US = 300_000_000
"""Events are facts about moments: one that comes up to five minutes late still counts. A late sample tells only of the past."""


@dataclass(frozen=True)
class Program:
    """`started_us`: facts before the first publishing are not this rule's business."""

    rule_id: UUID
    version: int
    name: str
    rule: ThresholdRule | ScheduleRule
    source: FactSource
    condition: Predicate
    resolve: Predicate | None
    keys: tuple[Column | None, ...]
    policy: Policy
    started_us: int = 0

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Every column the two conditions read."""
        both = columns(self.condition) + (columns(self.resolve) if self.resolve else ())
        return tuple(dict.fromkeys(both))

    @cached_property
    def column_texts(self) -> tuple[str, ...]:
        """The same, as proofs name them."""
        return tuple(show_operand(column) for column in self.columns)

    @cached_property
    def group(self) -> "GroupKey":
        """Rules with an equal one part the same facts into the same keys."""
        return GroupKey.of(self.source, self.keys)

    @cached_property
    def meaning(self) -> str:
        """What the states of a key depend on, the group first: when it is unchanged in a new version, states live on."""
        conditions = f"{show(self.condition)}\n{show(self.resolve) if self.resolve else ''}"
        return f"{self.group.id()}:{_digest(conditions)}"

    def evidence(self, fact: Fact, time: int) -> Evidence:
        """The part of a fact that decides."""
        values = {text: _kept(fact.read(column)) for text, column in zip(self.column_texts, self.columns, strict=True)}
        return Evidence(time, fact.ref, values)


@dataclass(frozen=True, slots=True)
class GroupKey:
    """Which facts, parted how."""

    source_type: SourceType
    metric: str | None
    event_type: str | None
    event_source: str | None
    keys: tuple[Column | None, ...]

    @classmethod
    def of(cls, source: FactSource, keys: tuple[Column | None, ...]) -> "GroupKey":
        if isinstance(source, MetricSource):
            return cls(SourceType.METRIC, source.metric, None, None, keys)
        return cls(SourceType.EVENT, None, source.event_type, source.source, keys)

    @property
    def grace_us(self) -> int:
        return EVENT_GRACE_US if self.source_type is SourceType.EVENT else 0

    def id(self) -> str:
        """A short, stable name for storage."""
        names = ["series" if key is None else show_operand(key) for key in self.keys]
        parts = [self.source_type, self.metric or "", self.event_type or "", self.event_source or "", *names]
        return _digest(json.dumps(parts))


@dataclass(frozen=True, slots=True)
class Identity:
    """Which rule a document belongs to."""

    rule_id: UUID
    version: int
    name: str
    started_at: datetime = EPOCH


def compile_rule(rule: AnyRule, identity: Identity) -> Program:
    """Make a document ready to run. Raises ConditionInvalid, RuleInvalid."""
    if not isinstance(rule, ThresholdRule | ScheduleRule):
        raise RuleInvalid(f"Rules of the kind {rule.kind} cannot run here.")
    condition, resolve = read_conditions(rule)
    policy = Policy(
        for_us=_micros(rule.for_s),
        resolve_after_us=_micros(rule.resolve_after_s),
        cooldown_us=_micros(rule.cooldown_s),
        no_data=rule.no_data.policy,
        no_data_after_us=_micros(rule.no_data.after_s),
    )
    return Program(
        rule_id=identity.rule_id,
        version=identity.version,
        name=identity.name,
        rule=rule,
        source=source_of(rule, identity.rule_id),
        condition=condition,
        resolve=resolve,
        keys=keys_of(rule),
        policy=policy,
        started_us=to_micros(identity.started_at),
    )


def _kept(value: Value) -> Json:
    """As much of a value as decides: of a nested one only that it is there, of a number what fits into float64."""
    if isinstance(value, bool | str) or value is None:
        return value
    if isinstance(value, int | float):
        return value if isinstance(value, int) and abs(value) < 2**53 else finite(value)
    return {} if isinstance(value, Mapping) else []


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _micros(seconds: float) -> int:
    return round(seconds * 1_000_000)
