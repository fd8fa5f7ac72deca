"""What is looked for is found, counted as it is listed, followed as it comes, and taken away whole."""

import csv
import io
import json
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.tenants import TestTenant
from opsloom.events.field_conditions import FieldCondition, read_condition
from opsloom.events.filters import EventFilter
from opsloom.events.search import tail
from opsloom.infra.core import Core
from opsloom.kit.errors import InvalidInput

URL = "/api/v1/events"
EVENTS: list[dict[str, Any]] = [
    {"id": "a", "type": "http", "severity": "error", "subject": "shop", "data": {"status": 503, "path": "/결제"}},
    {"id": "b", "type": "http", "severity": "info", "subject": "shop", "data": {"status": 200, "path": "/"}},
    {"id": "c", "type": "http", "data": {"status": "500", "message": "=cmd()", "nested": {"a.b": [1]}}},
    {
        "id": "d",
        "type": "deploy",
        "severity": "notice",
        "attributes": {"region": "ap-1", "canary": True, "share": 0.25},
    },
]


async def sent(client: httpx2.AsyncClient, core: Core, tenant: TestTenant, events: list[dict[str, Any]]) -> None:
    now = core.clock.now()
    body = [{"source": "lb", "time": (now - timedelta(minutes=n)).isoformat()} | each for n, each in enumerate(events)]
    answer = await client.post(URL, json=body, headers=tenant.headers)
    assert answer.json()["accepted"] == len(events), answer.text


async def ids(client: httpx2.AsyncClient, tenant: TestTenant, **query: Any) -> str:
    answer = await client.get(URL, params=query, headers=tenant.headers)
    assert answer.status_code == 200, answer.text
    return "".join(each["event_id"] for each in answer.json()["items"])


async def test_fields_are_compared_as_what_they_are(client: httpx2.AsyncClient, core: Core, tenant: TestTenant) -> None:
    await sent(client, core, tenant, EVENTS)
    wanted = {
        "data.status >= 500": "a",  # a number is not a text that looks like one
        "data.status = 500": "c",
        "data.status = 200.0": "b",
        "data.status != 200": "acd",
        "data.status": "abc",
        'data.nested."a.b"': "c",
        "data.path ~ 결제": "a",
        "attributes.region = ap-1": "d",
        "attributes.share < 0.5": "d",
        "attributes.canary = true": "d",
        "subject = shop": "ab",
        "severity > f": "bd",
        "data.none = 1": "",
    }
    found = {text: await ids(client, tenant, where=text) for text in wanted}
    assert found == wanted
    assert await ids(client, tenant, where=["data.status", "type = http", "data.status < 400"]) == "b"
    assert await ids(client, tenant, type=["deploy", "http"], severity=["none", "notice"]) == "cd"
    assert await ids(client, tenant, q="CMD(") == "c"


@pytest.mark.parametrize("text", ["", "data.", "time > 1", "data.status =>", "; drop table events", "data..a = 1"])
async def test_a_condition_that_cannot_be_read_is_refused(
    client: httpx2.AsyncClient, tenant: TestTenant, text: str
) -> None:
    answer = await client.get(URL, params={"where": text}, headers=tenant.headers)
    if text == "data.status =>":  # an operator and an odd value
        assert answer.status_code == 200
        return
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/where/0")


@given(st.text(max_size=60))
def test_every_text_is_a_condition_or_refused(text: str) -> None:
    try:
        found = read_condition(text, "/where/0")
    except InvalidInput:
        return
    assert isinstance(found, FieldCondition)
    assert found.path


async def test_counts_agree_with_the_list(client: httpx2.AsyncClient, core: Core, tenant: TestTenant) -> None:
    await sent(client, core, tenant, EVENTS)
    answer = await client.get(f"{URL}/summary", params={"type": "http", "slots": 24}, headers=tenant.headers)
    told = answer.json()
    assert answer.status_code == 200, answer.text
    assert (told["total"], told["step_s"], told["complete"]) == (3, 3600, True)
    assert sum(sum(slot["counts"].values()) for slot in told["slots"]) == 3
    assert {each["value"]: each["count"] for each in told["types"]} == {"http": 3, "deploy": 1}
    assert {each["value"]: each["count"] for each in told["severities"]} == {"error": 1, "info": 1, "none": 1}
    assert told["subjects"] == [{"value": "shop", "count": 2}]
    odd = {"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"}
    assert (await client.get(f"{URL}/summary", params=odd, headers=tenant.headers)).status_code == 422


async def test_a_file_holds_what_the_list_shows(client: httpx2.AsyncClient, core: Core, tenant: TestTenant) -> None:
    await sent(client, core, tenant, EVENTS)
    lines = await client.get(f"{URL}/export", params={"type": "http"}, headers=tenant.headers)
    assert [json.loads(line)["event_id"] for line in lines.text.splitlines()] == ["a", "b", "c"]
    told = await client.get(f"{URL}/export", params={"format": "csv"}, headers=tenant.headers)
    rows = list(csv.DictReader(io.StringIO(told.text)))
    assert [row["event_id"] for row in rows] == ["a", "b", "c", "d"]
    assert rows[0]["data"] == '{"path":"/결제","status":503}'


async def test_a_tail_sends_each_event_once_and_counts_what_it_skips(
    client: httpx2.AsyncClient, core: Core, tenant: TestTenant
) -> None:
    await sent(client, core, tenant, EVENTS)
    async with core.db.transaction(tenant.scope) as session:
        place = await tail.feed_end(session)
    many = [{"type": "http", "data": {"n": n}} for n in range(tail.MOST_AT_ONCE + 20)]
    await sent(client, core, tenant, [*many, {"type": "other"}])
    seen: list[Any] = []
    skipped = 0
    for _ in range(100):  # events show when every older transaction has ended, whoever's it is
        async with core.db.transaction(tenant.scope) as session:
            batch = await tail.next_batch(session, tenant.scope, EventFilter(type=("http",)), place)
        place, skipped = batch.end, skipped + batch.skipped
        seen += batch.events
        if len(seen) + skipped >= len(many):
            break
    assert (len(seen), skipped) == (tail.MOST_AT_ONCE, 20)
    assert [each.data["n"] for each in seen] == list(range(20, len(many)))
