"""Whether a rule can run: every condition, key and column it names is read once, and the first flaw is told with its place."""

import itertools
from uuid import UUID

from opsloom.rules.document import (
    AbsenceRule,
    AggregateRule,
    AnomalyRule,
    AnyRule,
    CompositeRule,
    Measure,
    MeasureFunction,
    ScheduleRule,
    SequenceRule,
    ThresholdRule,
)
from opsloom.rules.joining import read_expression
from opsloom.rules.model import EventSource, FactSource, read_column, read_condition, read_keys, read_numbers, refuse
from opsloom.rules.predicate import Column, Predicate, ValueType, type_of

QUERY_ROW = "opsloom.query.row"
"""The type of the events that hold the rows of a schedule rule's query."""
DECISION = "opsloom.rule.decision"
"""The type of the facts that decisions are to composite rules. The engine makes them; they are stored nowhere."""
_NO_RULE = UUID(int=0)


def source_of(rule: AnyRule, rule_id: UUID = _NO_RULE) -> FactSource:
    """Which facts a rule watches. Those of a schedule rule are the rows its query brought."""
    match rule:
        case ScheduleRule():
            return EventSource(event_type=QUERY_ROW, source=f"rule:{rule_id}")
        case CompositeRule():
            return EventSource(event_type=DECISION, source=f"rule:{rule_id}")
        case _:
            return rule.source


def keys_of(rule: AnyRule) -> tuple[Column | None, ...]:
    """How a rule parts its facts. Raises ConditionInvalid."""
    if isinstance(rule, CompositeRule):
        return tuple(Column("attrs", (label,)) for label in dict.fromkeys(rule.on))
    return read_keys(source_of(rule), rule.keys)


def read_members(rule: CompositeRule) -> Predicate:
    """The expression over the members. Raises ConditionInvalid."""
    names = [member.name for member in rule.members]
    if len(set(names)) < len(names):
        raise refuse("/members", ", ".join(names), "Two members have the same name.")
    return read_expression(rule.expression, names)


def read_conditions(rule: ThresholdRule | ScheduleRule) -> tuple[Predicate, Predicate | None]:
    """The condition and the resolve condition. Raises ConditionInvalid."""
    source, resolve = source_of(rule), rule.resolve_condition
    condition = read_condition(source, "/condition", rule.condition)
    return condition, None if resolve is None else read_condition(source, "/resolve_condition", resolve)


def read_having(rule: AggregateRule) -> tuple[Predicate, Predicate | None]:
    """The condition over the measures, and the one that resolves. Raises ConditionInvalid."""
    names = [measure.name for measure in rule.measures]
    if len(set(names)) < len(names):
        raise refuse("/measures", ", ".join(names), "Two measures have the same name.")
    resolve = rule.resolve_having
    having = read_numbers(names, "/having", rule.having)
    return having, None if resolve is None else read_numbers(names, "/resolve_having", resolve)


def read_measures(rule: AggregateRule) -> list[tuple[Measure, Column | None]]:
    """The measures with the columns they are of. Raises ConditionInvalid."""
    read: list[tuple[Measure, Column | None]] = []
    for place, measure in enumerate(rule.measures):
        pointer, text = f"/measures/{place}/of", measure.of
        column = None if text is None else read_column(rule.source, pointer, text)
        counts = measure.function in (MeasureFunction.COUNT, MeasureFunction.DISTINCT)
        if column is not None and not counts and type_of(column) not in (ValueType.NUMBER, ValueType.JSON):
            raise refuse(pointer, text or "", f"{measure.function} needs a number, {text} is a {type_of(column)}.")
        read.append((measure, column))
    return read


def read_anomaly(rule: AnomalyRule) -> tuple[Column, Predicate | None]:
    """The number that is watched, and which facts count. Raises ConditionInvalid."""
    column = read_column(rule.source, "/of", rule.of)
    if type_of(column) not in (ValueType.NUMBER, ValueType.JSON):
        raise refuse("/of", rule.of, f"An anomaly is of a number, {rule.of} is a {type_of(column)}.")
    return column, None if rule.condition is None else read_condition(rule.source, "/condition", rule.condition)


def read_steps(rule: SequenceRule) -> list[Predicate]:
    """The conditions of the steps; each may read the steps before it that take facts. Raises ConditionInvalid."""
    names = [step.name for step in rule.steps]
    if len(set(names)) < len(names):
        raise refuse("/steps", ", ".join(names), "Two steps have the same name.")
    if rule.steps[0].negated or all(step.negated or step.times.min == 0 for step in rule.steps):
        raise refuse("/steps", ", ".join(names), "A sequence begins with a step that takes facts.")
    for before, after in itertools.pairwise(rule.steps):
        if {before.negated, after.negated} == {True, False} and 0 in (before.times.min, after.times.min):
            named = f"{before.name}, {after.name}"
            raise refuse("/steps", named, "A step that need not happen cannot stand beside one that must not.")
    read: list[Predicate] = []
    for place, step in enumerate(rule.steps):
        earlier = [one.name for one in rule.steps[:place] if not one.negated]
        read.append(read_condition(rule.source, f"/steps/{place}/condition", step.condition, earlier))
    return read


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
        case AggregateRule():
            if rule.condition is not None:
                read_condition(rule.source, "/condition", rule.condition)
            read_measures(rule)
            read_having(rule)
        case AnomalyRule():
            read_anomaly(rule)
        case SequenceRule():
            read_steps(rule)
            if rule.resolve_condition is not None:
                read_condition(rule.source, "/resolve_condition", rule.resolve_condition)
        case CompositeRule():
            read_members(rule)
