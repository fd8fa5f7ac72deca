"""A published rule, ready to run: its conditions as trees, its times in microseconds, how it parts its facts."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from opsloom.rules.checks import (
    keys_of,
    read_anomaly,
    read_conditions,
    read_having,
    read_measures,
    read_members,
    read_steps,
    source_of,
)
from opsloom.rules.detectors.absence import AbsenceLogic
from opsloom.rules.detectors.aggregate import AggregateLogic
from opsloom.rules.detectors.anomaly import AnomalyLogic
from opsloom.rules.detectors.composite import CompositeLogic
from opsloom.rules.detectors.detector import Detector, Logic
from opsloom.rules.detectors.measures import Measures
from opsloom.rules.detectors.pattern import pattern_of
from opsloom.rules.detectors.sequence import SequenceLogic
from opsloom.rules.detectors.threshold import ThresholdLogic
from opsloom.rules.detectors.windows import Asking
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
from opsloom.rules.keys import KeyTable
from opsloom.rules.lifecycle import Policy
from opsloom.rules.model import FactSource, read_condition
from opsloom.rules.moments import EPOCH, to_micros
from opsloom.rules.parting import GroupKey


@dataclass(frozen=True)
class Program:
    """`started_us`: facts before the first publishing are not this rule's business. `key` is by what composite rules name it."""

    rule_id: UUID
    version: int
    name: str
    rule: AnyRule
    source: FactSource
    group: GroupKey
    logic: Logic
    policy: Policy
    started_us: int = 0
    key: str = ""

    @cached_property
    def meaning(self) -> str:
        """What the states of a key depend on, the group first: when it is unchanged in a new version, states live on."""
        return f"{self.group.id()}:{self.logic.meaning}"

    @property
    def for_s(self) -> float:
        """How long a condition must hold."""
        return self.policy.for_us / 1_000_000

    def detector(self, table: KeyTable) -> Detector:
        """What finds for this rule among the keys of a table."""
        return self.logic.detector(table, self.started_us)


@dataclass(frozen=True, slots=True)
class Identity:
    """Which rule a document belongs to."""

    rule_id: UUID
    version: int
    name: str
    started_at: datetime = EPOCH
    key: str = ""


def compile_rule(rule: AnyRule, identity: Identity) -> Program:
    """Make a document ready to run. Raises ConditionInvalid, RuleInvalid."""
    source = source_of(rule, identity.rule_id)
    return Program(
        rule_id=identity.rule_id,
        version=identity.version,
        name=identity.name,
        rule=rule,
        source=source,
        group=_group(rule, source),
        logic=_logic(rule),
        policy=_policy(rule),
        started_us=to_micros(identity.started_at),
        key=identity.key,
    )


def _logic(rule: AnyRule) -> Logic:
    match rule:
        case ThresholdRule() | ScheduleRule():
            return ThresholdLogic(*read_conditions(rule))
        case AggregateRule():
            condition = None if rule.condition is None else read_condition(rule.source, "/condition", rule.condition)
            asking = Asking(condition, Measures(read_measures(rule)), *read_having(rule))
            return AggregateLogic(asking, rule.window)
        case AbsenceRule():
            after = None if rule.after is None else read_condition(rule.source, "/after", rule.after)
            return AbsenceLogic(after, read_condition(rule.source, "/expect", rule.expect), _micros(rule.within_s))
        case SequenceRule():
            pattern = pattern_of(rule, read_steps(rule), _micros(rule.within_s))
            text = rule.resolve_condition
            return SequenceLogic(
                pattern, None if text is None else read_condition(rule.source, "/resolve_condition", text)
            )
        case AnomalyRule():
            return AnomalyLogic(rule, *read_anomaly(rule))
        case CompositeRule():
            names = [member.name for member in rule.members]
            return CompositeLogic(names, read_members(rule), _micros(rule.within_s))
        case _:
            raise RuleInvalid(f"Rules of the kind {rule.kind} cannot run here.")


def _group(rule: AnyRule, source: FactSource) -> GroupKey:
    late = None if isinstance(rule, ScheduleRule | CompositeRule) or rule.late_s is None else _micros(rule.late_s)
    ordered = isinstance(rule, AggregateRule | SequenceRule | AbsenceRule)
    return GroupKey.of(source, keys_of(rule), late_us=late, ordered=ordered)


def _policy(rule: AnyRule) -> Policy:
    """The life of its alerts. What a kind has no word for is nothing."""
    resolve_after, cooldown = _micros(rule.resolve_after_s), _micros(rule.cooldown_s)
    if isinstance(rule, SequenceRule | AbsenceRule):
        return Policy(resolve_after_us=resolve_after, cooldown_us=cooldown, momentary=isinstance(rule, SequenceRule))
    if isinstance(rule, CompositeRule):
        return Policy(_micros(rule.for_s), resolve_after, cooldown)
    no_data = rule.no_data
    return Policy(_micros(rule.for_s), resolve_after, cooldown, no_data.policy, _micros(no_data.after_s))


def _micros(seconds: float) -> int:
    return round(seconds * 1_000_000)
