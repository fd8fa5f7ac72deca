"""A secret's value appears nowhere but at the system it is for: not in answers, errors, logs, traces, the stream, the audit, exports,
nor in the database in plain; and changing keys loses none."""

import asyncio
import base64
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx2
import psycopg
import pytest
import pytest_asyncio
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult

from fakes.mail import MailServer
from fakes.receiver import Receiver, answers
from fixtures.linked import Linked
from fixtures.shops import Shop
from fixtures.tenants import make_tenant
from opsloom import composition, key_rotation
from opsloom.app import create_app
from opsloom.connections import vault
from opsloom.connections.models import NamedSecret
from opsloom.connections.service import HttpCall
from opsloom.health import Readiness
from opsloom.infra.core import Core
from opsloom.infra.db.bootstrap import DATABASE
from opsloom.infra.db.embedded import EmbeddedPostgres
from opsloom.infra.secrets import Secrets, load_secrets
from opsloom.kit.errors import OpsloomError

CANARY = "canary-9f83d1c2/ze+ro=%41"


class Spans(SpanExporter):
    """Everything that would be sent to a trace collector."""

    def __init__(self) -> None:
        self.text = ""

    def export(self, spans: Any) -> SpanExportResult:
        for span in spans:
            assert isinstance(span, ReadableSpan)
            self.text += span.to_json()
        return SpanExportResult.SUCCESS


@pytest.fixture
def spans() -> Spans:
    made = Spans()
    provider = trace.get_tracer_provider()
    assert isinstance(provider, TracerProvider)
    provider.add_span_processor(SimpleSpanProcessor(made))
    return made


@dataclass
class Told:
    """What the process says beside its answers, at every level."""

    spans: Spans
    logs: pytest.LogCaptureFixture
    printed: pytest.CaptureFixture[str]

    def collect(self) -> dict[str, str]:
        """By place."""
        said = self.printed.readouterr()
        return {"traces": self.spans.text, "logs": self.logs.text, "output": said.out + said.err}


@pytest.fixture
def told(spans: Spans, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Told:
    caplog.set_level(logging.DEBUG)
    return Told(spans, caplog, capfd)


@pytest_asyncio.fixture
async def client(linked_process: Core) -> AsyncIterator[httpx2.AsyncClient]:
    app = create_app(linked_process, composition.routers(), Readiness(), composition.record_denial)
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False, client=("127.0.0.1", 40003))
    async with httpx2.AsyncClient(transport=transport, base_url="http://opsloom.test") as made:
        yield made


def forms(value: str) -> set[str]:
    """The value as it might lie about."""
    raw = value.encode()
    return {value, json.dumps(value).strip('"'), base64.b64encode(raw).decode().rstrip("="), raw.hex()}


def everything_stored(postgres: EmbeddedPostgres) -> str:
    """All rows of all tables, as the superuser sees them."""
    superuser = postgres.dsn.as_role(postgres.dsn.user, database=DATABASE)
    found: list[str] = []
    with psycopg.connect(**superuser.psycopg()) as connection:
        tables = connection.execute(
            "select quote_ident(relname) from pg_class where relkind in ('r', 'p') and not relispartition"
            " and relnamespace = 'public'::regnamespace"
        ).fetchall()
        for (table,) in tables:
            found += [row for (row,) in connection.execute(f"select t::text from {table} t").fetchall()]
    return "\n".join(found)


async def failures(linked: Linked, receiver: Receiver, shop: Shop) -> list[str]:
    """Everything that can be asked of connections with the canary as their secret, with what came of it."""
    ref = {"secret": "canary"}
    here = {"host": "127.0.0.1"}
    configs: list[dict[str, Any]] = [
        shop.reader | {"password": ref},
        {"type": "sqlalchemy", "url": f"postgresql://reader@127.0.0.1:{shop.reader['port']}/x", "password": ref},
        {"type": "redis", **here, "port": receiver.port, "password": ref},
        {"type": "smtp", **here, "port": receiver.port, "user": "u", "password": ref, "security": "none"},
    ]
    url = f"http://127.0.0.1:{receiver.port}/"
    auths: list[dict[str, Any]] = [
        {"type": "basic", "user": "u", "password": ref}, {"type": "bearer", "token": ref},
        {"type": "api_key", "name": "k", "place": "query", "key": ref}, {"type": "api_key", "name": "k", "key": ref},
        {"type": "oauth2", "token_url": url + "token", "client_id": "c", "client_secret": ref},
    ]  # fmt: skip
    configs += [{"type": kind, "url": url, "auth": auth} for auth in auths for kind in ("http", "prometheus")]
    seen: list[str] = []
    for number, config in enumerate(configs):
        key = await linked.publish(f"C {number}", config, connect_s=1, total_s=1)
        seen += [await outcome(ask(key)) for ask in questions(linked)]
        seen.append(repr(await linked.connections.ready(linked.tenant.scope, key)))
    return seen


def questions(linked: Linked) -> list[Callable[[str], Awaitable[object]]]:
    """Everything that can be asked of a connection."""
    connections, scope = linked.connections, linked.tenant.scope
    return [
        lambda key: connections.test(scope, key),
        lambda key: connections.browse(scope, key),
        lambda key: connections.safety(scope, key),
        lambda key: connections.query(scope, key, "select 1"),
        lambda key: connections.call(scope, key, HttpCall()),
        lambda key: connections.promql(scope, key, "up"),
    ]


async def outcome(asked: Awaitable[object]) -> str:
    """What came of it, as text."""
    try:
        return repr(await asked)
    except OpsloomError as error:
        return f"{error!r} {error.hint} {error.details}"


@pytest.mark.parametrize("shop", ["postgresql"], indirect=True)
async def test_the_value_is_nowhere(
    linked: Linked, shop: Shop, client: httpx2.AsyncClient, postgres: EmbeddedPostgres, told: Told
) -> None:
    headers = linked.tenant.headers
    put = await client.put("/api/v1/secrets/canary", json={"value": CANARY}, headers=headers)
    assert put.status_code == 200
    seen = [put.text]
    async with Receiver(otherwise=answers(500, f"you said {CANARY}".encode(), x_echo="no")).serving() as receiver:
        seen += await failures(linked, receiver, shop)
        assert any(CANARY in json.dumps(got.headers) or CANARY in got.path for got in receiver.received) or any(
            base64.b64encode(f"u:{CANARY}".encode()).decode() in got.headers.get("authorization", "")
            for got in receiver.received
        ), "the canary went out, so that not seeing it means something"
        config = {
            "type": "http",
            "url": f"http://127.0.0.1:{receiver.port}/",
            "auth": {"type": "bearer", "token": {"secret": "x"}},
        }
        tried = await client.post(
            "/api/v1/connections/test", json={"config": config, "secrets": {"x": CANARY}}, headers=headers
        )
        seen.append(tried.text)
    for body in ({"value": CANARY, "more": 1}, {"value": [CANARY]}, [CANARY], {"value": CANARY * 2000}):
        refused = await client.put("/api/v1/secrets/other", json=body, headers=headers)
        assert refused.status_code == 422
        seen.append(refused.text)
    for path in ("/secrets", "/connections", "/assets?kind=connection", "/audit?limit=500", "/connection-types"):
        answer = await client.get(f"/api/v1{path}", headers=headers)
        assert answer.status_code == 200, answer.text
        seen.append(answer.text)
    exported = await client.post("/api/v1/assets/export", json={}, headers=headers)
    assert exported.status_code == 200, exported.text
    assert "canary" in exported.text
    everything = {
        "answers": "\n".join(seen), **told.collect(), "export": exported.text, "database": everything_stored(postgres),
    }  # fmt: skip
    for place, text in everything.items():
        found = [form for form in forms(CANARY) if form in text]
        assert not found, f"the secret is in the {place}: …{text[max(0, text.find(found[0]) - 200) :][:400]}…"
    assert everything["traces"]
    assert "named_secrets" not in everything["answers"]


@pytest.mark.parametrize("master", [False, True])
async def test_named_secrets_outlive_a_change_of_keys(linked: Linked, core: Core, master: bool) -> None:
    await linked.secret("kept", CANARY)
    running = linked.core.part(Secrets)
    async with core.db.transaction(linked.tenant.scope) as session:
        before = await session.get_one(NamedSecret, (linked.tenant.id, "kept"))
        old = before.sealed
    summary = await key_rotation.rotate(core, master=master)
    assert "sealed anew" in summary
    async with core.db.transaction(linked.tenant.scope) as session:
        after = await session.get_one(NamedSecret, (linked.tenant.id, "kept"))
        assert after.sealed.split(".")[1] != old.split(".")[1], "it rests on the new data key"
        assert after.stamp == before.stamp, "open connections need not be opened again"
        for process in (running, load_secrets(core.settings.data_dir, None)):
            found = await vault.reveal(session, linked.tenant.scope, process, ["kept"])
            assert found["kept"].reveal() == CANARY


async def test_a_secret_is_of_its_tenant_and_name(linked: Linked, linked_process: Core) -> None:
    other = Linked(linked_process, await make_tenant(linked_process))
    await linked.secret("a", CANARY)
    await linked.secret("b", "another value")
    await other.secret("a", "the other tenant's")
    async with linked_process.db.transaction(linked.tenant.scope) as session:
        a = await session.get_one(NamedSecret, (linked.tenant.id, "a"))
        b = await session.get_one(NamedSecret, (linked.tenant.id, "b"))
        b.sealed = a.sealed  # somebody who can write rows cannot move a value to where he may use it
    with pytest.raises(OpsloomError, match="damaged or belongs elsewhere"):
        async with linked_process.db.transaction(linked.tenant.scope) as session:
            await vault.reveal(session, linked.tenant.scope, linked_process.part(Secrets), ["b"])
    summary = await key_rotation.rotate(linked_process, master=False)
    assert "cannot be read and stay" in summary, "one that is damaged keeps no other on the old key"
    await linked.secret("b", "saved again")
    assert "cannot be read" not in await key_rotation.rotate(linked_process, master=False)


async def test_calls_use_the_value_that_is_there_when_they_begin(linked: Linked) -> None:
    async with Receiver().serving() as receiver:
        await linked.secret("token", "first-value")
        auth = {"type": "bearer", "token": {"secret": "token"}}
        key = await linked.publish("Api", {"type": "http", "url": f"http://127.0.0.1:{receiver.port}/", "auth": auth})
        await linked.connections.call(linked.tenant.scope, key, HttpCall())
        await linked.secret("token", "second-value")
        await asyncio.gather(*(linked.connections.call(linked.tenant.scope, key, HttpCall()) for _ in range(3)))
    sent = [got.headers["authorization"] for got in receiver.received]
    assert sent == ["Bearer first-value"] + ["Bearer second-value"] * 3


async def test_mail_gets_the_password_and_nobody_else(linked: Linked) -> None:
    async with MailServer(password=CANARY).serving() as server:
        await linked.secret("mail", CANARY)
        config = {
            "type": "smtp",
            "host": "127.0.0.1",
            "port": server.port,
            "user": "mailer",
            "password": {"secret": "mail"},
            "security": "none",
        }
        steps = await linked.connections.test(linked.tenant.scope, await linked.publish("Mail", config))
    assert all(step.ok for step in steps), steps
    assert CANARY not in repr(steps)
