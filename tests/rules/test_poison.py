"""Rules that would take the engine down: each is taken out within its budget, and the one beside it decides as if alone."""

import random

import pytest

from opsloom.rules import run as running
from opsloom.rules import runtime as runtimes
from opsloom.rules.detectors.detector import MAX_BATCH_S, RuleOverBudget
from opsloom.rules.facts import Batch, Fact
from opsloom.rules.runtime import Runtime
from rules.naive import S
from rules.streams import compiled

EVENTS = {"type": "event", "event_type": "t"}
HEALTHY = {"kind": "threshold", "source": EVENTS, "keys": ["subject"], "condition": "data.n > 98"}
ALWAYS = {"name": "a", "condition": "data.n >= 0"}
HUGE = {
    "kind": "aggregate",
    "source": EVENTS,
    "keys": ["subject"],
    "window": {"type": "hopping", "size_s": 1000, "slide_s": 1},
    "measures": [{"name": "s", "function": "stddev", "of": "data.n"}],
    "having": "s > 1",
    "late_s": 0,
}
ENDLESS = {
    "kind": "sequence",
    "source": EVENTS,
    "keys": [],
    "steps": [ALWAYS, {"name": "b", "condition": "data.n = a.data.n + 1000"}],
    "within_s": 100_000,
    "late_s": 0,
}
BRANCHING = {
    "kind": "sequence",
    "source": EVENTS,
    "keys": [],
    "steps": [
        ALWAYS | {"times": {"min": 1, "max": None}},
        {"name": "b", "condition": "data.n >= 0", "times": {"min": 1, "max": None}},
        {"name": "c", "condition": "data.n < 0"},
    ],
    "within_s": 100_000,
    "late_s": 0,
}


def stream(count, subjects):
    rng = random.Random(1)
    return [
        Fact(n * S, f"f{n}", type="t", subject=f"s{n % subjects}", data={"n": rng.randint(0, 100)})
        for n in range(count)
    ]


def over(document, facts):
    """Run a poisoned rule beside a healthy one; the failures, and what the healthy one decided with and without it."""
    healthy = compiled(HEALTHY, 1)
    decided = []
    for programs in ([healthy], [compiled(document, 2), healthy]):
        runtime, failures, found = Runtime(), [], []
        for program in programs:
            runtime.add(program)
        for start in range(0, len(facts), 2_000):
            more, broken = runtime.take(Batch.of(facts[start : start + 2_000]), 0)
            found += [one.decision for one in more if one.program is healthy]
            for failure in broken:
                runtime.remove(failure.program.rule_id)
            failures += broken
        decided.append(found)
    return failures, *decided


@pytest.mark.parametrize(
    ("document", "subjects"),
    [(HUGE, 2_500), (ENDLESS, 1), (BRANCHING, 1)],
    ids=["huge state", "endless matches", "branches"],
)
def test_a_rule_that_grows_is_taken_out_and_the_others_do_not_notice(document, subjects):
    failures, alone, beside = over(document, stream(2_500, subjects))
    assert [type(failure.error) for failure in failures] == [RuleOverBudget]
    assert beside == alone
    assert len(alone) > 20


def test_a_rule_that_stalls_is_taken_out_after_its_batch(monkeypatch):
    clock = iter(range(0, 1_000_000, 10))
    monkeypatch.setattr(running.time, "perf_counter", lambda: next(clock))  # each look finds ten seconds gone
    failures, _, _ = over(HEALTHY | {"condition": "data.k LIKE '%a%b%'"}, stream(10, 2))
    assert {failure.program.rule_id.int for failure in failures} >= {2}
    assert all(str(int(MAX_BATCH_S)) in str(failure.error) for failure in failures)


def test_too_many_facts_in_waiting_take_out_the_rules_that_let_them_wait(monkeypatch):
    monkeypatch.setattr(runtimes, "MAX_HELD", 100)
    failures, alone, beside = over(ENDLESS | {"late_s": 3_600}, stream(2_500, 3))
    assert [type(failure.error) for failure in failures] == [RuleOverBudget]
    assert beside == alone


HOSTILE = (
    "data.k LIKE '%a%a%a%a%a%a%a%a%a%a%b'",
    "1 / data.zero > 1",
    "data.n / data.zero > 1",
    "data.huge * data.huge > 1",
)


@pytest.mark.parametrize("condition", HOSTILE)
def test_hostile_conditions_are_only_unknown_or_false(condition):
    facts = [
        Fact(n * S, f"f{n}", type="t", subject="s", data={"k": "a" * 3_000, "zero": 0, "huge": 1e308, "n": None})
        for n in range(50)
    ]
    for document in (
        HEALTHY | {"condition": condition},
        HUGE | {"window": {"type": "session", "gap_s": 5}, "condition": condition},
        ENDLESS | {"steps": [ALWAYS | {"condition": condition}, {"name": "b", "condition": condition}]},
        {
            "kind": "absence",
            "source": EVENTS,
            "keys": [],
            "after": condition,
            "expect": condition,
            "within_s": 5,
            "late_s": 0,
        },
    ):
        failures, _, _ = over(document, facts)
        assert failures == []


def test_nulls_everywhere_decide_nothing():
    facts = [Fact(n * S, type="t", subject=None, data=None) for n in range(30)]
    measures = [
        {"name": f"m{n}", "function": f, "of": "data.n"}
        for n, f in enumerate(("sum", "avg", "min", "max", "stddev", "rate"))
    ]
    measures.append({"name": "p", "function": "percentile", "of": "data.n", "at": 0.5})
    having = " OR ".join(f"{one['name']} > 0 OR {one['name']} <= 0" for one in measures)
    for window in (
        {"type": "tumbling", "size_s": 3},
        {"type": "sliding", "size_s": 3},
        {"type": "session", "gap_s": 3},
    ):
        runtime = Runtime()
        runtime.add(compiled(HUGE | {"window": window, "measures": measures, "having": having}))
        assert runtime.take(Batch.of(facts), 0) == ([], [])
        assert runtime.tick(100 * S) == ([], [])
