"""Random rules and streams of every kind, and the engine driven over them: cut anywhere, stored and brought back anywhere."""

import json
import random
from functools import lru_cache
from uuid import UUID

from opsloom.rules.document import RuleDocument
from opsloom.rules.errors import ConditionInvalid
from opsloom.rules.explain import holds_up, prove
from opsloom.rules.facts import Batch, Fact
from opsloom.rules.program import Identity, Program, compile_rule
from opsloom.rules.runtime import Runtime
from opsloom.rules.stored import fact_from_json, fact_to_json, from_json, to_json
from rules.naive import Naive, NaiveAbsence, NaiveAggregate, NaiveSequence, S

CPU = {"type": "metric", "metric": "cpu"}
EVENTS = {"type": "event"}


def compiled(document: dict, number: int = 1) -> Program:
    """A rule ready to run."""
    return _compiled(json.dumps(document), number)


@lru_cache(maxsize=16)
def _compiled(document: str, number: int) -> Program:
    return compile_rule(RuleDocument.model_validate_json(document).root, Identity(UUID(int=number), 1, "Rule"))


class Disk:
    """What the engine stores at a commit, and only that."""

    def __init__(self) -> None:
        self.keys: dict = {}
        self.states: dict = {}
        self.memories: dict = {}

    def save(self, runtime: Runtime) -> None:
        """A commit."""
        for key, group in runtime.groups.items():
            codes = group.table.changed()
            for code, seen, arrived, (released, held) in zip(
                codes, *group.table.stored(codes), group.table.waiting(codes), strict=True
            ):
                name, labels = group.table.texts[code], group.table.labels[code]
                self.keys[key, name] = (labels, seen, arrived, released, [fact_to_json(fact) for fact in held])
            group.table.settled()
        for run in runtime.runs.values():
            for code in run.dirty:
                state, place = run.states.get(code), (run.program.rule_id, run.table.texts[code])
                self.states[place] = None if state is None else to_json(state)
            run.dirty.clear()
            for code in run.detector.changed():
                self.memories[run.program.rule_id, run.table.texts[code]] = run.detector.memory(code)
            run.detector.settled()

    def load(self, programs: list[Program]) -> Runtime:
        """A restart."""
        runtime = Runtime()
        for program in programs:
            runtime.add(program)
        for (key, name), (labels, seen, arrived, released, held) in self.keys.items():
            table = runtime.groups[key].table
            table.wait(table.restore(name, labels, seen, arrived), released, [fact_from_json(one) for one in held])
        for (rule_id, name), state in self.states.items():
            if state is not None:
                run = runtime.runs[rule_id]
                run.restore(run.table.find(name), from_json(state))
        for (rule_id, name), memory in self.memories.items():
            if memory is not None:
                run = runtime.runs[rule_id]
                run.detector.restore(run.table.find(name), memory)
        return runtime


def random_life(rng: random.Random) -> dict:
    """How alerts of a rule live."""
    return {
        "for_s": rng.choice((0, 0, 2, 4)),
        "resolve_after_s": rng.choice((0, 0, 3)),
        "cooldown_s": rng.choice((0, 0, 5)),
        "no_data": {"policy": rng.choice(("keep", "keep", "resolve", "alert")), "after_s": rng.choice((1, 3, 6))},
    }


WINDOWS = (
    {"type": "tumbling", "size_s": 2},
    {"type": "tumbling", "size_s": 5},
    {"type": "hopping", "size_s": 4, "slide_s": 2},
    {"type": "hopping", "size_s": 6, "slide_s": 2},
    {"type": "sliding", "size_s": 3},
    {"type": "session", "gap_s": 2},
    {"type": "session", "gap_s": 4},
)
MEASURES = (
    ({"name": "n", "function": "count"}, ("n > 1", "n < 2", "n = 0", "n > 0")),
    ({"name": "c", "function": "count", "of": "value"}, ("c > 1", "c = 0")),
    ({"name": "total", "function": "sum", "of": "value"}, ("total > 9", "total < 4")),
    ({"name": "a", "function": "avg", "of": "value"}, ("a > 4", "NOT a > 4")),
    ({"name": "low", "function": "min", "of": "value"}, ("low > 1",)),
    ({"name": "high", "function": "max", "of": "value"}, ("high > 6",)),
    ({"name": "sd", "function": "stddev", "of": "value"}, ("sd > 1.7",)),
    ({"name": "p", "function": "percentile", "of": "value", "at": 0.7}, ("p > 4.5",)),
    ({"name": "d", "function": "distinct", "of": "value"}, ("d > 1",)),
    ({"name": "r", "function": "rate"}, ("r > 0.6",)),
    ({"name": "rv", "function": "rate", "of": "value"}, ("rv > 2.1",)),
)


def random_aggregate(rng: random.Random) -> dict:
    """Any window, any measures."""
    chosen = rng.sample(MEASURES, rng.randint(1, 3))
    having = f" {rng.choice(('AND', 'OR'))} ".join(rng.choice(texts) for _, texts in chosen)
    return {
        "kind": "aggregate",
        "source": CPU,
        "condition": rng.choice((None, None, "value > 2", "value IS NOT NULL")),
        "window": rng.choice(WINDOWS),
        "measures": [one for one, _ in chosen],
        "having": having,
        "resolve_having": rng.choice((None, None, rng.choice(chosen[0][1]))),
        "late_s": rng.choice((None, None, 2)),
    } | random_life(rng)


def random_samples(rng: random.Random) -> list:
    """Samples of three series, some late, some twice; now and then the clock is looked at. (what, at, fact)"""
    acts, second = [], rng.randint(0, 5)
    for place in range(rng.randint(0, 22)):
        second = max(0, second + rng.choice((0, 0, 1, 1, 2, 3, 7, -1, -2)))
        value = rng.choice((0, 1, 2, 3, 5, 7, 8, -2, None))
        series = rng.choice("aab")
        fact = Fact(
            second * S,
            f"f{place}",
            metric=rng.choice(("cpu", "cpu", "cpu", "mem")),
            value=value,
            item=series,
            series=series,
        )
        acts.append(("fact", fact))
        if rng.random() < 0.15:
            acts.append(("fact", fact))
        if rng.random() < 0.25:
            acts.append(("tick", rng.choice((0, 1, 3, 8))))
    return acts


def random_events(rng: random.Random) -> list:
    """Events about two subjects, with a letter and a number each."""
    acts, second = [], rng.randint(0, 5)
    for place in range(rng.randint(0, 18)):
        second = max(0, second + rng.choice((0, 0, 1, 1, 2, 3, 7, -1, -2)))
        data = {"k": rng.choice("aabbccd"), "n": rng.choice((1, 1, 2, 3, None))}
        kind, subject = rng.choice(("t", "t", "t", "t", "u")), rng.choice("xxy")
        acts.append(("fact", Fact(second * S, f"f{place}", type=kind, subject=subject, data=data)))
        if rng.random() < 0.1:
            acts.append(acts[-1])
        if rng.random() < 0.2:
            acts.append(("tick", rng.choice((0, 1, 3, 8))))
    return acts


LETTERS = ("data.k = 'a'", "data.k = 'b'", "data.k = 'c'", "data.k = 'a' AND data.n > 1", "data.k <> 'd'", "data.n = 1")


def random_absence(rng: random.Random) -> dict:
    """Something after something, or the silence of a source."""
    return {
        "kind": "absence",
        "source": {"type": "event", "event_type": "t"},
        "keys": ["subject"],
        "after": rng.choice((None, *LETTERS)),
        "expect": rng.choice(LETTERS),
        "within_s": rng.choice((1, 2, 4, 6)),
        "resolve_after_s": rng.choice((0, 0, 3)),
        "cooldown_s": rng.choice((0, 0, 5)),
        "late_s": rng.choice((0, 0, 2)),
    }


REFERRING = ("data.n = first.data.n", "data.n > first.data.n AND data.k <> 'd'", "data.k = first.data.k")


def random_sequence(rng: random.Random) -> dict:
    """One to four steps with everything a step can have."""
    names = ["first", "second", "third", "fourth"][: rng.randint(1, 4)]
    steps = []
    for place, name in enumerate(names):
        text = rng.choice((*LETTERS, *REFERRING)) if place else rng.choice(LETTERS)
        times = rng.choice((None, None, None, (1, 2), (2, 2), (1, None), (2, None), (0, 1), (3, None)))
        step = {"name": name, "condition": text}
        if times is not None:
            step["times"] = {"min": times[0], "max": times[1]}
        elif place and rng.random() < 0.3:
            step["negated"] = True
        steps.append(step)
    if steps[0].get("times", {}).get("min") == 0 and any("first" in step["condition"] for step in steps):
        steps[0].pop("times")
    return {
        "kind": "sequence",
        "source": {"type": "event", "event_type": "t"},
        "keys": ["subject"],
        "steps": steps,
        "within_s": rng.choice((2, 4, 8, 15)),
        "skip": rng.choice(("past_last", "to_next")),
        "resolve_condition": rng.choice((None, None, "data.k = 'd'")),
        "resolve_after_s": rng.choice((0, 2, 5)),
        "cooldown_s": rng.choice((0, 0, 4)),
        "late_s": rng.choice((0, 0, 2)),
    }


def reference(program: Program) -> Naive:
    """The plain road of a rule."""
    kinds = {
        "aggregate": lambda: NaiveAggregate(program.rule),
        "absence": lambda: NaiveAbsence(program),
        "sequence": lambda: NaiveSequence(program),
    }
    return Naive(program, kinds[program.rule.kind])


def check(rng: random.Random, document: dict, acts: list) -> int:
    """Drive the engine and the reference over the same stream; decisions must be equal. Tells how many there were."""
    try:
        program, now = compiled(document), 1_000 * S
    except ConditionInvalid:
        return 0  # a random sequence may be one that is refused
    naive, disk, found = reference(program), Disk(), []
    runtime = disk.load([program])
    pending: list[Fact] = []

    def hand_over() -> None:
        while pending:
            size = rng.randint(1, 6)
            more, failures = runtime.take(Batch.of(pending[:size]), now)
            assert not failures, failures
            del pending[:size]
            found.extend(more)

    for what, one in [*acts, ("tick", 40)]:
        if what == "fact":
            naive.take(one, now)
            pending.append(one)
            continue
        hand_over()
        if rng.random() < 0.5:
            disk.save(runtime)
            runtime = disk.load([program]) if rng.random() < 0.5 else runtime
        now += one * S
        naive.tick(now)
        more, failures = runtime.tick(now)
        assert not failures, failures
        found += more
        if rng.random() < 0.5:
            disk.save(runtime)
            runtime = disk.load([program]) if rng.random() < 0.5 else runtime
    for one in found:
        assert holds_up(prove(program, one.decision, {})), (document, one.decision)
    got = sorted(str((one.table.texts[one.code], plain(one.decision))) for one in found)
    expected = sorted(str((key, plain(one))) for key, one in naive.decided)
    assert got == expected, (
        f"{document}\n{acts}\n got      {sorted(set(got) - set(expected))}\n expected {sorted(set(expected) - set(got))}"
    )
    return len(got)


def plain(decision) -> tuple:
    """A decision with its numbers rounded."""
    shown = [
        (one.time, one.ref, one.step, {name: tidy(value) for name, value in sorted(one.values.items())})
        for one in decision.evidence
    ]
    return (decision.at, decision.change.value, decision.since, decision.reason.value, shown)


def tidy(value):
    """Nine digits: rounding differs with the order of adding."""
    return float(f"{value:.9g}") if isinstance(value, int | float) and not isinstance(value, bool) else value


KINDS = {
    "aggregate": (random_aggregate, random_samples),
    "absence": (random_absence, random_events),
    "sequence": (random_sequence, random_events),
}
"""For each kind, what makes a random rule and what makes a random stream for it."""
