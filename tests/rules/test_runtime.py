"""The columnar runtime against the naive road: one fact, one rule, one key at a time."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsloom.kit.ids import new_id
from opsloom.rules.decisions import render, to_alert
from opsloom.rules.document import RuleDocument
from opsloom.rules.explain import holds_up, prove
from opsloom.rules.facts import Batch, Fact
from opsloom.rules.failing import first_failing
from opsloom.rules.keys import KeyTable
from opsloom.rules.lifecycle import Change, Observation, accepted_time, advance, observe
from opsloom.rules.moments import to_datetime
from opsloom.rules.parting import EVENT_GRACE_US
from opsloom.rules.printing import show
from opsloom.rules.program import Identity, Program, compile_rule
from opsloom.rules.reference import truth
from opsloom.rules.run import MAX_STATES, RuleOverBudget
from opsloom.rules.runtime import Runtime
from opsloom.rules.series import Series, SeriesTable, sample_batch
from opsloom.rules.stored import from_json, to_json
from rules.trees import facts as any_facts
from rules.trees import predicates

S = 1_000_000


def program(**document):
    plain = {"kind": "threshold", "source": {"type": "metric", "metric": "cpu"}, "condition": "value > 90"}
    return compile_rule(RuleDocument.model_validate(plain | document).root, Identity(new_id(), 1, "Rule"))


def sample(second, value, series="a", metric="cpu"):
    return Fact(round(second * S), f"{series}{second}", metric=metric, value=value, item=series, series=series)


def naive(rule: Program, facts, end):
    """Decisions of one rule, every fact through the state machine of its key, no batches and no columns."""
    states, seen, decided = {}, {}, []
    for fact in facts:
        if fact.metric != rule.group.metric:
            continue
        key = fact.series
        time = accepted_time(fact.time, seen.get(key), rule.group.late_us)
        if time is None:
            continue
        holds = truth(rule.logic.condition, fact.read)
        clears = truth(rule.logic.resolve, fact.read) if rule.logic.resolve else None if holds is None else not holds
        observation = Observation(time, holds, clears, rule.logic.reading.of(fact, time))
        states[key], more = observe(rule.policy, states.get(key), seen.get(key), observation)
        decided += [(key, one) for one in more]
        seen[key] = time
    for key, last in seen.items():
        states[key], more = advance(rule.policy, states.get(key), last, end)
        decided += [(key, one) for one in more]
    return sorted(decided, key=str)


def random_rules(rng):
    metrics = ("cpu", "mem")
    for _ in range(rng.randint(1, 4)):
        yield program(
            source={"type": "metric", "metric": rng.choice(metrics)},
            condition=rng.choice(
                ("value > 50", "value > 50 AND item <> 'a'", "value BETWEEN 20 AND 70", "10 / value > 1")
            ),
            resolve_condition=rng.choice((None, "value < 30")),
            for_s=rng.choice((0, 0, 2, 4)),
            resolve_after_s=rng.choice((0, 0, 3)),
            cooldown_s=rng.choice((0, 5)),
            no_data={"policy": rng.choice(("keep", "resolve", "alert")), "after_s": rng.choice((1, 3))},
        )


def random_facts(rng):
    second = 0
    for _ in range(rng.randint(0, 25)):
        second += rng.choice((0, 0, 1, 2, -1))
        value = rng.choice((10, 25, 60, 80, 0, None, float("nan")))
        yield sample(max(0, second), value, rng.choice("abc"), rng.choice(("cpu", "mem")))


def test_hundreds_of_random_streams_in_random_batches_agree_with_the_naive_road():
    rng = random.Random(7)
    for _ in range(300):
        rules, stream = list(random_rules(rng)), list(random_facts(rng))
        runtime, found = Runtime(), []
        for rule in rules:
            runtime.add(rule)
        rest = list(stream)
        while rest:
            size = rng.randint(1, 8)
            piece, rest = rest[:size], rest[size:]
            more, failures = runtime.take(Batch.of(piece), 1000 * S)
            assert not failures
            found += more
        # All arrived at second 1000; each key's clock comes 40 s past its own newest fact.
        found += runtime.tick(1040 * S)[0]
        for rule in rules:
            mine = [(one.table.texts[one.code], one.decision) for one in found if one.program is rule]
            newest = {}
            for fact in stream:
                if fact.metric == rule.group.metric:
                    newest[fact.series] = max(newest.get(fact.series, 0), fact.time)
            expected = []
            for key, last in newest.items():
                own = [fact for fact in stream if fact.series == key]
                expected += naive(rule, own, last + 40 * S)
            assert sorted(mine, key=str) == sorted(expected, key=str), (rule.rule, stream)
            fired = [one for one in found if one.program is rule]
            assert all(holds_up(prove(rule, one.decision, {})) for one in fired)


def in_columns(table, codes, stream):
    """The same samples as the feed of samples hands them over."""
    for fact in stream:
        identity = (fact.series, fact.metric, tuple(fact.attrs.items()))
        if identity not in codes:
            codes[identity] = table.add(Series(fact.series, fact.metric, fact.item, None, fact.attrs))
    return sample_batch(
        table,
        [codes[fact.series, fact.metric, tuple(fact.attrs.items())] for fact in stream],
        [fact.time for fact in stream],
        [fact.value for fact in stream],
        [int(fact.ref) for fact in stream],
    )


def test_samples_in_columns_decide_what_samples_one_by_one_decide():
    rng = random.Random(11)
    for round_ in range(80):
        count = rng.choice((1, 5, 24))
        one_by_one, columnar, table, codes = Runtime(), Runtime(), SeriesTable(), {}
        for _ in range(count):
            rule = program(
                condition=rng.choice(INDEXABLE).format(n=rng.randint(0, 80), i=rng.choice("abc"), m=rng.choice("xy")),
                for_s=rng.choice((0, 3)),
                keys=rng.choice((None, ["item"], ["attrs['m']", "item"])),
            )
            one_by_one.add(rule)
            columnar.add(rule)
        second = 0
        for step in range(6):
            stream = []
            for _ in range(rng.randint(1, 12)):
                second = max(0, second + rng.choice((0, 1, 1, -1)))
                fact = sample(second, rng.choice((None, 0, 10, 40, 75, float("nan"))), rng.choice("abcd"))
                fact = fact._replace(attrs=rng.choice(({}, {"m": "x"})), metric=rng.choice(("cpu", "mem")))
                stream.append(fact._replace(ref=str(round_ * 1000 + step * 20 + len(stream))))
            expected, _ = one_by_one.take(Batch.of(stream), second * S)
            got, failures = columnar.take(in_columns(table, codes, stream), second * S)
            assert not failures
            assert [(one.program.rule_id, one.table.texts[one.code], _plain(one.decision)) for one in got] == [
                (one.program.rule_id, one.table.texts[one.code], _plain(one.decision)) for one in expected
            ]


def _plain(decision):
    evidence = [(one.time, one.ref.removeprefix("sample:"), one.values) for one in decision.evidence]
    return decision._replace(evidence=tuple(evidence))


def test_facts_from_before_the_rule_are_not_its_business():
    rule = RuleDocument.model_validate(
        {"kind": "threshold", "source": {"type": "metric", "metric": "cpu"}, "condition": "value > 1"}
    ).root
    late_rule = compile_rule(rule, Identity(new_id(), 1, "New", to_datetime(100 * S)))
    runtime = Runtime()
    runtime.add(late_rule)
    assert runtime.take(Batch.of([sample(99, 5)]), 99 * S)[0] == []
    assert [one.decision.at for one in runtime.take(Batch.of([sample(101, 5)]), 101 * S)[0]] == [101 * S]


def test_late_events_count_within_the_grace_and_late_samples_do_not():
    runtime = Runtime()
    run = runtime.add(program(source={"type": "event"}, condition="data.v > 1", keys=[]))
    events = [Fact(1000 * S, type="t", data={"v": 0}), Fact(900 * S, type="t", data={"v": 2})]
    found, _ = runtime.take(Batch.of(events), 0)
    assert [(one.decision.change, one.decision.at) for one in found] == [(Change.FIRED, 1000 * S)]
    runtime.take(Batch.of([Fact(1000 * S - EVENT_GRACE_US - 1, type="t", data={"v": 0})]), 0)
    assert run.table.late == 1


def test_too_many_busy_keys_are_over_budget():
    runtime = Runtime()
    runtime.add(program(source={"type": "event"}, condition="TRUE", keys=["subject"]))
    crowd = [Fact(1, type="t", subject=str(number)) for number in range(MAX_STATES + 1)]
    found, failures = runtime.take(Batch.of(crowd), 1)
    assert found == []
    assert isinstance(failures[0].error, RuleOverBudget)


def test_keys_name_what_they_part():
    table = KeyTable(
        program(source={"type": "event"}, condition="TRUE", keys=["subject", "data.a.b", "attrs['x']"]).group
    )
    code = table.code_of(Fact(1, subject="s", data={"a": {"b": 2}}, attrs={"x": "1"}))
    assert table.labels[code] == {"subject": "s", "a.b": "2", "x": "1"}
    assert table.texts[code] == 'subject="s",a.b="2",x="1"'
    assert table.code_of(Fact(9, subject="s", data={"a": {"b": 2}}, attrs={"x": "1"})) == code
    assert table.code_of(Fact(9, subject=None)) != code


def test_a_key_is_never_longer_than_an_index_bears():
    table = KeyTable(program(source={"type": "event"}, condition="TRUE", keys=["subject"]).group)
    one, two = table.code_of(Fact(1, subject="가" * 5000 + "1")), table.code_of(Fact(1, subject="가" * 5000 + "2"))
    assert one != two
    assert all(len(text.encode()) <= 610 for text in table.texts)


def test_states_survive_storage():
    runtime = Runtime()
    run = runtime.add(program(for_s=10))
    runtime.take(Batch.of([sample(1, 95), sample(2, 96)]), 2 * S)
    (state,) = run.states.values()
    assert from_json(to_json(state)) == state


def test_titles_are_filled_in():
    runtime = Runtime()
    runtime.add(program(title="{{ item }} at {{ value }} of {{metric}}{{ nothing }}", labels={"team": "ops"}))
    ((found,), _) = runtime.take(Batch.of([sample(1, 95.123456)]), S)
    decision = to_alert(found)
    assert (decision.title, decision.labels) == ("a at 95.12 of cpu", {"item": "a", "team": "ops"})
    assert to_alert(found).id == decision.id
    assert render("{{ attrs.mount }} {{ x }}", {"attrs.mount": "/"}) == "/"


@settings(max_examples=150, deadline=None)
@given(predicates, any_facts)
def test_why_not_names_a_part_that_is_not_true(predicate, fact):
    failing = first_failing(predicate, fact.read)
    if truth(predicate, fact.read) is True:
        assert failing is None
    else:
        assert failing is not None
        assert failing.truth is not True
        assert failing.distance is None or failing.distance >= 0


@pytest.mark.parametrize(
    ("condition", "part", "threshold", "distance"),
    [
        ("value > 90 AND item = 'a'", "value > 90", 90, 6),
        ("item = 'a' AND value > 90", "value > 90", 90, 6),
        ("90 < value", "90 < value", 90, 6),
        ("value > 99 OR value < 80", "value < 80", 80, 4),
        ("value BETWEEN 85 AND 100", "value BETWEEN 85 AND 100", 85, 1),
        ("NOT value < 90", "NOT value < 90", 90, 6),
        ("item = 'b'", "item = 'b'", None, None),
        ("value * 2 > 200", "value * 2 > 200", 200, 32),
    ],
)
def test_the_distance_to_the_threshold(condition, part, threshold, distance):
    rule = program(condition=condition)
    failing = first_failing(rule.logic.condition, sample(1, 84).read)
    assert (failing.part, failing.threshold, failing.distance) == (part, threshold, distance)
    assert show(rule.logic.condition) == condition


@settings(max_examples=80, deadline=None)
@given(st.lists(any_facts, max_size=6))
def test_proofs_of_events_of_any_shape_hold(stream):
    runtime = Runtime()
    rule = program(source={"type": "event"}, condition="data['k'] IS NOT NULL OR coalesce(attrs['k'], '') <> ''")
    runtime.add(rule)
    found, failures = runtime.take(Batch.of([fact._replace(metric=None) for fact in stream]), S)
    assert not failures
    for one in found:
        assert holds_up(prove(rule, one.decision, {}))
        assert to_alert(one).proof["condition"]


INDEXABLE = (
    "value > {n}",
    "value >= {n}",
    "value < {n}",
    "{n} <= value",
    "value > {n} AND item = '{i}'",
    "item = '{i}' AND attrs['m'] = '{m}' AND value <= {n}",
    "value > {n} AND value < 60",
    "value <> {n}",
    "item = '{i}'",
)


NUMBERS = (None, 0, 10, 40, 75, 100)
OF_SAMPLES = ({"type": "metric", "metric": "cpu"}, "value", "item")
OF_EVENTS = ({"type": "event"}, "data.v[0]", "subject")


def as_event(fact, rng):
    good = {"v": [fact.value]}
    data = rng.choice((good, good, good, good, {"v": [str(fact.value)]}, {"v": fact.value}, [fact.value]))
    return Fact(fact.time, fact.ref, subject=fact.item, attrs=fact.attrs, data=data)


@pytest.mark.parametrize("judged", [OF_SAMPLES, OF_EVENTS], ids=["samples", "events"])
def test_the_index_changes_nothing_but_the_work(judged):
    source, value, item = judged
    rng = random.Random(3)
    for _ in range(60):
        texts = [
            rng.choice(INDEXABLE).format(n=rng.randint(0, 80), i=rng.choice("abc"), m=rng.choice("xy"))
            for _ in range(24)
        ]
        texts = [text.replace("value", value).replace("item", item) for text in texts]
        keys = {} if source is OF_SAMPLES[0] else {"keys": ["subject"]}
        rules = [program(condition=text, for_s=rng.choice((0, 0, 3)), source=source, **keys) for text in texts]
        together, alone = Runtime(), [Runtime() for _ in rules]
        for rule, runtime in zip(rules, alone, strict=True):
            together.add(rule)
            runtime.add(rule)
        for second in range(0, 12, 2):
            stream = [
                sample(second + n % 2, rng.choice(NUMBERS), rng.choice("abcd"))._replace(
                    attrs=rng.choice(({}, {"m": "x"}, {"m": "y"}))
                )
                for n in range(rng.randint(1, 5))
            ]
            if judged is OF_EVENTS:
                stream = [as_event(fact, rng) for fact in stream]
            found = together.take(Batch.of(stream), second * S)[0]
            got = [(one.program.rule_id, one.code, one.decision) for one in found]
            expected = [
                (one.program.rule_id, one.code, one.decision)
                for runtime in alone
                for one in runtime.take(Batch.of(stream), second * S)[0]
            ]
            assert got == expected
        assert all(
            together.evaluated(run) == alone[0].groups[run.program.group].evaluated for run in together.runs.values()
        )
