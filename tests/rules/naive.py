"""The plain road of every kind of rule: one fact at a time, lists of everything that ever came, nothing computed ahead.

What it shares with the engine is the condition language's naive evaluator and the lifecycle, which have oracles of their own.
"""

import math
import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field

from opsloom.rules.condition import parse_column
from opsloom.rules.detectors.sketch import ERROR
from opsloom.rules.document import AggregateRule
from opsloom.rules.facts import Fact
from opsloom.rules.failing import reader
from opsloom.rules.lifecycle import Evidence, NoDataPolicy, Observation, Sign, advance, observe
from opsloom.rules.model import read_condition, read_numbers
from opsloom.rules.predicate import Column
from opsloom.rules.printing import show_moment
from opsloom.rules.program import Program
from opsloom.rules.reference import truth

S = 1_000_000


@dataclass
class NaiveKey:
    """One key's life: facts that wait, and what the kind keeps."""

    kind: object
    newest: int | None = None
    arrived: int = 0
    released: int | None = None
    held: list = field(default_factory=list)
    state: object = None
    last_seen: int | None = None
    late: int = 0


class Naive:
    """One rule over a stream."""

    def __init__(self, program: Program, make) -> None:
        self.program, self.make = program, make
        self.keys: dict[object, NaiveKey] = {}
        self.decided: list = []

    def take(self, fact: Fact, arrived: int) -> None:
        """One fact arrives."""
        group = self.program.group
        if fact.metric != group.metric or (group.event_type is not None and fact.type != group.event_type):
            return
        name = fact.series or f'subject="{fact.subject}"'
        key = self.keys.setdefault(name, NaiveKey(self.make()))
        if key.newest is not None and key.newest - fact.time > (group.late_us if group.ordered else 0):
            key.late += 1
            return
        if group.ordered and key.released is not None and fact.time < key.released:
            key.late += 1
            return
        if key.newest is None or fact.time >= key.newest:
            key.newest, key.arrived = fact.time, arrived
        key.held.append(fact)
        self.hand_on(name, key, key.newest)

    def tick(self, now: int) -> None:
        """Time passes for every key."""
        for name, key in self.keys.items():
            clock = key.newest + max(0, now - key.arrived)
            self.hand_on(name, key, clock)
            limit = clock - self.late
            for seen in key.kind.until(limit):
                self.see(name, key, seen)
            key.state, more = advance(self.program.policy, key.state, key.last_seen, limit)
            self.decided += [(name, one) for one in more]

    @property
    def late(self) -> int:
        return self.program.group.late_us if self.program.group.ordered else 0

    def hand_on(self, name, key: NaiveKey, clock: int) -> None:
        ready = sorted((fact for fact in key.held if fact.time <= clock - self.late), key=lambda fact: fact.time)
        key.held = [fact for fact in key.held if fact.time > clock - self.late]
        for fact in ready:
            key.released = fact.time
            for seen in key.kind.until(fact.time):
                self.see(name, key, seen)
            for seen in key.kind.take(fact):
                self.see(name, key, seen)
            if self.program.policy.no_data is not NoDataPolicy.KEEP:
                life = (Evidence(fact.time, fact.ref, {}),)
                self.see(name, key, Observation(fact.time, None, None, life, Sign.LIFE))
            key.last_seen = fact.time

    def see(self, name, key: NaiveKey, seen: Observation) -> None:
        key.state, more = observe(self.program.policy, key.state, key.last_seen, seen)
        self.decided += [(name, one) for one in more]


class NaiveAggregate:
    """Every window anew from all facts that ever counted."""

    def __init__(self, rule: AggregateRule) -> None:
        self.rule = rule
        self.counts = None if rule.condition is None else read_condition(rule.source, "", rule.condition)
        names = [measure.name for measure in rule.measures]
        self.having = read_numbers(names, "", rule.having)
        self.resolve = None if rule.resolve_having is None else read_numbers(names, "", rule.resolve_having)
        window = rule.window
        self.type = window.type
        self.size = round((window.gap_s if window.type == "session" else window.size_s) * S)
        self.slide = round(window.slide_s * S) if window.type == "hopping" else self.size
        self.facts: list[Fact] = []
        self.next_end: int | None = None
        self.empty = True
        self.judged: int | None = None
        self.session: list[Fact] = []

    def take(self, fact: Fact) -> Iterator[Observation]:
        if self.counts is not None and truth(self.counts, fact.read) is not True:
            return
        if self.judged is not None and fact.time < self.judged:
            return
        self.facts.append(fact)
        if self.type in ("tumbling", "hopping"):
            if self.empty:
                self.next_end = (fact.time // self.slide + 1) * self.slide
            self.empty = False
        elif self.type == "session":
            self.session.append(fact)
        else:
            self.empty = False
            inside = [one for one in self.facts if one.time > fact.time - self.size]
            yield self.judge(fact.time - self.size, fact.time, inside)

    def until(self, limit: int) -> Iterator[Observation]:
        if self.type in ("tumbling", "hopping"):
            while self.next_end is not None and self.next_end <= limit and not self.empty:
                end, self.next_end = self.next_end, self.next_end + self.slide
                inside = [one for one in self.facts if end - self.size <= one.time < end]
                self.empty, self.judged = not inside, end
                yield self.judge(end - self.size, end, inside)
        elif self.type == "session":
            if self.session and self.session[-1].time + self.size <= limit:
                end = self.session[-1].time + self.size
                inside, self.session, self.judged = self.session, [], end
                yield self.judge(inside[0].time, end, inside)
        elif not self.empty and self.facts[-1].time + self.size <= limit:
            self.judged, self.empty = self.facts[-1].time + self.size, True
            yield self.judge(self.facts[-1].time, self.judged, [])

    def judge(self, start: int, end: int, inside: list[Fact]) -> Observation:
        values = {one.name: measure(one, inside, (end - start) / S) for one in self.rule.measures}
        holds = truth(self.having, reader(values))
        clears = (None if holds is None else not holds) if self.resolve is None else truth(self.resolve, reader(values))
        ref = f"window:{show_moment(start)}/{show_moment(end)}"
        return Observation(end, holds, clears, (Evidence(end, ref, {"facts": len(inside), **values}),), Sign.VERDICT)


def measure(asked, inside: list[Fact], seconds: float) -> float | None:
    """One measure from the facts themselves."""
    if asked.of is None:
        return len(inside) / (seconds if asked.function == "rate" else 1)
    column = parse_column(asked.of)
    values = [value for value in (fact.read(column) for fact in inside) if value is not None]
    if asked.function == "count":
        return len(values)
    if asked.function == "distinct":
        return len(set(values))
    values = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    if not values or (asked.function == "stddev" and len(values) < 2):
        return None
    plain = {"sum": sum, "avg": statistics.mean, "min": min, "max": max, "stddev": statistics.stdev}
    if asked.function == "rate":
        return sum(values) / seconds
    if asked.function == "percentile":
        return rounded(sorted(values)[math.floor(asked.at * (len(values) - 1))])
    return plain[asked.function](values)


def rounded(value: float) -> float:
    """The middle of the bucket of ERROR around a value."""
    gamma = (1 + ERROR) / (1 - ERROR)
    if value == 0:
        return 0
    exponent = math.ceil(math.log(abs(value)) / math.log(gamma))
    return math.copysign(2 * math.exp(exponent * math.log(gamma)) / (gamma + 1), value)


class NaiveAbsence:
    """Looks for the first unanswered beginning among all facts, each time anew."""

    def __init__(self, program: Program) -> None:
        rule = program.rule
        self.expect = read_condition(rule.source, "", rule.expect)
        self.after = self.expect if rule.after is None else read_condition(rule.source, "", rule.after)
        self.within = round(rule.within_s * S)
        self.facts: list[tuple[Fact, bool, bool]] = []
        self.reading = program.logic.reading
        self.told = 0

    def open(self) -> Fact | None:
        """The first fact that begins a wait after the last answer; an answer may itself begin one."""
        answers = [place for place, (_, answer, _) in enumerate(self.facts) if answer]
        since = answers[-1] if answers else 0
        return next((fact for fact, _, begins in self.facts[since:] if begins), None)

    def until(self, limit: int) -> Iterator[Observation]:
        begun = self.open()
        if begun is not None and begun.time + self.within <= limit and not self.told:
            self.told = begun.time + self.within
            yield Observation(self.told, True, False, self.reading.of(begun, begun.time), Sign.VERDICT)

    def take(self, fact: Fact) -> Iterator[Observation]:
        answer, begins = truth(self.expect, fact.read) is True, truth(self.after, fact.read) is True
        if answer and self.told:
            yield Observation(max(fact.time, self.told), False, True, self.reading.of(fact, fact.time), Sign.VERDICT)
        if answer:
            self.told = 0
        self.facts.append((fact, answer, begins))


class NaiveSequence:
    """For each fact, every way from every earlier one to it, by going back and trying again over the whole list."""

    def __init__(self, program: Program) -> None:
        self.rule = rule = program.rule
        self.within = round(rule.within_s * S)
        names = [step.name for step in rule.steps]
        self.conditions = [
            read_condition(rule.source, "", step.condition, names[:place]) for place, step in enumerate(rule.steps)
        ]
        text = rule.resolve_condition
        self.resolve = None if text is None else read_condition(rule.source, "", text)
        self.logic = program.logic
        self.takers = [place for place, step in enumerate(rule.steps) if not step.negated]
        self.readings = {step.place: step.reading for step in program.logic.pattern.steps}
        self.trailing = rule.steps[-1].negated
        self.facts: list[Fact] = []
        self.barrier = 0
        self.used: set[int] = set()

    def until(self, limit: int) -> Iterator[Observation]:
        for start in range(len(self.facts)):
            due = self.facts[start].time + self.within
            if due > limit or start < self.barrier or start in self.used:
                continue
            way = self.way(start, len(self.facts), waiting=True) if self.trailing else None
            self.used.add(start)
            if way is not None:
                if self.rule.skip == "past_last":
                    self.barrier = max(self.barrier, way[-1][0] + 1)
                yield from self.match(due, way)

    def take(self, fact: Fact) -> Iterator[Observation]:
        self.facts.append(fact)
        last = len(self.facts)
        if not self.trailing:
            for start in range(last):
                if start < self.barrier or start in self.used or fact.time - self.facts[start].time >= self.within:
                    continue
                way = self.way(start, last, waiting=False)
                if way is None:
                    continue
                self.used.add(start)
                if self.rule.skip == "past_last":
                    self.barrier = last
                yield from self.match(fact.time, way)
        if self.resolve is not None and truth(self.resolve, fact.read) is True:
            yield Observation(fact.time, None, True, self.logic.resolving.of(fact, fact.time), Sign.VERDICT)

    def match(self, at: int, way: list) -> Iterator[Observation]:
        taken: list[Evidence] = []
        for place, step in way:
            own = [one for one in taken if one.step == self.rule.steps[step].name]
            if len(own) >= 8:
                taken.remove(own[1])
            fact = self.facts[place]
            (evidence,) = self.readings[step].of(fact, fact.time)
            taken.append(evidence._replace(step=self.rule.steps[step].name))
        yield Observation(at, True, False, tuple(taken), Sign.VERDICT)
        if self.resolve is None:
            yield Observation(at, None, True, tuple(taken), Sign.VERDICT)

    def holds(self, step: int, place: int, way: list) -> bool:
        def read(column):
            if not column.step:
                return self.facts[place].read(column)
            own = [at for at, taken in way if self.rule.steps[taken].name == column.step]
            return self.facts[own[-1]].read(Column(column.name, column.path)) if own else None

        return truth(self.conditions[step], read) is True

    def following(self, step: int) -> Iterator[int]:
        for later in self.takers:
            if later > step:
                yield later
                if self.rule.steps[later].times.min > 0:
                    return

    def complete(self, way: list) -> bool:
        step = way[-1][1]
        count = sum(taken == step for _, taken in way)
        optional = all(self.rule.steps[later].times.min == 0 for later in self.takers if later > step)
        return optional and count >= max(1, self.rule.steps[step].times.min)

    def way(self, start: int, end: int, *, waiting: bool) -> list | None:
        """The first way that begins with one fact and ends with another, or, waiting, is alive and complete at the end."""
        for first in self.following(-1):
            if self.holds(first, start, []):
                found = self.go_on([(start, first)], start + 1, end, waiting=waiting)
                if found is not None:
                    return found
        return None

    def go_on(self, way: list, place: int, end: int, *, waiting: bool) -> list | None:
        if place == end:
            return way if self.complete(way) and (waiting or way[-1][0] == end - 1) else None
        if self.facts[place].time - self.facts[way[0][0]].time >= self.within:
            return self.go_on(way, end, end, waiting=waiting) if waiting else None
        step = way[-1][1]
        asked, count = self.rule.steps[step].times, sum(taken == step for _, taken in way)
        ways = []
        if (asked.max is None or count < asked.max) and self.holds(step, place, way):
            ways.append([*way, (place, step)])
        if count >= max(1, asked.min):
            ways += [[*way, (place, later)] for later in self.following(step) if self.holds(later, place, way)]
            bounds = [later for later in self.takers if later > step]
            guards = range(step + 1, bounds[0] if bounds else len(self.rule.steps))
            if not ways and any(self.holds(guard, place, way) for guard in guards):
                return None
        for one in ways or [way]:
            found = self.go_on(one, place + 1, end, waiting=waiting)
            if found is not None:
                return found
        return None
