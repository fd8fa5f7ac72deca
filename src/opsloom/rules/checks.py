"""Whether a rule can run: every condition, key and column it names is read once, and the first flaw is told with its place."""

from collections.abc import Sequence
from uuid import UUID

from opsloom.rules.document import (
    AbsenceRule,
    AggregateRule,
    AnomalyRule,
    AnyRule,
    CompositeRule,
    ScheduleRule,
    SequenceRule,
    ThresholdRule,
)
from opsloom.rules.errors import RuleInvalid
from opsloom.rules.model import EventSource, FactSource, read_condition, read_keys
from opsloom.rules.predicate import Column, Predicate

QUERY_ROW = "opsloom.query.row"
"""The type of the events that hold the rows of a schedule rule's query."""
_NO_RULE = UUID(int=0)


def source_of(rule: AnyRule, rule_id: UUID = _NO_RULE) -> FactSource:
    """Which facts a rule watches. Those of a schedule rule are the rows its query brought."""
    match rule:
        case ScheduleRule():
            return EventSource(event_type=QUERY_ROW, source=f"rule:{rule_id}")
        case CompositeRule():
            raise RuleInvalid("A composite rule watches other rules, not facts.")
        case _:
            return rule.source


def keys_of(rule: AnyRule) -> tuple[Column | None, ...]:
    """How a rule parts its facts. Raises ConditionInvalid."""
    keys: Sequence[str] | None = [] if isinstance(rule, CompositeRule) else rule.keys
    return () if isinstance(rule, CompositeRule) else read_keys(source_of(rule), keys)


def read_conditions(rule: ThresholdRule | ScheduleRule) -> tuple[Predicate, Predicate | None]:
    """The condition and the resolve condition. Raises ConditionInvalid."""
    source, resolve = source_of(rule), rule.resolve_condition
    condition = read_condition(source, "/condition", rule.condition)
    return condition, None if resolve is None else read_condition(source, "/resolve_condition", resolve)


def check_document(rule: AnyRule) -> None:
    """Raises ConditionInvalid with the pointer and place of the first flaw."""
    keys_of(rule)
    match rule:
        case ThresholdRule() | ScheduleRule():
            read_conditions(rule)
        case AbsenceRule():
            if rule.after is not None:
                read_condition(rule.source, "/after", rule.after)
            read_condition(rule.source, "/expect", rule.expect)
        case AggregateRule() | AnomalyRule():
            if rule.condition is not None:
                read_condition(rule.source, "/condition", rule.condition)
        case SequenceRule() | CompositeRule():
            return
