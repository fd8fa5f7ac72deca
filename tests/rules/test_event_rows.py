"""Events as columns say the same as events one by one, also where keys and times are worked out over whole columns."""

from dataclasses import replace
from uuid import UUID

import numpy as np
import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from opsloom.events.feed import FeedColumns
from opsloom.kit.ids import new_id
from opsloom.rules.event_rows import event_batch
from opsloom.rules.facts import Batch, Fact
from opsloom.rules.kernels import evaluate
from opsloom.rules.key_columns import newest_so_far
from opsloom.rules.keys import UNSEEN, KeyTable
from opsloom.rules.lifecycle import accepted_time
from opsloom.rules.model import EventSource
from opsloom.rules.parting import GroupKey
from opsloom.rules.predicate import Column
from rules.trees import documents, maybe_text, moments, predicates, words

Y2000_US = 946_684_800_000_000
KEYS = (Column("subject"), Column("severity"), Column("data", ("k",)), Column("attrs", ("k",)), Column("time"))
events = st.builds(
    Fact,
    time=moments,
    source=words,
    type=words,
    subject=maybe_text,
    severity=maybe_text,
    attrs=st.dictionaries(st.sampled_from(["k", "l"]), st.booleans() | words | st.integers(-9, 9), max_size=2),
    data=documents,
)


def stored(fact: Fact) -> Fact:
    """As the database gives it back."""
    data = orjson.loads(orjson.dumps(as_stored(fact.data)))
    none = dict.fromkeys(("metric", "value", "item", "unit", "item_id"))
    return fact._replace(data=data, ref=f"event:{new_id()}", series="", **none)


def as_stored(value):
    """What intake would have taken: no number beyond float64."""
    if isinstance(value, dict):
        return {name: as_stored(each) for name, each in value.items()}
    if isinstance(value, list):
        return [as_stored(each) for each in value]
    return None if isinstance(value, int) and abs(value) > 2**63 else value


def columns(facts):
    return FeedColumns(
        last=(1, len(facts)),
        more=False,
        ids=b"".join(UUID(fact.ref.removeprefix("event:")).bytes for fact in facts),
        moments=b"".join((fact.time - Y2000_US).to_bytes(8, "big", signed=True) for fact in facts),
        sources=[fact.source for fact in facts],
        types=[fact.type for fact in facts],
        subjects=[fact.subject for fact in facts],
        severities=[fact.severity for fact in facts],
        data=[orjson.dumps(fact.data).decode() for fact in facts],
        attributes=[orjson.dumps(fact.attrs).decode() for fact in facts],
    )


@settings(max_examples=200, deadline=None)
@given(predicates, st.lists(events, min_size=1, max_size=8).map(lambda some: [stored(one) for one in some]), st.data())
def test_columns_say_what_facts_say(predicate, facts, data):
    batch, plain = event_batch(columns(facts)), Batch.of(facts)
    if data.draw(st.booleans()):
        chosen = np.array(data.draw(st.lists(st.integers(0, len(facts) - 1), min_size=1, max_size=8)), dtype=np.int64)
        batch, plain = batch.take(chosen), plain.take(chosen)
    found, expected = evaluate(predicate, batch), evaluate(predicate, plain)
    assert found.true.tolist() == expected.true.tolist()
    assert found.false.tolist() == expected.false.tolist()
    assert list(batch.facts()) == list(plain.facts())
    assert batch.times.tolist() == plain.times.tolist()


@settings(max_examples=100, deadline=None)
@given(
    st.lists(events, min_size=1, max_size=12).map(lambda some: [stored(one) for one in some] * 6),
    st.lists(st.sampled_from(KEYS), max_size=3, unique=True),
)
def test_keys_of_whole_columns_are_the_keys_of_facts(facts, keys):
    group = GroupKey.of(EventSource(type="event"), tuple(keys))
    many, single = KeyTable(group), KeyTable(group)
    admitted = many.admit(event_batch(columns(facts)), 1)
    codes, times = [], []
    for fact in facts:
        one = single.admit(Batch.of([fact]), 1)
        codes += [single.texts[code] for code in one.codes]
        times += one.times.tolist()
    assert [many.texts[code] for code in admitted.codes] == codes
    assert admitted.times.tolist() == times
    assert (many.late, many.labels) == (single.late, single.labels)


rows = st.lists(st.tuples(st.integers(0, 3), st.integers(-20, 20)), min_size=1, max_size=40)


@given(rows, st.dictionaries(st.integers(0, 3), st.integers(-20, 20)), st.integers(0, 15))
def test_the_newest_time_of_each_key_runs_on_as_fact_by_fact(rows, before, late):
    newest, counted = dict(before), []
    for code, time in rows:
        at = accepted_time(time, newest.get(code), late)
        counted.append(at)
        newest[code] = newest.get(code) if at is None else at
    codes, times = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    found = newest_so_far(codes, times, np.array([before.get(code, UNSEEN) for code, _ in rows]))
    kept = [int(at) if at - time <= late else None for at, (_, time) in zip(found, rows, strict=True)]
    assert kept == counted


def test_what_cannot_be_decoded_is_null_and_spoils_nothing_else():
    facts = [stored(Fact(n, source="s", type="t", data={"v": n})) for n in range(3)]
    broken = replace(columns(facts), data=['{"v": 0}', '{"v": 1e999}', '{"v": 2}'])
    batch = event_batch(broken)
    assert batch.json(("v",)) == [0, None, 2]
    assert batch.numbers(("v",)).tolist()[::2] == [0.0, 2.0]
