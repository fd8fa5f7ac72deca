"""Each service's form, against a server that checks what arrives: through the real plugin and the real client."""

import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs

import pytest
from tests.notifications.conftest import AlertFact, Desk, TransitionFact

from fakes.receiver import Behaviour, Received, Receiver, answers, drips, hangs, resets
from opsloom.infra.http import CallLimits, Http
from opsloom.kit.errors import InvalidInput
from opsloom.notifications.channels.apprise import AppriseSender
from opsloom.notifications.channels.services import ALLOWED, BUILT, plugin_class, plugin_of
from opsloom.notifications.channels.types import Senders
from opsloom.notifications.content import ChannelType

SLACK = "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
TEAMS = (
    "https://prod-01.westus.logic.azure.com:443/workflows/643e69f83c89446b/triggers/manual/paths/invoke"
    "?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=s1gnature-canary-77"
)
DISCORD = "https://discord.com/api/webhooks/4174216298123456789/JHMHI8qBe7bk2ZwO5U711o3dV_js"
SID = "AC" + "a1" * 16
FORMS: dict[str, dict[str, Any]] = {
    "slack": {"webhook_url": SLACK},
    "teams": {"webhook_url": TEAMS},
    "discord": {"webhook_url": DISCORD},
    "telegram": {"bot_token": "123456789:abcdefg_hijklmnop", "chat_id": "12315544"},
    "kakaotalk": {"client_id": "f00dcafe" * 4, "refresh_token": "refresh-canary-token-1"},
    "pagerduty": {"integration_key": "f00dcafe" * 4},
    "sms": {"account_sid": SID, "auth_token": "b2" * 16, "sender": "+15551234567", "receiver": "+15557654321"},
    "apprise": {"url": "jsons://notify.example.com/hooks/canary-part"},
}
ORIGINS = [
    "https://hooks.slack.com",
    "https://prod-01.westus.logic.azure.com",
    "https://discord.com",
    "https://api.telegram.org",
    "https://kauth.kakao.com",
    "https://kapi.kakao.com",
    "https://events.pagerduty.com",
    "https://api.twilio.com",
    "https://notify.example.com",
]


@pytest.fixture
async def service(desk: Desk, out: Http, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Receiver]:
    """Every service's origin leads to one server on loopback."""
    async with Receiver().serving() as receiver:
        relay = f"http://127.0.0.1:{receiver.port}"
        limits = CallLimits(connect_s=2, read_s=0.3, total_s=0.6, max_bytes=4_096, cut=True)
        sender = AppriseSender(out, limits, dict.fromkeys(ORIGINS, relay))
        senders = desk.core.part(Senders)
        monkeypatch.setattr(senders, "by_type", {**senders.by_type, **dict.fromkeys(BUILT, sender)})
        yield receiver


def answer_of(kind: str) -> list[Behaviour]:
    """What the real service answers when all is well."""
    if kind == "telegram":
        return [answers(200, b'{"ok": true, "result": {}}')]
    if kind == "kakaotalk":
        token = {"access_token": "access-1", "expires_in": 21599, "refresh_token": "refresh-canary-token-2"}
        return [answers(200, json.dumps(token).encode()), answers(200, b'{"result_code": 0}')]
    return [answers({"discord": 204, "sms": 201, "pagerduty": 202, "teams": 202}.get(kind, 200))]


def told(kind: str, received: list[Received]) -> str:
    """The message's words as they reached the service, having checked what else it wants."""
    [*before, got] = received
    body = got.body.decode()
    match kind:
        case "slack":
            assert got.path == "/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
            return str(json.loads(body)["attachments"])
        case "teams":
            assert got.path.startswith("/workflows/643e69f83c89446b/triggers/manual/paths/invoke?")
            assert "s1gnature-canary-77" in got.path
            return str(json.loads(body))
        case "discord":
            assert got.path == "/api/webhooks/4174216298123456789/JHMHI8qBe7bk2ZwO5U711o3dV_js"
            return str(json.loads(body))
        case "telegram":
            assert got.path == "/bot123456789:abcdefg_hijklmnop/sendMessage"
            assert str(json.loads(body)["chat_id"]) == "12315544"
            return str(json.loads(body)["text"])
        case "kakaotalk":
            asked = parse_qs(before[0].body.decode())
            assert (before[0].path, asked["refresh_token"]) == ("/oauth/token", ["refresh-canary-token-1"])
            assert (got.path, got.headers["authorization"]) == ("/v2/api/talk/memo/default/send", "Bearer access-1")
            return str(json.loads(parse_qs(body)["template_object"][0])["text"])
        case "pagerduty":
            event = json.loads(body)
            assert (got.path, event["routing_key"], event["event_action"]) == ("/v2/enqueue", "f00dcafe" * 4, "trigger")
            return str(event["payload"]["summary"])
        case "sms":
            form = parse_qs(body)
            assert got.path == f"/2010-04-01/Accounts/{SID}/Messages.json"
            assert got.headers["authorization"].startswith("Basic ")
            assert (form["From"], form["To"]) == (["+15551234567"], ["+15557654321"])
            return form["Body"][0]
        case _:
            assert got.path == "/hooks/canary-part"
            return f"{json.loads(body)['title']} {json.loads(body)['message']}"


@pytest.mark.parametrize("kind", FORMS)
async def test_a_transition_arrives_as_the_service_wants_it(desk: Desk, service: Receiver, kind: str) -> None:
    service.script = answer_of(kind)
    channel = await desk.service(kind, FORMS[kind])
    await desk.happen()
    await desk.attempt(await desk.line(channel))
    line = await desk.line(channel)
    assert (line.status, line.reason) == ("sent", None), [each.error for each in await desk.tries(line)]
    words = told(kind, service.received)
    assert "CPU of web-01 is above 90 %" in words
    assert "[심각]" in words
    assert line.sent_text is not None
    assert "{acknowledge-link}" in line.sent_text, "the link itself is kept nowhere"


@pytest.mark.parametrize("kind", FORMS)
async def test_a_refusal_is_told_in_the_receivers_words_and_not_repeated(
    desk: Desk, service: Receiver, kind: str
) -> None:
    secrets = [str(each) for each in FORMS[kind].values()]
    service.otherwise = answers(403, f"no such hook {' '.join(secrets)}".encode())
    channel = await desk.service(kind, FORMS[kind])
    await desk.happen()
    await desk.attempt(await desk.line(channel))
    line = await desk.line(channel)
    assert (line.status, line.reason) == ("failed", "refused_by_receiver")
    [tried] = await desk.tries(line)
    assert tried.status_code == 403
    assert (tried.error or "").startswith("The receiver answered 403: no such hook")
    assert "canary" not in (tried.error or "")


async def test_patience_that_is_asked_for_is_kept(desk: Desk, service: Receiver) -> None:
    service.script = [answers(429, b"slow down", retry_after="77")]
    channel = await desk.service("slack", FORMS["slack"])
    await desk.happen()
    await desk.attempt(await desk.line(channel))
    line = await desk.line(channel)
    assert line.status == "retrying"
    assert line.next_attempt_at is not None
    assert (line.next_attempt_at - line.created_at).total_seconds() >= 77


@pytest.mark.parametrize("fault", [hangs, resets, drips])
async def test_a_service_that_hangs_resets_or_drips_is_left_at_the_deadline(
    desk: Desk, service: Receiver, fault: Behaviour
) -> None:
    service.script = [fault]
    channel = await desk.service("apprise", FORMS["apprise"])
    await desk.happen()
    await desk.attempt(await desk.line(channel))
    line = await desk.line(channel)
    assert (line.status, line.attempts) == ("retrying", 1)


async def test_a_place_that_must_not_be_reached_is_not(desk: Desk) -> None:
    from opsloom.infra.addresses import EgressPolicy

    senders = desk.core.part(Senders)
    closed = AppriseSender(Http(EgressPolicy.read([])))
    async with Receiver().serving() as receiver:
        url = f"json://127.0.0.1:{receiver.port}/inside"
        channel = await desk.service("apprise", {"url": url})
        senders.by_type = {**senders.by_type, ChannelType.APPRISE: closed}
        await desk.happen()
        await desk.attempt(await desk.line(channel))
        line = await desk.line(channel)
        assert (line.status, line.reason) == ("failed", "not_callable")
        assert receiver.connections == 0


async def test_a_token_that_the_service_replaced_is_kept(desk: Desk, service: Receiver) -> None:
    service.script = [*answer_of("kakaotalk"), *answer_of("kakaotalk")]
    await desk.service("kakaotalk", FORMS["kakaotalk"])
    for _ in range(2):
        await desk.happen()
        for line in await desk.ledger():
            if line.status == "pending":
                await desk.attempt(line)
    tokens = [parse_qs(got.body.decode())["refresh_token"][0] for got in service.received if got.path == "/oauth/token"]
    assert tokens == ["refresh-canary-token-1", "refresh-canary-token-2"]


async def test_pagerduty_opens_and_resolves_one_incident(desk: Desk, service: Receiver) -> None:
    service.otherwise = answers(202)
    channel = await desk.service("pagerduty", FORMS["pagerduty"])
    alert = AlertFact()
    await desk.happen(alert)
    await desk.happen(alert, TransitionFact(from_state="firing", to_state="resolved"))
    for line in await desk.ledger(channel):
        await desk.attempt(line)
    opened, closed = (json.loads(got.body) for got in service.received)
    assert (opened["event_action"], closed["event_action"]) == ("trigger", "resolve")
    assert opened["dedup_key"] == closed["dedup_key"] == f"alert-{alert.id}"


@pytest.mark.parametrize("scheme", sorted(ALLOWED))
def test_every_allowed_plugin_has_no_other_way_out(scheme: str) -> None:
    assert plugin_class(scheme).__name__.startswith("Notify")


@pytest.mark.parametrize(
    "url",
    [
        "syslog://localhost",
        "mailto://u:p@example.com",
        "file:///etc/passwd",
        "dbus://",
        "slack://",
        "nonsense",
        "ftp://x/y",
    ],
)
def test_an_address_that_is_not_allowed_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        plugin_of(ChannelType.APPRISE, {"url": f"{url}?token=canary-secret"})
    assert "canary" not in refused.value.message
