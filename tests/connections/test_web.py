"""HTTP services: every way to prove oneself, staying below the URL, and servers that mean no good."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs

import pytest
import pytest_asyncio

from fakes.metrics import prometheus
from fakes.receiver import Receiver, answers, drips, floods, hangs, raw, resets
from fixtures.linked import Linked
from opsloom.connections.errors import (
    CallRefused,
    ConnectionTypeUnfit,
    CredentialsRefused,
    NothingThere,
    QueryRefused,
    TargetFailed,
)
from opsloom.connections.service import HttpCall, Range, Take
from opsloom.infra.addresses import EgressRefused
from opsloom.infra.http import ResponseTooLarge
from opsloom.kit.errors import CircuitOpen, ConnectionLost, DeadlinePassed, ExternalServiceFailed, OpsloomError

SECRET = "canary-t0ken-9d41c7"


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with Receiver().serving() as made:
        yield made


def base(receiver: Receiver, path: str = "/v1") -> str:
    return f"http://127.0.0.1:{receiver.port}{path}"


async def published(linked: Linked, receiver: Receiver, auth: dict[str, Any] | None = None, **limits: float) -> str:
    config: dict[str, Any] = {"type": "http", "url": base(receiver)}
    if auth is not None:
        config["auth"] = auth
    return await linked.publish("Service", config, **limits)


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        ({"type": "none"}, "authorization", None),
        ({"type": "basic", "user": "kim", "password": {"secret": "s"}}, "authorization",
         "Basic " + base64.b64encode(f"kim:{SECRET}".encode()).decode()),
        ({"type": "bearer", "token": {"secret": "s"}}, "authorization", f"Bearer {SECRET}"),
        ({"type": "api_key", "name": "X-Key", "key": {"secret": "s"}}, "x-key", SECRET),
    ],
    ids=["none", "basic", "bearer", "api_key"],
)  # fmt: skip
async def test_credentials_in_headers(
    linked: Linked, receiver: Receiver, auth: dict[str, Any], header: str, value: str | None
) -> None:
    await linked.secret("s", SECRET)
    key = await published(linked, receiver, auth)
    call = HttpCall("POST", "orders/7", {"page": "2", "tag": ["a", "b c"]}, {"X-Trace": "t"}, b"{}")
    answer = await linked.connections.call(linked.tenant.scope, key, call)
    assert (answer.status, answer.body) == (200, b"ok")
    [got] = receiver.received
    assert (got.method, got.path, got.body) == ("POST", "/v1/orders/7?page=2&tag=a&tag=b+c", b"{}")
    assert got.headers.get(header) == value
    assert got.headers["x-trace"] == "t"


async def test_an_api_key_in_the_query(linked: Linked, receiver: Receiver) -> None:
    await linked.secret("s", SECRET)
    key = await published(
        linked, receiver, {"type": "api_key", "place": "query", "name": "key", "key": {"secret": "s"}}
    )
    await linked.connections.call(linked.tenant.scope, key, HttpCall(path="/x", query={"a": "1"}))
    assert receiver.received[0].path == f"/v1/x?a=1&key={SECRET}"


async def test_what_a_service_echoes_is_struck_out(linked: Linked, receiver: Receiver) -> None:
    await linked.secret("s", SECRET)
    key = await published(linked, receiver, {"type": "basic", "user": "kim", "password": {"secret": "s"}})
    packed = base64.b64encode(f"kim:{SECRET}".encode()).decode()
    receiver.otherwise = answers(200, f"you sent {SECRET} as {packed}".encode(), x_echo=SECRET, set_cookie="a=b")
    answer = await linked.connections.call(linked.tenant.scope, key, HttpCall())
    assert SECRET.encode() not in answer.body
    assert packed.encode() not in answer.body
    assert SECRET not in str(answer.headers)
    assert "set-cookie" not in answer.headers


class TokenServer:
    """The token URL of an OAuth 2 provider, answering on a receiver."""

    def __init__(self, *, life_s: int = 3600, form: bool = False) -> None:
        self.life_s = life_s
        self.form = form
        self.given = 0
        self.valid = ""

    async def behave(self, receiver: Receiver, writer: asyncio.StreamWriter) -> None:
        asked = receiver.received[-1]
        if asked.path != "/token":
            known = asked.headers.get("authorization") == f"Bearer {self.valid}"
            await answers(200 if known else 401, b"data" if known else b"")(receiver, writer)
            return
        said = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        proof = f"Basic {base64.b64encode(f'us:{SECRET}'.encode()).decode()}"
        proven = said.get("client_secret") == SECRET if self.form else asked.headers.get("authorization") == proof
        if said.get("grant_type") != "client_credentials" or said.get("scope") != "read" or not proven:
            await answers(401, b'{"error": "invalid_client"}')(receiver, writer)
            return
        self.given += 1
        self.valid = f"t0ken-number-{self.given}"
        body = {"access_token": self.valid, "token_type": "Bearer", "expires_in": self.life_s}
        await answers(200, json.dumps(body).encode())(receiver, writer)


def oauth(receiver: Receiver, send_in: str = "header") -> dict[str, Any]:
    return {
        "type": "oauth2", "token_url": base(receiver, "/token"), "client_id": "us", "client_secret": {"secret": "s"},
        "scope": "read", "send_in": send_in,
    }  # fmt: skip


@pytest.mark.parametrize("send_in", ["header", "body"])
async def test_a_token_is_fetched_once_and_again_when_it_is_refused(
    linked: Linked, receiver: Receiver, send_in: str
) -> None:
    await linked.secret("s", SECRET)
    server = TokenServer(form=send_in == "body")
    receiver.otherwise = server.behave
    key = await published(linked, receiver, oauth(receiver, send_in), pool=8)
    scope = linked.tenant.scope
    found = await asyncio.gather(*(linked.connections.call(scope, key, HttpCall(path=str(n))) for n in range(6)))
    assert [each.body for each in found] == [b"data"] * 6
    assert server.given == 1
    server.valid = "revoked"
    assert (await linked.connections.call(scope, key, HttpCall(path="x"))).body == b"data"
    assert server.given == 2


async def test_a_token_that_has_ended_is_fetched_anew(linked: Linked, receiver: Receiver) -> None:
    await linked.secret("s", SECRET)
    server = TokenServer()
    receiver.otherwise = server.behave
    key = await published(linked, receiver, oauth(receiver))
    await linked.connections.call(linked.tenant.scope, key, HttpCall())
    ready = await linked.connections.ready(linked.tenant.scope, key)
    line = linked.connections.lines.peek(linked.tenant.id, ready.asset_id)
    assert line is not None
    line.opened._credentials._token = (server.valid, 0.0)  # type: ignore[attr-defined]  # its end lies an hour away
    await linked.connections.call(linked.tenant.scope, key, HttpCall())
    assert server.given == 2


async def test_a_client_that_is_refused(linked: Linked, receiver: Receiver) -> None:
    await linked.secret("s", "wrong")
    receiver.otherwise = TokenServer().behave
    key = await published(linked, receiver, oauth(receiver))
    with pytest.raises(CredentialsRefused):
        await linked.connections.call(linked.tenant.scope, key, HttpCall())


@pytest.mark.parametrize("said", [b"no json", b"[]", b"{}", b'{"access_token": 5}', b'{"access_token": "a\\r\\nb: c"}', b"null",
                                  b'{"access_token": "t", "token_type": "mac"}', b'{"access_token": ""}'])  # fmt: skip
async def test_a_token_url_that_talks_nonsense(linked: Linked, receiver: Receiver, said: bytes) -> None:
    await linked.secret("s", SECRET)
    receiver.otherwise = answers(200, said)
    key = await published(linked, receiver, oauth(receiver))
    with pytest.raises(ExternalServiceFailed):
        await linked.connections.call(linked.tenant.scope, key, HttpCall())


@pytest.mark.parametrize(
    "path",
    ["../admin", "a/../../b", "..", "%2e%2e/x", "a/%2E%2e/b", "x?y=1", "x#y", "a\\b", "a%2fb", "./x", "a\nb"],
)
async def test_a_call_stays_below_the_url(linked: Linked, receiver: Receiver, path: str) -> None:
    key = await published(linked, receiver)
    with pytest.raises(CallRefused):
        await linked.connections.call(linked.tenant.scope, key, HttpCall(path=path))
    assert receiver.received == []


async def test_a_path_that_looks_like_a_host_is_a_path(linked: Linked, receiver: Receiver) -> None:
    key = await published(linked, receiver)
    await linked.connections.call(linked.tenant.scope, key, HttpCall(path="//169.254.169.254/latest"))
    assert receiver.received[0].path == "/v1/169.254.169.254/latest"


@pytest.mark.parametrize(
    "headers", [{"Host": "x"}, {"Content-Length": "5"}, {"X": "a\r\nb: c"}, {"a b": "c"}, {"Transfer-Encoding": "x"}]
)
async def test_framing_headers_are_nobodys(linked: Linked, receiver: Receiver, headers: dict[str, str]) -> None:
    key = await published(linked, receiver)
    with pytest.raises(CallRefused):
        await linked.connections.call(linked.tenant.scope, key, HttpCall(headers=headers))
    with pytest.raises(CallRefused):
        await linked.connections.call(linked.tenant.scope, key, HttpCall(method="TRACE"))


async def test_a_call_cannot_replace_the_credential(linked: Linked, receiver: Receiver) -> None:
    await linked.secret("s", SECRET)
    key = await published(linked, receiver, {"type": "bearer", "token": {"secret": "s"}})
    await linked.connections.call(linked.tenant.scope, key, HttpCall(headers={"Authorization": "Bearer mine"}))
    assert receiver.received[0].headers["authorization"] == f"Bearer {SECRET}"


async def test_a_redirect_to_metadata_is_not_followed(linked: Linked, receiver: Receiver) -> None:
    receiver.otherwise = answers(302, b"", location="http://169.254.169.254/latest/meta-data/")
    key = await published(linked, receiver)
    answer = await linked.connections.call(linked.tenant.scope, key, HttpCall())
    assert answer.status == 302
    assert len(receiver.received) == 1


@pytest.mark.parametrize(
    ("manner", "raised"),
    [
        (hangs, DeadlinePassed), (drips, DeadlinePassed), (resets, OpsloomError), (floods(), ResponseTooLarge),
        (raw(b"not http at all\r\n\r\n"), ExternalServiceFailed), (raw(b""), ExternalServiceFailed),
    ],
    ids=["hangs", "drips", "resets", "floods", "nonsense", "nothing"],
)  # fmt: skip
async def test_servers_that_mean_no_good(
    linked: Linked, receiver: Receiver, manner: Any, raised: type[OpsloomError]
) -> None:
    receiver.otherwise = manner
    key = await published(linked, receiver, total_s=0.5, bytes=100_000)
    with pytest.raises(raised):
        await linked.connections.call(linked.tenant.scope, key, HttpCall(), Take(total_s=0.3))


async def test_repeated_failures_pause_the_connection(linked: Linked, receiver: Receiver) -> None:
    receiver.otherwise = resets
    key = await published(linked, receiver)
    for _ in range(5):
        with pytest.raises((ConnectionLost, ExternalServiceFailed)):
            await linked.connections.call(linked.tenant.scope, key, HttpCall())
    before = len(receiver.received)
    with pytest.raises(CircuitOpen):
        await linked.connections.call(linked.tenant.scope, key, HttpCall())
    assert len(receiver.received) == before


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/", "http://169.254.169.254/latest", "http://[::1]/", "http://0x7f.1/"]
)
async def test_addresses_nobody_may_call_are_refused_before_they_are_in_force(linked: Linked, url: str) -> None:
    with pytest.raises(EgressRefused):
        await linked.publish("Service", {"type": "http", "url": url})


async def test_a_test_tells_what_does_not_work(linked: Linked, receiver: Receiver) -> None:
    await linked.secret("s", SECRET)
    key = await published(linked, receiver, {"type": "bearer", "token": {"secret": "s"}})
    steps = await linked.connections.test(linked.tenant.scope, key)
    assert [(step.name, step.ok) for step in steps] == [
        (n, True) for n in ("resolve", "connect", "authenticate", "request")
    ]
    receiver.otherwise = answers(401, b"")
    steps = await linked.connections.test(linked.tenant.scope, key)
    assert [step.ok for step in steps] == [True, True, True, False]
    assert "401" in steps[-1].detail
    with pytest.raises(ConnectionTypeUnfit):
        await linked.connections.query(linked.tenant.scope, key, "select 1")
    with pytest.raises(ConnectionTypeUnfit):
        await linked.connections.browse(linked.tenant.scope, key)


@pytest_asyncio.fixture
async def watched(linked: Linked, receiver: Receiver) -> str:
    receiver.otherwise = prometheus
    return await linked.publish("Metrics", {"type": "prometheus", "url": base(receiver, "/prom")})


async def test_prometheus_instant_and_range(linked: Linked, watched: str) -> None:
    ask, scope = linked.connections.promql, linked.tenant.scope
    [up] = await ask(scope, watched, "up", 42.0)
    assert (up.labels["instance"], up.points) == ("a:1", [(42.0, 42.0)])
    [load] = await ask(scope, watched, "load", 13.0)
    assert load.points == [(13.0, None)]
    [scalar] = await ask(scope, watched, "scalar(up)", 5.0)
    assert scalar.points == [(5.0, 1.0)]
    [ranged] = await ask(scope, watched, "up", Range(10, 50, 10))
    assert ranged.points == [(10, 10), (20, 20), (30, 30), (40, 40), (50, 50)]
    [cut] = await ask(scope, watched, "up", Range(10, 50, 10), Take(rows=3))
    assert (len(cut.points), cut.truncated) == (3, True)
    with pytest.raises(QueryRefused, match="parse error"):
        await ask(scope, watched, "up{")


async def test_prometheus_browse_and_test(linked: Linked, watched: str, receiver: Receiver) -> None:
    scope = linked.tenant.scope
    metrics = await linked.connections.browse(scope, watched)
    assert [(node.name, node.kind) for node in metrics] == [("load", "metric"), ("up", "gauge")]
    [series] = await linked.connections.browse(scope, watched, "up")
    assert series.name == "instance=a:1, job=shop"
    with pytest.raises(NothingThere):
        await linked.connections.browse(scope, watched, "gone")
    steps = await linked.connections.test(scope, watched)
    assert [(step.name, step.ok) for step in steps][-2:] == [("request", True), ("query", True)], steps
    receiver.otherwise = answers(
        200, b'{"status": "success", "data": {"resultType": "vector", "result": [{"metric": 5}]}}'
    )
    with pytest.raises(TargetFailed):
        await linked.connections.promql(scope, watched, "up")
