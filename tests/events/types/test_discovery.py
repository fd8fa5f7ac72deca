"""What is learned of types is true of what was looked at, bounded, and the same however it is cut into batches."""

from datetime import UTC, datetime
from typing import Any

import httpx2
import orjson
from hypothesis import given
from hypothesis import strategies as st

from fixtures.tenants import TestTenant
from opsloom.events import discovery
from opsloom.events.discovery import MAX_FIELDS, MAX_TYPES, MAX_VALUES, TypeSketch, learn
from opsloom.events.event import NewEvent
from opsloom.events.type_book import TypeBook
from opsloom.infra.core import Core

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SCALARS = st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-1, 1) | st.sampled_from("abc")
DATA = st.dictionaries(
    st.sampled_from("xyz"), SCALARS | st.lists(SCALARS) | st.dictionaries(st.sampled_from("pq"), SCALARS)
)


def event(data: Any, kind: str = "t", source: str = "s") -> NewEvent:
    return NewEvent(0, source, None, kind, None, None, NOW, orjson.dumps(data).decode(), "{}")


@given(st.lists(DATA, max_size=8), st.integers(0, 8))
def test_merging_sketches_is_learning_from_both(events: list[Any], cut: int) -> None:
    whole: dict[str, TypeSketch] = {}
    learn([event(each) for each in events], NOW, whole)
    first: dict[str, TypeSketch] = {}
    second: dict[str, TypeSketch] = {}
    learn([event(each) for each in events[:cut]], NOW, first)
    learn([event(each) for each in events[cut:]], NOW, second)
    merged = first.get("t", TypeSketch())
    merged.merge(second.get("t", TypeSketch()))
    assert merged == whole.get("t", TypeSketch())


def test_a_sketch_is_bounded_and_says_so() -> None:
    book: dict[str, TypeSketch] = {}
    for n in range(100):
        learn([event({f"f{n}-{m}": m for m in range(10)} | {"n": n, "long": "x" * 1000})], NOW, book)
        learn([event({}, kind=f"type {n}-{m}") for m in range(10)], NOW, book)
    sketch = book["t"]
    assert (len(sketch.fields), sketch.left_out, len(book)) == (MAX_FIELDS, True, MAX_TYPES)
    number = sketch.fields["data.n"]
    assert (len(number.values), number.many, number.low, number.high, number.seen) == (MAX_VALUES, True, 0, 99, 100)
    assert sketch.fields["data.long"].values == {}


def test_every_event_counts_and_the_first_few_of_a_batch_are_looked_at() -> None:
    book: dict[str, TypeSketch] = {}
    learn([event({"n": n}) for n in range(1000)], NOW, book)
    assert (book["t"].events, book["t"].looked_at) == (1000, discovery.LOOKED_AT)


async def test_types_show_with_their_fields(client: httpx2.AsyncClient, core: Core, tenant: TestTenant) -> None:
    told = [
        {"source": "lb", "type": "http/요청", "severity": "error", "data": {"status": 503, "who": {"id": "kim"}}},
        {"source": "lb", "type": "http/요청", "data": {"status": "n/a"}, "attributes": {"region": "ap-1"}},
    ]
    for _ in range(2):
        assert (await client.post("/api/v1/events", json=told, headers=tenant.headers)).status_code == 200
        await core.part(TypeBook).flush()
    (shown,) = (await client.get("/api/v1/events/types", headers=tenant.headers)).json()["items"]
    assert (shown["type"], shown["events"], shown["sources"]) == ("http/요청", 4, [{"value": "lb", "count": 4}])
    detail = (await client.get("/api/v1/events/types/http/요청", headers=tenant.headers)).json()
    fields = {each["path"]: each for each in detail["details"]}
    assert set(fields) == {"severity", "data.status", "data.who.id", "attributes.region"}
    assert fields["data.status"]["kinds"] == {"number": 2, "text": 2}
    assert (fields["data.who.id"]["share"], fields["data.who.id"]["values"]) == (0.5, [{"value": "kim", "count": 2}])
    missing = await client.get("/api/v1/events/types/none", headers=tenant.headers)
    assert missing.json()["code"] == "event_type_unknown"
