"""Through the real route: what is answered is stored, what is bad is refused with 4xx, and nothing is half-written."""

import asyncio
import gzip
import json
from typing import Any
from uuid import UUID

import httpx2
import pytest

from events.shapes import BAD_PLAIN, CLOUD, GOOD, UNREADABLE
from fixtures.tenants import TestTenant
from opsloom.identity.permissions import Role
from opsloom.infra.core import Core

URL = "/api/v1/events"
NOW_GOOD = {name: value for name, value in GOOD.items() if name != "time"}


async def post(
    client: httpx2.AsyncClient, tenant: TestTenant, body: object, content_type: str = "application/json", **headers: str
) -> httpx2.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await client.post(URL, content=content, headers=tenant.headers | {"content-type": content_type} | headers)


async def stored(core: Core, tenant: TestTenant) -> list[dict[str, Any]]:
    async with core.db.raw(tenant.scope) as connection:
        rows = await connection.fetch("select * from events where tenant_id = $1 order by txid, seq", tenant.id)
    return [dict(row) for row in rows]


async def test_an_acknowledged_event_is_stored(client: httpx2.AsyncClient, core: Core, tenant: TestTenant) -> None:
    answer = await post(client, tenant, NOW_GOOD)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"accepted": 1, "duplicates": 0, "rejected": []}
    (row,) = await stored(core, tenant)
    assert (row["source"], row["event_id"], row["severity"]) == ("checkout", "evt-1", "warning")
    assert row["data"] == GOOD["data"]
    assert row["attributes"] == GOOD["attributes"]
    shown = (await client.get(f"{URL}/{row['id']}", headers=tenant.headers)).json()
    assert (shown["event_id"], shown["data"]) == ("evt-1", GOOD["data"])


async def test_every_form_arrives(client: httpx2.AsyncClient, core: Core, tenant: TestTenant) -> None:
    lines = b"\n".join(json.dumps({"source": "line", "id": str(n)}).encode() for n in range(3))
    binary = {"ce-specversion": "1.0", "ce-id": "%ED%95%9C", "ce-source": "bin", "ce-type": "t", "ce-ext": "x"}
    sent: list[tuple[object, str, dict[str, str]]] = [
        ([NOW_GOOD], "application/json", {}),
        (lines, "application/x-ndjson", {}),
        (lines, "application/jsonl", {}),
        (CLOUD, "application/cloudevents+json", {}),
        ([CLOUD, CLOUD | {"id": "c-2"}], "application/cloudevents-batch+json; charset=utf-8", {}),
        (b'{"v": 1}', "application/json", binary),
        (gzip.compress(json.dumps({"source": "zip"}).encode()), "application/json", {"content-encoding": "gzip"}),
    ]
    counts = []
    for body, content_type, headers in sent:
        answer = await post(client, tenant, body, content_type, **headers)
        assert answer.status_code == 200, answer.text
        counts.append((answer.json()["accepted"], answer.json()["duplicates"]))
    assert counts == [(1, 0), (3, 0), (0, 3), (1, 0), (1, 1), (1, 0), (1, 0)]
    kept = {(row["source"], row["event_id"]) for row in await stored(core, tenant)}
    assert ("bin", "한") in kept
    assert len(kept) == 8


@pytest.mark.parametrize("name", UNREADABLE)
async def test_an_unreadable_body_is_refused_and_leaves_nothing(
    client: httpx2.AsyncClient, core: Core, tenant: TestTenant, name: str
) -> None:
    answer = await post(client, tenant, UNREADABLE[name])
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert answer.json()["code"] == "events_unreadable"
    assert await stored(core, tenant) == []


async def test_bad_items_cost_only_themselves(client: httpx2.AsyncClient, core: Core, tenant: TestTenant) -> None:
    batch: list[object] = []
    for number, (changes, _, _) in enumerate(BAD_PLAIN.values()):
        batch += [NOW_GOOD | {"id": f"good-{number}"}, NOW_GOOD | {"id": f"bad-{number}"} | changes]
    answer = await post(client, tenant, batch)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["accepted"] == len(BAD_PLAIN)
    assert [(each["index"], each["code"]) for each in body["rejected"]] == [
        (2 * number + 1, code) for number, (_, code, _) in enumerate(BAD_PLAIN.values())
    ]
    assert {row["event_id"] for row in await stored(core, tenant)} == {f"good-{n}" for n in range(len(BAD_PLAIN))}


async def test_nothing_good_is_a_problem_that_lists_each(
    client: httpx2.AsyncClient, core: Core, tenant: TestTenant
) -> None:
    answer = await post(client, tenant, [{"source": ""}, 7])
    assert (answer.status_code, answer.json()["code"]) == (422, "events_rejected")
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [
        ("/0/source", "invalid_value"),
        ("/1", "invalid_type"),
    ]
    assert await stored(core, tenant) == []


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"x" * (8 * 1024 * 1024 + 1), {}, 413),
        (json.dumps([{"source": "a"}] * 10_001).encode(), {}, 413),
        (gzip.compress(b" " * (8 * 1024 * 1024 + 1)), {"content-encoding": "gzip"}, 413),
        (gzip.compress(b"{}")[:-4], {"content-encoding": "gzip"}, 400),
        (b"{}", {"content-encoding": "gzip"}, 400),
        (b"{}", {"content-encoding": "br"}, 415),
        (b"{}", {"content-type": "text/csv"}, 415),
        (b"{}", {"content-type": "application/json; charset=utf-16"}, 415),
    ],
    ids=[
        "large body",
        "many items",
        "gzip bomb",
        "cut gzip",
        "no gzip",
        "unknown encoding",
        "unknown type",
        "unknown character set",
    ],
)
async def test_requests_refused_whole(  # each before anything is stored
    client: httpx2.AsyncClient, core: Core, tenant: TestTenant, body: bytes, headers: dict[str, str], status: int
) -> None:
    sent = tenant.headers | {"content-type": "application/json"} | headers
    answer = await client.post(URL, content=body, headers=sent)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    assert await stored(core, tenant) == []


async def test_a_body_without_a_length_is_cut_off_at_the_limit(client: httpx2.AsyncClient, tenant: TestTenant) -> None:
    sent = 0

    async def endless() -> Any:
        nonlocal sent
        for _ in range(64):
            sent += 1
            yield b" " * (1024 * 1024)

    answer = await client.post(URL, content=endless(), headers=tenant.headers | {"content-type": "application/json"})
    assert answer.status_code == 413


async def test_an_event_is_stored_once_however_often_it_is_sent(
    client: httpx2.AsyncClient, core: Core, tenant: TestTenant
) -> None:
    first = await post(client, tenant, [NOW_GOOD, NOW_GOOD, NOW_GOOD | {"source": "other"}])
    again = await post(client, tenant, [NOW_GOOD | {"data": {"changed": True}}, NOW_GOOD | {"id": "evt-2"}])
    assert (first.json()["accepted"], first.json()["duplicates"]) == (2, 1)
    assert (again.json()["accepted"], again.json()["duplicates"]) == (1, 1)
    rows = await stored(core, tenant)
    assert [(row["source"], row["event_id"]) for row in rows] == [
        ("checkout", "evt-1"),
        ("other", "evt-1"),
        ("checkout", "evt-2"),
    ]
    assert rows[0]["data"] == GOOD["data"]


async def test_events_without_an_id_are_each_their_own(
    client: httpx2.AsyncClient, core: Core, tenant: TestTenant
) -> None:
    for _ in range(2):
        assert (await post(client, tenant, [{"source": "a"}, {"source": "a"}])).json()["accepted"] == 2
    rows = await stored(core, tenant)
    assert len({row["event_id"] for row in rows}) == 4
    assert all(row["event_id"] == str(row["id"]) for row in rows)


async def test_the_same_events_sent_at_once_are_stored_once(
    client: httpx2.AsyncClient, core: Core, tenant: TestTenant
) -> None:
    batch = [{"source": "race", "id": str(n)} for n in range(200)]
    answers = await asyncio.gather(*(post(client, tenant, batch if n % 2 else batch[::-1]) for n in range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert sum(answer.json()["accepted"] for answer in answers) == 200
    assert sum(answer.json()["duplicates"] for answer in answers) == 7 * 200
    assert len(await stored(core, tenant)) == 200


async def test_a_sender_s_id_means_nothing_in_another_tenant(
    client: httpx2.AsyncClient, core: Core, tenant: TestTenant, other_tenant: TestTenant
) -> None:
    answers = await asyncio.gather(*(post(client, each, NOW_GOOD) for each in (tenant, other_tenant) for _ in range(3)))
    assert [answer.status_code for answer in answers] == [200] * 6
    (mine,), (theirs,) = await stored(core, tenant), await stored(core, other_tenant)
    assert mine["id"] != theirs["id"]
    foreign = await client.get(f"{URL}/{theirs['id']}", headers=tenant.headers)
    missing = await client.get(f"{URL}/{UUID(int=theirs['id'].int + 1)}", headers=tenant.headers)
    same = ("status", "code", "detail", "title")
    assert [foreign.json()[name] for name in same] == [missing.json()[name] for name in same]
    assert foreign.status_code == 404
    listed = (await client.get(URL, headers=tenant.headers)).json()["items"]
    assert [each["id"] for each in listed] == [str(mine["id"])]


async def test_who_may(client: httpx2.AsyncClient, tenant: TestTenant) -> None:
    assert (await client.post(URL, json=NOW_GOOD)).status_code == 401
    viewer = await client.post(URL, json=NOW_GOOD, headers=tenant.as_role(Role.VIEWER))
    assert viewer.status_code == 403
    assert (await client.get(URL, headers=tenant.as_role(Role.VIEWER))).json() == {"items": [], "next_cursor": None}


async def test_an_empty_batch_is_no_mistake(client: httpx2.AsyncClient, tenant: TestTenant) -> None:
    assert (await post(client, tenant, [])).json() == {"accepted": 0, "duplicates": 0, "rejected": []}
    assert (await post(client, tenant, b"\n", "application/x-ndjson")).status_code == 200
