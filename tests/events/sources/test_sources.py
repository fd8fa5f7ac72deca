"""A source with a secret and a mapping, from its making to its events."""

import json
from typing import Any

import httpx2

from fixtures.tenants import TestTenant
from opsloom.events.intake_log import IntakeLog
from opsloom.events.sources.signing import GithubScheme, StandardScheme, sign
from opsloom.identity.permissions import Role
from opsloom.infra.core import Core
from opsloom.infra.secrets import Secrets, load_secrets

PUSH = {"ref": "refs/heads/main", "commits": [{"id": "a1", "message": "고침"}, {"id": "b2", "message": "fix"}]}
EACH_COMMIT = """
commits.{"id": id, "type": "git.commit", "subject": $$.ref, "severity": "info",
         "data": {"message": message, "event": $headers."x-github-event"}}
"""


async def made(client: httpx2.AsyncClient, tenant: TestTenant, **fields: Any) -> dict[str, Any]:
    body = {"name": "forge", "scheme": {"type": "github"}} | fields
    answer = await client.post("/api/v1/events/sources", json=body, headers=tenant.headers)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def mapping(client: httpx2.AsyncClient, tenant: TestTenant, expression: str) -> str:
    body = {"kind": "mapping", "name": "Commits", "content": {"expression": expression, "sample": PUSH}}
    asset = (await client.post("/api/v1/assets", json=body, headers=tenant.headers)).json()
    published = await client.post(
        f"/api/v1/assets/{asset['id']}/publish", json={"comment": "x"}, headers=tenant.headers
    )
    assert published.status_code == 200, published.text
    return str(asset["key"])


async def sent(
    client: httpx2.AsyncClient, core: Core, made: dict[str, Any], body: bytes, secret: str | None = None, **headers: str
) -> httpx2.Response:
    signed = sign(GithubScheme(), secret or made["secret"], "d-1", body, core.clock.now())
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await client.post(made["source"]["path"], content=body, headers=signed | named)


async def test_a_mapping_makes_events_of_a_signed_request_once(
    client: httpx2.AsyncClient, core: Core, tenant: TestTenant
) -> None:
    source = await made(client, tenant, mapping=await mapping(client, tenant, EACH_COMMIT))
    body = json.dumps(PUSH).encode()
    first = await sent(client, core, source, body, x_github_event="push")
    again = await sent(client, core, source, body, x_github_event="push", x_github_delivery="another")
    assert (first.status_code, first.json()["accepted"]) == (200, 2), first.text
    assert again.json() == {"accepted": 0, "duplicates": 1, "rejected": []}
    found = (await client.get("/api/v1/events", headers=tenant.headers)).json()["items"]
    assert {(e["source"], e["event_id"], e["type"], e["data"]["message"], e["data"]["event"]) for e in found} == {
        ("forge", "a1", "git.commit", "고침", "push"),
        ("forge", "b2", "git.commit", "fix", "push"),
    }


async def test_who_cannot_be_proven_is_told_the_same_whether_the_source_exists(
    client: httpx2.AsyncClient, core: Core, tenant: TestTenant
) -> None:
    source = await made(client, tenant)
    wrong = await sent(client, core, source, b"{}", secret="wrong secret")
    nowhere = await client.post("/ingest/hooks/" + "a" * 52, content=b"{}")
    assert [answer.json()["code"] for answer in (wrong, nowhere)] == ["webhook_refused"] * 2
    assert [answer.status_code for answer in (wrong, nowhere)] == [401, 401]
    off = {"name": "forge", "scheme": {"type": "github"}, "enabled": False}
    path = f"/api/v1/events/sources/{source['source']['id']}"
    assert (await client.put(path, json=off, headers=tenant.headers)).status_code == 200
    assert (await sent(client, core, source, b"{}")).status_code == 401
    assert (await client.get("/api/v1/events", headers=tenant.headers)).json()["items"] == []


async def test_a_receipt_outlives_the_process(client: httpx2.AsyncClient, core: Core, tenant: TestTenant) -> None:
    source = await made(client, tenant, scheme={"type": "standard"})
    body, now = b'{"type": "order.paid"}', core.clock.now()
    headers = sign(StandardScheme(), source["secret"], "msg_7", body, now)
    assert (await client.post(source["source"]["path"], content=body, headers=headers)).json()["accepted"] == 1
    core.parts[Secrets] = load_secrets(core.settings.data_dir, None)  # nothing is remembered outside the database
    again = await client.post(source["source"]["path"], content=body, headers=headers)
    assert again.json()["duplicates"] == 1
    (event,) = (await client.get("/api/v1/events", headers=tenant.headers)).json()["items"]
    assert (event["type"], event["source"]) == ("order.paid", "forge")


async def test_a_secret_is_told_once_and_the_one_before_is_good_for_a_while(
    client: httpx2.AsyncClient, core: Core, tenant: TestTenant
) -> None:
    source = await made(client, tenant)
    path = f"/api/v1/events/sources/{source['source']['id']}/secret"
    renewed = (await client.post(path, json={}, headers=tenant.headers)).json()
    listed = (await client.get("/api/v1/events/sources", headers=tenant.headers)).text
    assert source["secret"] not in listed
    assert renewed["secret"] not in listed
    for number, secret in enumerate((source["secret"], renewed["secret"])):
        answer = await sent(client, core, source, json.dumps({"n": number}).encode(), secret=secret)
        assert answer.status_code == 200, answer.text
    given = await client.post(path, json={"secret": "given by the sender"}, headers=tenant.headers)
    assert given.json()["secret"] is None
    assert (await sent(client, core, source, b'{"n": 2}', secret="given by the sender")).status_code == 200
    assert (await sent(client, core, source, b'{"n": 3}', secret=source["secret"])).status_code == 401


async def test_what_a_mapping_cannot_do_is_noted_with_the_body(
    client: httpx2.AsyncClient, core: Core, tenant: TestTenant
) -> None:
    source = await made(client, tenant, mapping=await mapping(client, tenant, '{"type": 7, "x": $number(ref)}'))
    answers = [await sent(client, core, source, body) for body in (b'{"ref": "no"}', b'{"ref": "1"}', b"no JSON")]
    assert [(each.status_code, each.json()["code"]) for each in answers] == [
        (422, "event_mapping_failed"),
        (422, "events_rejected"),
        (400, "events_unreadable"),
    ]
    await core.part(IntakeLog).flush()
    params = {"door": source["source"]["id"]}
    noted = (await client.get("/api/v1/events/refusals", params=params, headers=tenant.headers)).json()["items"]
    assert [each["code"] for each in noted] == ["unreadable", "invalid_type", "mapping_failed"]
    assert noted[-1]["item"] == '{"ref": "no"}'


async def test_a_mapping_is_tried_with_a_pasted_body(client: httpx2.AsyncClient, tenant: TestTenant) -> None:
    trial = {"expression": EACH_COMMIT, "body": PUSH, "headers": {"X-GitHub-Event": "push"}}
    url = "/api/v1/events/mappings/preview"
    shown = (await client.post(url, json=trial, headers=tenant.headers)).json()
    assert [(each["id"], each["data"]["event"]) for each in shown["events"]] == [("a1", "push"), ("b2", "push")]
    bad = await client.post(
        url, json=trial | {"expression": '[{"type": "t", "severity": "loud"}]'}, headers=tenant.headers
    )
    assert [each["code"] for each in bad.json()["refused"]] == ["unknown_severity"]
    unreadable = await client.post(url, json=trial | {"expression": "commits.{"}, headers=tenant.headers)
    assert unreadable.json()["code"] == "event_mapping_failed"
    assert (await client.post(url, json=trial, headers=tenant.as_role(Role.OPERATOR))).status_code == 403


async def test_names_are_single_and_mappings_must_be_in_force(client: httpx2.AsyncClient, tenant: TestTenant) -> None:
    source = await made(client, tenant)
    url = "/api/v1/events/sources"
    twice = await client.post(url, json={"name": "FORGE", "scheme": {"type": "stripe"}}, headers=tenant.headers)
    assert twice.json()["code"] == "event_source_name_taken"
    missing = {"name": "two", "scheme": {"type": "stripe"}, "mapping": "nothing"}
    assert (await client.post(url, json=missing, headers=tenant.headers)).status_code == 422
    gone = f"{url}/{source['source']['id']}"
    assert (await client.delete(gone, headers=tenant.headers)).status_code == 204
    assert (await client.delete(gone, headers=tenant.headers)).json()["code"] == "event_source_unknown"
