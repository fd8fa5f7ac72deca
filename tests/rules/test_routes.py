"""Rules over HTTP."""

from datetime import timedelta

import httpx2
import pytest
import pytest_asyncio

from fixtures.tenants import TestTenant
from opsloom.identity.permissions import Role
from opsloom.infra.core import Core
from opsloom.rules import service
from rules.world import CPU_HIGH, World

URL = "/api/v1/rules"


@pytest_asyncio.fixture
async def world(core: Core, tenant: TestTenant) -> World:
    return await World(core, tenant).build()


async def make(client: httpx2.AsyncClient, tenant: TestTenant, **document: object) -> httpx2.Response:
    return await client.post(URL, json=CPU_HIGH | document, headers=tenant.headers)


async def test_the_life_of_a_draft(client: httpx2.AsyncClient, tenant: TestTenant) -> None:
    created = await make(client, tenant)
    assert created.status_code == 201, created.text
    rule, tag = created.json(), created.headers["etag"]
    assert (rule["state"], rule["revision"], rule["published_version"], rule["in_force"]) == ("draft", 1, None, None)
    assert rule["definition"]["condition"] == "value > 90"
    at = f"{URL}/{rule['id']}"
    assert (await client.put(at, json=CPU_HIGH, headers=tenant.headers)).status_code == 428
    saved = await client.put(at, json=CPU_HIGH | {"for_s": 60}, headers=tenant.headers | {"If-Match": tag})
    assert saved.status_code == 200
    stale = await client.put(at, json=CPU_HIGH, headers=tenant.headers | {"If-Match": tag})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_draft")
    published = await client.post(f"{at}/publish", json={"comment": "first"}, headers=tenant.headers)
    assert (published.json()["version"], published.json()["is_published"]) == (1, True)
    (listed,) = (await client.get(URL, headers=tenant.headers)).json()["items"]
    assert (listed["state"], listed["in_force"]["version"], listed["in_force"]["quarantined_at"]) == (
        "published",
        1,
        None,
    )
    tag = saved.headers["etag"]
    await client.put(at, json=CPU_HIGH | {"for_s": 90}, headers=tenant.headers | {"If-Match": tag})
    await client.post(f"{at}/publish", json={}, headers=tenant.headers)
    back = await client.post(f"{at}/rollback", json={"version": 1}, headers=tenant.headers)
    assert back.json()["definition"]["for_s"] == 60
    versions = (await client.get(f"{at}/versions", headers=tenant.headers)).json()["items"]
    assert [(one["version"], one["is_published"]) for one in versions] == [(2, False), (1, True)]
    assert (await client.post(f"{at}/unpublish", json={}, headers=tenant.headers)).json()["state"] == "draft"
    assert (await client.delete(at, headers=tenant.headers)).status_code == 204
    assert (await client.get(URL, headers=tenant.headers)).json()["items"] == []


@pytest.mark.parametrize(
    ("change", "pointer", "says"),
    [
        ({"condition": "value >"}, "/condition", "line 1, column 7"),
        ({"condition": "data.x > 1"}, "/condition", "A metric sample has no data"),
        ({"resolve_condition": "valu < 1"}, "/resolve_condition", "no column valu"),
        ({"keys": ["item", "value"]}, "/keys/1", "key of its own"),
        ({"keys": ["item", "ITEM"]}, "/keys", "named twice"),
        ({"source": {"type": "event"}, "condition": "value > 1"}, "/condition", "An event has no value"),
    ],
)
async def test_a_document_that_cannot_work_is_refused_with_its_place(
    client: httpx2.AsyncClient, tenant: TestTenant, change: dict[str, object], pointer: str, says: str
) -> None:
    refused = await make(client, tenant, **change)
    assert refused.status_code == 422
    (problem,) = refused.json()["errors"]
    assert problem["pointer"] == pointer
    assert says in problem["detail"]


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "magic"},
        {"unknown": 1},
        {"for_s": -1},
        {"for_s": 1e400},
        {"title": "{{ a + b }}"},
        {"labels": {"bad name": "x"}},
        {"no_data": {"policy": "alert", "after_s": 0}},
        {"condition": "value > 1\x00"},
        {"source": {"type": "metric", "metric": "a\x00"}},
        {"name": ""},
        {"keys": ["\ud800"]},
        {"condition": "item = '\ud800'"},
        {"labels": {"team": "\ud800"}},
    ],
)
async def test_bad_documents_are_422(client: httpx2.AsyncClient, tenant: TestTenant, change: dict[str, object]) -> None:
    import json

    body = json.dumps(CPU_HIGH | change)
    refused = await client.post(URL, content=body, headers=tenant.headers | {"content-type": "application/json"})
    assert refused.status_code in (400, 422), refused.text
    assert refused.headers["content-type"] == "application/problem+json"


async def test_checking_a_condition(client: httpx2.AsyncClient, tenant: TestTenant) -> None:
    good = await client.post(
        f"{URL}/check", json={"condition": "VALUE>90 and item like 'web%'"}, headers=tenant.headers
    )
    assert good.json() == {
        "passes": True,
        "findings": [],
        "condition": "value > 90 AND item LIKE 'web%'",
        "columns": ["value", "item"],
        "builder": {
            "combinator": "and",
            "not": False,
            "rules": [
                {"field": "value", "operator": ">", "value": 90.0, "valueSource": "value"},
                {"field": "item", "operator": "beginsWith", "value": "web", "valueSource": "value"},
            ],
        },
    }
    drawn = await client.post(f"{URL}/check", json={"builder": good.json()["builder"]}, headers=tenant.headers)
    assert drawn.json()["condition"] == "value > 90 AND item LIKE 'web%'"
    bad = await client.post(f"{URL}/check", json={"condition": "value > 1 AND\nvalu < 3"}, headers=tenant.headers)
    (finding,) = bad.json()["findings"]
    assert (finding["line"], finding["column"], finding["length"], finding["hint"]) == (2, 1, 4, "Did you mean value?")
    assert (await client.post(f"{URL}/check", json={}, headers=tenant.headers)).status_code == 422


@pytest.mark.parametrize(
    ("change", "pointer", "says"),
    [
        ({}, None, ""),
        ({"condition": "value >"}, "/condition", ""),
        ({"for_s": "soon"}, "/for_s", "valid number"),
        ({"source": {"type": "metric"}}, "/source/metric", "required"),
        ({"no_data": {"after_s": 0}}, "/no_data/after_s", "greater than or equal to 1"),
        ({"kind": "magic"}, "", "does not match any of the expected tags"),
        ({"actions": [{"type": "notify"}]}, "/actions/0/channel", "required"),
        ({"surprise": 1}, "/surprise", "not permitted"),
    ],
)
async def test_checking_a_whole_rule_tells_places_and_refuses_nothing(
    client: httpx2.AsyncClient, tenant: TestTenant, change: dict[str, object], pointer: str | None, says: str
) -> None:
    definition = {name: value for name, value in (CPU_HIGH | change).items() if name != "name"}
    answer = await client.post(f"{URL}/check", json={"definition": definition}, headers=tenant.headers)
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert shown["passes"] is (pointer is None)
    assert [one["pointer"] for one in shown["findings"]] == ([] if pointer is None else [pointer])
    assert all(says.lower() in one["message"].lower() for one in shown["findings"])


async def test_explaining_why_and_why_not(client: httpx2.AsyncClient, tenant: TestTenant, world: World) -> None:
    rule_id = await world.publish(**CPU_HIGH | {"condition": "value > 90 AND item = 'web-1'"})
    for seconds, value in ((-100, 80), (-70, 84), (-60, 95), (-50, 96), (-45, 97)):
        await world.sample(seconds, value)
    await world.sample(-50, 99, "h:2")
    async with world.core.db.raw(world.scope) as connection:
        await connection.execute("update rule_runs set started_at = started_at - interval '80 seconds'")
    at = f"{URL}/{rule_id}/explanation"
    key = str(world.items["h:1"])

    async def ask(which: str, seconds: float) -> dict[str, object]:
        moment = world.at(seconds).isoformat()
        answer = await client.post(at, json={"key": which, "at": moment}, headers=tenant.headers)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    assert (await ask(key, -99))["verdict"] == "not_in_force"
    before = await ask(key, -69)
    assert (before["verdict"], before["last_values"]) == ("not_true", {"value": 84.0, "item": "web-1"})
    assert before["failing"] == {
        "part": "value > 90", "truth": False, "values": {"value": 84.0}, "threshold": 90.0, "distance": 6.0,
    }  # fmt: skip
    pending = await ask(key, -55)
    assert (pending["verdict"], pending["held_s"], pending["for_s"]) == ("pending", 5.0, 10.0)
    firing = await ask(key, -40)
    assert (firing["verdict"], firing["proof_holds"]) == ("firing", True)
    other = await ask(str(world.items["h:2"]), -40)
    assert other["verdict"] == "not_true"
    assert other["failing"]["part"] == "item = 'web-1'"
    assert (await ask("nobody", -40))["verdict"] == "no_facts"


async def test_an_explanation_tells_what_it_left_out(world: World) -> None:
    rule_id = await world.publish(**CPU_HIGH)
    for seconds in (-30, -20, -10):
        await world.sample(seconds, 80)
    key, at = str(world.items["h:1"]), world.at(1)
    async with world.core.db.transaction(world.scope) as session:
        watched = await service.load_watched(session, rule_id, key, at)
    whole = await service.explain(world.core, world.scope, watched, key, at)
    cut = await service.explain(world.core, world.scope, watched, key, at, most=2)
    assert (whole.cut, whole.read_from) == (False, at - timedelta(hours=1))
    assert (cut.cut, cut.read_from) == (True, world.start - timedelta(seconds=20))


async def test_explaining_an_alert_that_really_fired(
    client: httpx2.AsyncClient, tenant: TestTenant, world: World
) -> None:
    rule_id = await world.publish(**CPU_HIGH | {"for_s": 0})
    engine = await world.engine()
    world.at(5)
    await world.sample(5, 95)
    await world.drain(engine)
    (alert,) = await world.alerts()
    body = {"key": alert.key, "at": world.at(6).isoformat()}
    answer = await client.post(f"{URL}/{rule_id}/explanation", json=body, headers=tenant.headers)
    told = answer.json()
    assert (told["verdict"], told["alert_id"], told["proof_holds"]) == ("firing", str(alert.id), True)
    assert told["proof"] == alert.proof


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z"])
async def test_the_ends_of_the_calendar_break_nothing(
    client: httpx2.AsyncClient, tenant: TestTenant, world: World, at: str
) -> None:
    rule_id = await world.publish(**CPU_HIGH)
    answer = await client.post(f"{URL}/{rule_id}/explanation", json={"key": "x", "at": at}, headers=tenant.headers)
    assert answer.status_code in (200, 422), answer.text
    listed = await client.get("/api/v1/alerts", params={"since": at}, headers=tenant.headers)
    assert listed.status_code in (200, 422), listed.text


async def test_rules_of_another_tenant_do_not_exist(
    client: httpx2.AsyncClient, tenant: TestTenant, other_tenant: TestTenant
) -> None:
    rule_id = (await make(client, tenant)).json()["id"]
    for method, path, body in (
        ("GET", "", None),
        ("PUT", "", CPU_HIGH),
        ("DELETE", "", None),
        ("POST", "/publish", {}),
        ("POST", "/cases/run", {}),
        ("POST", "/explanation", {"key": "x"}),
        ("GET", "/versions", None),
    ):
        headers = other_tenant.headers | ({"If-Match": '"1"'} if method == "PUT" else {})
        answer = await client.request(method, f"{URL}/{rule_id}{path}", json=body, headers=headers)
        assert answer.status_code == 404, (method, path, answer.text)


async def test_viewers_read_and_do_not_write(client: httpx2.AsyncClient, tenant: TestTenant) -> None:
    viewer = tenant.as_role(Role.VIEWER)
    assert (await client.get(URL, headers=viewer)).status_code == 200
    assert (await client.post(URL, json=CPU_HIGH, headers=viewer)).status_code == 403
