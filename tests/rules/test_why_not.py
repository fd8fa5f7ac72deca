"""Why a key does not fire, for the kinds that look at more than one fact."""

import numpy as np
import pytest

from opsloom.rules.facts import Fact
from opsloom.rules.replay import Replayed, Verdict
from rules.naive import S
from rules.streams import compiled

EVENTS = {"source": {"type": "event", "event_type": "t"}, "keys": ["subject"], "late_s": 0}
BUSY = EVENTS | {
    "kind": "aggregate",
    "window": {"type": "sliding", "size_s": 60},
    "measures": [{"name": "n", "function": "count"}, {"name": "high", "function": "max", "of": "data.v"}],
    "having": "n >= 2 AND high > 9",
}
UNPAID = EVENTS | {"kind": "absence", "after": "data.k = 'order'", "expect": "data.k = 'paid'", "within_s": 30}
INTRUDER = EVENTS | {
    "kind": "sequence",
    "steps": [
        {"name": "failed", "condition": "data.k = 'failed'", "times": {"min": 3, "max": None}},
        {"name": "login", "condition": "data.k = 'login' AND data.v > failed.data.v"},
    ],
    "within_s": 60,
}


@pytest.mark.parametrize(
    ("document", "data", "part", "threshold", "distance"),
    [
        (BUSY, [{"v": 3}, {"v": 7}], "high > 9", 9, 2),
        (BUSY, [{"v": 30}], "n >= 2", 2, 1),
        (BUSY | {"window": {"type": "hopping", "size_s": 60, "slide_s": 30}}, [{"v": 3}, {"v": 7}], "high > 9", 9, 2),
        (UNPAID, [{"k": "order"}, {"k": "other"}], "no data['k'] = 'paid' for 30 s", 30, 29),
        (UNPAID, [{"k": "other"}], "data['k'] = 'order'", None, None),
        (
            INTRUDER,
            [{"k": "failed"}, {"k": "failed"}, {"k": "login", "v": 1}],
            "failed: data['k'] = 'failed'",
            None,
            None,
        ),
        (
            INTRUDER,
            [{"k": "failed", "v": 5}] * 3 + [{"k": "login", "v": 1}],
            "login: data['v'] > failed.data['v']",
            5,
            4,
        ),
    ],
)
def test_the_first_thing_that_is_missing(document, data, part, threshold, distance):
    facts = [Fact(second * S, f"f{second}", type="t", subject="x", data=one) for second, one in enumerate(data)]
    shown = Replayed(compiled(document), facts, facts[-1].time).explain('subject="x"')
    assert shown.verdict is Verdict.NOT_TRUE
    assert (shown.failing.part, shown.failing.threshold, shown.failing.distance) == (part, threshold, distance)


def test_a_key_that_fires_has_a_proof_that_holds():
    facts = [Fact(0, "f", type="t", subject="x", data={"k": "order"})]
    shown = Replayed(compiled(UNPAID), facts, 40 * S).explain('subject="x"')
    assert (shown.verdict, shown.proof_holds) == (Verdict.FIRING, True)


def test_an_anomaly_is_judged_by_what_has_been_learnt_and_not_by_the_last_hour():
    document = {"kind": "anomaly", "source": {"type": "metric", "metric": "load"}}
    values = np.random.default_rng(3).normal(50, 1, 500).round(4).tolist()
    facts = [Fact(n * 60 * S, f"f{n}", metric="load", value=one, item="a", series="a") for n, one in enumerate(values)]
    learnt = Replayed(program := compiled(document), facts, facts[-1].time)
    memory = learnt.memory("a")
    recent = Replayed(program, facts[-60:], facts[-1].time)
    empty = recent.explain("a")
    assert (empty.failing.part, empty.baseline) == ("points > 300", "replayed")
    recent.judge_by("a", memory)
    shown = recent.explain("a")
    assert (shown.verdict, shown.failing.part, shown.baseline) == (Verdict.NOT_TRUE, "score >= 8", "stored")
    assert abs(shown.failing.values["usual"] - 50) < 1
