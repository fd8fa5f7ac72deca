"""Channels, the ledger and notifications over HTTP; secrets go in and never come out."""

import logging
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import text
from tests.notifications.conftest import SECRET, AlertFact, Desk, TransitionFact, verified

from fakes.receiver import Receiver, answers
from fixtures.tenants import TestTenant
from opsloom.identity.permissions import Role
from opsloom.notifications.delivery import breaker_key

CANARY = "canary-9d2e-header-value"


def webhook(url: str = "https://hooks.example/x", **more: object) -> dict[str, object]:
    config = {"type": "webhook", "url": url, **more}
    return {"name": "Hook", "config": config}


class Api:
    """Calls as one tenant's member; keeps every answer, so that a test can look for what must not be in any."""

    def __init__(self, client: httpx2.AsyncClient, headers: dict[str, str]) -> None:
        self._client = client
        self._headers = headers
        self.seen: list[str] = []

    async def __call__(self, method: str, path: str, **more: object) -> httpx2.Response:
        headers = {**self._headers, **more.pop("headers", {})}  # type: ignore[dict-item]
        answer = await self._client.request(method, f"/api/v1{path}", headers=headers, **more)  # type: ignore[arg-type]
        self.seen.append(f"{answer.headers} {answer.text}")
        return answer


@pytest.fixture
def api(client: httpx2.AsyncClient, desk: Desk) -> Api:
    return Api(client, desk.tenant.headers)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with Receiver().serving() as made:
        yield made


async def test_a_tenant_starts_with_an_in_app_channel(api: Api) -> None:
    for _ in range(2):
        [channel] = (await api("GET", "/channels")).json()["items"]
        assert (channel["name"], channel["type"], channel["enabled"]) == ("In-app", "in_app", True)
        assert channel["route"]["states"] == ["firing", "resolved", "expired"]


async def test_a_channel_is_made_read_changed_and_deleted(api: Api) -> None:
    made = await api("POST", "/channels", json=webhook(secret=SECRET, headers={"X-Token": CANARY}))
    assert made.status_code == 201
    path = made.headers["location"].removeprefix("/api/v1")
    assert made.json()["config"] == {
        "type": "webhook",
        "url": "https://hooks.example/x",
        "header_names": ["x-token"],
        "has_secret": True,
    }
    assert made.json()["secret"] is None
    read = await api("GET", path)
    assert read.json()["revision"] == 1
    changed = webhook("https://hooks.example/y") | {
        "name": "Renamed",
        "enabled": False,
        "route": {"severities": ["info"]},
    }
    assert (await api("PUT", path, json=changed)).status_code == 428
    assert (await api("PUT", path, json=changed, headers={"If-Match": '"7"'})).json()["code"] == "stale_draft"
    written = await api("PUT", path, json=changed, headers={"If-Match": read.headers["etag"]})
    assert written.status_code == 200
    shown = written.json()
    assert (shown["name"], shown["enabled"], shown["config"]["url"]) == ("Renamed", False, "https://hooks.example/y")
    assert (shown["config"]["header_names"], shown["config"]["has_secret"]) == (["x-token"], True)
    assert (await api("DELETE", path)).status_code == 204
    assert [c["name"] for c in (await api("GET", "/channels")).json()["items"]] == ["In-app"]
    again = await api("POST", "/channels", json=changed)
    assert again.status_code == 201, "the name is free again"


async def test_a_secret_that_is_made_here_is_shown_once(api: Api, desk: Desk, receiver: Receiver) -> None:
    made = (await api("POST", "/channels", json=webhook(receiver.url))).json()
    assert made["secret"].startswith("whsec_")
    shown = (await api("GET", f"/channels/{made['id']}")).json()
    assert "secret" not in shown
    await api("POST", f"/channels/{made['id']}/test")
    await desk.attempt((await desk.ledger())[-1])
    assert verified(receiver.received[0], made["secret"])


async def test_secrets_change_only_when_they_are_sent(api: Api, desk: Desk, receiver: Receiver) -> None:
    made = (
        await api("POST", "/channels", json=webhook(receiver.url, secret=SECRET, headers={"X-A": "1", "X-B": "2"}))
    ).json()
    path = f"/channels/{made['id']}"
    other = "another secret of length"
    for body, revision in (
        (webhook(receiver.url), 1),
        (webhook(receiver.url, headers={"X-B": "3"}), 2),
        (webhook(receiver.url, secret=other), 3),
    ):
        assert (await api("PUT", path, json=body, headers={"If-Match": f'"{revision}"'})).status_code == 200
        await api("POST", f"{path}/test")
        await desk.attempt((await desk.ledger())[-1])
    first, second, third = receiver.received
    assert (first.headers["x-a"], first.headers["x-b"], verified(first)) == ("1", "2", True)
    assert ("x-a" in second.headers, second.headers["x-b"], verified(second)) == (False, "3", True)
    assert (third.headers["x-b"], verified(third)) == ("3", False)


async def test_no_answer_log_or_stored_row_holds_a_secret(
    api: Api,
    desk: Desk,
    receiver: Receiver,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    receiver.script = [answers(500, f"echo {SECRET} {CANARY}".encode())]
    with caplog.at_level(logging.DEBUG):
        body = webhook(receiver.url, secret=SECRET, headers={"Authorization": CANARY})
        made = (await api("POST", "/channels", json=body)).json()
        path = f"/channels/{made['id']}"
        await api("PUT", path, json=body, headers={"If-Match": '"1"'})
        await api("POST", f"{path}/test")
        for _ in range(2):
            await desk.attempt(await desk.line(made["id"]))
        [line] = await desk.ledger(made["id"])
        for read in (path, "/channels", f"/deliveries/{line.id}", "/deliveries", "/notifications", "/audit"):
            assert (await api("GET", read)).status_code == 200
        await api("POST", "/channels", json=webhook(receiver.url, secret=SECRET + "é", headers={"x": CANARY}))
        await api("POST", "/channels", json=webhook(receiver.url, secret=[SECRET], headers={"b c": CANARY}))
        await api("POST", "/channels", json=webhook(receiver.url, headers={"x": CANARY + "\n"}))
    assert receiver.received[-1].headers["authorization"] == CANARY
    tables = (
        "assets",
        "asset_versions",
        "channel_secrets",
        "deliveries",
        "delivery_attempts",
        "stream_messages",
        "audit_entries",
    )
    stored: list[str] = []
    async with desk.core.db.transaction(desk.tenant.scope) as session:
        for table in tables:
            stored += [str(row) for row in (await session.execute(text(f"select to_jsonb(t) from {table} t"))).all()]
    assert len(stored) > 5
    printed = capfd.readouterr()
    for place in (*api.seen, *stored, caplog.text, printed.out, printed.err):
        assert "canary" not in place
        assert SECRET.removeprefix("whsec_") not in place


@pytest.mark.parametrize(
    ("config", "code"),
    [
        ({"url": "http://10.0.0.1/x"}, "egress_refused"),
        ({"url": "http://169.254.169.254/latest"}, "egress_refused"),
        ({"url": "http://2130706433/"}, "egress_refused"),
        ({"url": "http://[::ffff:10.0.0.1]/"}, "egress_refused"),
        ({"url": "ftp://hooks.example/"}, "egress_refused"),
        ({"url": "file:///etc/passwd"}, "egress_refused"),
        ({"url": "http://user:pass@hooks.example/"}, "invalid_input"),
        ({"url": "no address"}, "egress_refused"),
        ({"secret": "short"}, "webhook_secret_unusable"),
        ({"secret": "whsec_%%%"}, "webhook_secret_unusable"),
        ({"headers": {"Host": "x"}}, "header_refused"),
        ({"headers": {"webhook-id": "x"}}, "header_refused"),
        ({"headers": {"a b": "x"}}, "header_refused"),
        ({"headers": {"x-a": "b\r\nc: d"}}, "header_refused"),
        ({"headers": {"x-a": "한글"}}, "header_refused"),
    ],
)
async def test_a_channel_that_could_not_work_is_refused_with_its_reason(
    api: Api, config: dict[str, object], code: str
) -> None:
    answer = await api("POST", "/channels", json=webhook(**{"url": "https://hooks.example/x", **config}))  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert len((await api("GET", "/channels")).json()["items"]) == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "x"},
        {"name": "", "config": {"type": "in_app"}},
        {"name": "x", "config": {"type": "pigeon"}},
        {"name": "x", "config": {"type": "in_app", "url": "https://hooks.example"}},
        {"name": "x", "config": {"type": "webhook"}},
        {"name": "x", "config": {"type": "in_app"}, "colour": "red"},
        {"name": "x", "config": {"type": "in_app"}, "route": {"states": ["pending"]}},
        {"name": "x\x00", "config": {"type": "in_app"}},
    ],
)
async def test_malformed_bodies_are_refused(api: Api, body: dict[str, object]) -> None:
    answer = await api("POST", "/channels", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("application/problem+json")


async def test_a_channel_keeps_its_type_and_its_name_is_its_own(api: Api) -> None:
    made = (await api("POST", "/channels", json=webhook())).json()
    body = {"name": "Hook", "config": {"type": "in_app"}}
    answer = await api("PUT", f"/channels/{made['id']}", json=body, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["code"]) == (409, "channel_type_fixed")
    assert (await api("POST", "/channels", json=webhook())).json()["code"] == "name_taken"


async def test_a_test_send_goes_the_real_way(api: Api, desk: Desk, receiver: Receiver) -> None:
    made = (await api("POST", "/channels", json=webhook(receiver.url, secret=SECRET))).json()
    sent = await api("POST", f"/channels/{made['id']}/test")
    assert (sent.status_code, sent.json()["kind"], sent.json()["status"]) == (202, "test", "pending")
    line = await desk.line(made["id"])
    assert len(await desk.queued(line)) == 1
    await desk.attempt(line)
    detail = (await api("GET", f"/deliveries/{line.id}")).json()
    assert (detail["status"], detail["webhook_id"]) == ("sent", receiver.received[0].headers["webhook-id"])
    assert [(one["number"], one["outcome"], one["status_code"]) for one in detail["tries"]] == [(1, "sent", 200)]
    [in_app] = [c for c in (await api("GET", "/channels")).json()["items"] if c["type"] == "in_app"]
    assert (await api("POST", f"/channels/{in_app['id']}/test")).json()["status"] == "sent"
    assert (await api("GET", "/notifications")).json()["items"][0]["event_type"] == "test"


async def test_the_ledger_is_filtered_and_paged(api: Api, desk: Desk) -> None:
    hook = await desk.webhook("http://127.0.0.1:9/", name="Hook")
    alerts = [AlertFact(title=f"Disk {n} is full") for n in range(3)]
    for alert in alerts:
        await desk.happen(alert)
    everything = (await api("GET", "/deliveries", params={"limit": 500})).json()["items"]
    assert len(everything) == 6
    for asked, count in (
        ({"channel_id": str(hook)}, 3),
        ({"alert_id": str(alerts[0].id)}, 2),
        ({"status": "pending"}, 3),
        ({"status": ["pending", "sent"]}, 6),
        ({"kind": "test"}, 0),
        ({"q": "disk 1"}, 2),
        ({"q": "100%"}, 0),
        (
            {"since": everything[0]["created_at"]},
            1 if everything[0]["created_at"] != everything[1]["created_at"] else 2,
        ),
        ({"until": "2020-01-01T00:00:00Z"}, 0),
    ):
        assert len((await api("GET", "/deliveries", params=asked)).json()["items"]) == count, asked
    paged: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await api("GET", "/deliveries", params={"limit": 4, **cursor})).json()
        paged += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert paged == [item["id"] for item in everything]
    assert (await api("GET", "/deliveries", params={"cursor": "x"})).status_code == 422


async def test_a_finished_delivery_is_sent_again(api: Api, desk: Desk, receiver: Receiver) -> None:
    receiver.script = [answers(404)]
    hook = await desk.webhook(receiver.url)
    await desk.happen()
    line = await desk.line(hook)
    assert (await api("POST", f"/deliveries/{line.id}/resend")).json()["code"] == "delivery_under_way"
    await desk.attempt(line)
    again = await api("POST", f"/deliveries/{line.id}/resend")
    assert (again.status_code, again.json()["status"], again.json()["reason"]) == (202, "pending", None)
    old, new = await desk.ledger(hook)
    await desk.attempt(new)
    assert [each.status for each in await desk.ledger(hook)] == ["failed", "sent"]
    assert (again.json()["id"], again.json()["resent_from"]) == (str(new.id), str(old.id))
    assert len({got.headers["webhook-id"] for got in receiver.received}) == 1
    shown = next(line for line in await desk.ledger() if line.channel_type == "in_app")
    assert (await api("POST", f"/deliveries/{shown.id}/resend")).status_code == 409


async def test_a_paused_channel_shows_it_and_is_reset(api: Api, desk: Desk, receiver: Receiver) -> None:
    receiver.otherwise = answers(500)
    hook = await desk.webhook(receiver.url)
    for _ in range(5):
        await desk.happen()
    for line in await desk.ledger(hook):
        await desk.attempt(line)
    shown = (await api("GET", f"/channels/{hook}")).json()["breaker"]
    assert (shown["state"], shown["failures"]) == ("open", 5)
    assert 0 < shown["retry_after_s"] <= 60
    reset = (await api("POST", f"/channels/{hook}/breaker/reset")).json()["breaker"]
    assert (reset["state"], reset["retry_after_s"]) == ("closed", 0)
    names = [one["name"] for one in (await api("GET", "/system/health")).json()["breakers"]]
    assert breaker_key(desk.tenant.id, hook) in names


async def test_notifications_are_read_by_each_for_himself(client: httpx2.AsyncClient, desk: Desk) -> None:
    viewer, owner = (Api(client, desk.tenant.as_role(role)) for role in (Role.VIEWER, Role.OWNER))
    for n in range(3):
        await desk.happen(AlertFact(title=f"Alert {n}"))
    items = (await viewer("GET", "/notifications")).json()["items"]
    assert [item["title"] for item in items] == ["Alert 2", "Alert 1", "Alert 0"]
    assert not any(item["read"] for item in items)
    assert (await viewer("POST", "/notifications/read", json={"ids": [items[0]["id"]]})).json() == {"unread": 2}
    left = (await viewer("GET", "/notifications", params={"unread": True})).json()["items"]
    assert [item["title"] for item in left] == ["Alert 1", "Alert 0"]
    assert (await viewer("POST", "/notifications/read", json={})).json() == {"unread": 0}
    assert (await owner("GET", "/notifications/unread")).json() == {"unread": 3}


async def test_who_may_do_what(client: httpx2.AsyncClient, desk: Desk) -> None:
    hook = await desk.webhook("http://127.0.0.1:9/")
    viewer, operator = (Api(client, desk.tenant.as_role(role)) for role in (Role.VIEWER, Role.OPERATOR))
    assert (await viewer("GET", f"/channels/{hook}")).status_code == 200
    for member in (viewer, operator):
        assert (await member("POST", "/channels", json=webhook())).status_code == 403
        assert (await member("DELETE", f"/channels/{hook}")).status_code == 403
        assert (await member("POST", f"/channels/{hook}/test")).status_code == 403
    assert (await viewer("POST", f"/deliveries/{uuid4()}/resend")).status_code == 403
    assert (await operator("POST", f"/deliveries/{uuid4()}/resend")).status_code == 404
    assert (await client.get("/api/v1/channels")).status_code == 401


async def test_another_tenants_things_do_not_exist(
    client: httpx2.AsyncClient, desk: Desk, other_tenant: TestTenant, api: Api
) -> None:
    hook = await desk.webhook("http://127.0.0.1:9/", name="canary channel")
    await desk.happen(AlertFact(title="canary alert"), TransitionFact())
    line = await desk.line(hook)
    page = (await api("GET", "/deliveries", params={"limit": 1})).json()
    notification = (await api("GET", "/notifications")).json()["items"][0]["id"]
    stranger = Api(client, other_tenant.headers)
    nothing = uuid4()
    calls = [
        ("GET", "/channels/{}", hook, {}),
        ("PUT", "/channels/{}", hook, {"json": webhook(), "headers": {"If-Match": '"1"'}}),
        ("DELETE", "/channels/{}", hook, {}),
        ("POST", "/channels/{}/test", hook, {}),
        ("POST", "/channels/{}/breaker/reset", hook, {}),
        ("GET", "/deliveries/{}", line.id, {}),
        ("POST", "/deliveries/{}/resend", line.id, {}),
    ]
    for method, path, theirs, more in calls:
        foreign = await stranger(method, path.format(theirs), **dict(more))
        absent = await stranger(method, path.format(nothing), **dict(more))
        assert (foreign.status_code, foreign.json()["code"]) == (absent.status_code, absent.json()["code"])
        assert foreign.status_code == 404
    for asked in (
        {"channel_id": str(hook)},
        {"alert_id": str(line.alert_id)},
        {"cursor": page["next_cursor"]},
        {"q": "canary"},
    ):
        assert (await stranger("GET", "/deliveries", params=asked)).json()["items"] == []
    await stranger("POST", "/notifications/read", json={"ids": [notification]})
    assert (await stranger("GET", "/notifications")).json()["items"] == []
    assert not any("canary" in seen for seen in stranger.seen)
    assert (await api("GET", "/notifications/unread")).json() == {"unread": 1}
