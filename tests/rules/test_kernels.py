import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from opsloom.rules.condition import parse
from opsloom.rules.facts import Batch, Fact
from opsloom.rules.kernels import evaluate
from opsloom.rules.like import matcher
from opsloom.rules.reference import _like, truth
from rules.trees import facts, predicates


@settings(max_examples=500, deadline=None)
@given(predicates, st.lists(facts, max_size=8))
@example(parse("data['k'] / 0 > 1 OR NOT value = value"), [Fact(0, value=float("nan"), data={"k": 1})])
def test_the_kernels_agree_with_the_naive_evaluator(predicate, rows):
    columnar = evaluate(predicate, Batch.of(rows))
    expected = [truth(predicate, row.read) for row in rows]
    assert columnar.true.tolist() == [one is True for one in expected]
    assert columnar.false.tolist() == [one is False for one in expected]


@settings(max_examples=100, deadline=None)
@given(predicates, st.lists(facts, min_size=2, max_size=8), st.data())
def test_a_part_of_a_batch_is_judged_as_in_the_whole(predicate, rows, data):
    batch = Batch.of(rows)
    whole = evaluate(predicate, batch)
    chosen = data.draw(st.lists(st.integers(0, len(rows) - 1), max_size=5))
    part = evaluate(predicate, batch.take(np.array(chosen, dtype=np.int64)))
    assert part.true.tolist() == [whole.true.tolist()[row] for row in chosen]


@settings(max_examples=400, deadline=None)
@given(st.text("%_\\abA", max_size=8), st.text("abA%_\\", max_size=8), st.booleans())
def test_like_agrees_with_dynamic_programming(pattern, text, ignore_case):
    assert matcher(pattern, ignore_case=ignore_case)(text) == _like(text, pattern, ignore_case)


def test_a_hostile_pattern_does_not_stall():
    assert not matcher("%a" * 500 + "b", ignore_case=False)("a" * 20_000)


CASES = [
    ("value > 90", Fact(0, value=91.0), True),
    ("value > 90", Fact(0, value=90.0), False),
    ("value > 90", Fact(0, value=None), None),
    ("value > 90", Fact(0, value=float("nan")), None),
    ("NOT value > 90", Fact(0, value=None), None),
    ("value > 90 OR item = 'a'", Fact(0, item="a"), True),
    ("value > 90 AND item = 'b'", Fact(0, item="a"), False),
    ("10 / data.n > 1", Fact(0, data={"n": 0}), None),
    ("data.n = 5", Fact(0, data={"n": "5"}), None),
    ("data.n = '5'", Fact(0, data={"n": "5"}), True),
    ("data.a = data.b", Fact(0, data={"a": 1, "b": 1.0}), True),
    ("data.a = data.b", Fact(0, data={"a": 1, "b": "1"}), None),
    ("data.names[1] = 'y'", Fact(0, data={"names": ["x", "y"]}), True),
    ("data.ok", Fact(0, data={"ok": True}), True),
    ("data.ok", Fact(0, data={"ok": 1}), None),
    ("data.a IS NULL", Fact(0, data={"a": None}), True),
    ("data.a IS NULL", Fact(0, data={"a": {}}), False),
    ("attrs['code'] = '5'", Fact(0, attrs={"code": 5}), True),
    ("CAST(attrs['code'] AS DOUBLE) >= 500", Fact(0, attrs={"code": "503"}), True),
    ("CAST(attrs['code'] AS DOUBLE) >= 500", Fact(0, attrs={"code": "many"}), None),
    ("item ILIKE '서버%'", Fact(0, item="서버-1"), True),
    ("item NOT IN ('a', 'b')", Fact(0, item=None), None),
    ("-7 % 3 = -1", Fact(0), True),
    ("coalesce(data.n, value, 0) = 0", Fact(0), True),
    ("length('서버') = 2", Fact(0), True),
]


@pytest.mark.parametrize(("text", "fact", "expected"), CASES)
def test_three_valued_truth(text, fact, expected):
    predicate = parse(text)
    assert truth(predicate, fact.read) is expected
    columnar = evaluate(predicate, Batch.of([fact]))
    assert (bool(columnar.true[0]), bool(columnar.false[0])) == (expected is True, expected is False)
