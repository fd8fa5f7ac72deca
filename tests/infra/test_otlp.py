"""Traces reach a collector over OTLP/HTTP, carry no secret, and a collector that is away or hangs holds nobody up."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from fakes.receiver import Behaviour, Receiver, answers, hangs
from fixtures.server import EMAIL, PASSWORD, RunningServer, free_port
from fixtures.waiting import until
from opsloom.infra.telemetry import traces_address

SMALL_QUEUE = {"OTEL_BSP_MAX_QUEUE_SIZE": "64", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "4"}  # a queue of many sendings
EXIT_LIMIT_S = 20
CANARY = "canary-9c41-in-an-address"


def exported(collector: Receiver) -> list[Span]:
    """Every span that came in so far."""
    found = []
    for request in collector.received:
        message = ExportTraceServiceRequest.FromString(request.body)
        for resource in message.resource_spans:
            service = {each.key: each.value.string_value for each in resource.resource.attributes}
            assert service["service.name"] == "opsloom"
            found += [span for scope in resource.scope_spans for span in scope.spans]
    return found


def attributes(span: Span) -> dict[str, object]:
    """Its attributes as plain values."""

    def plain(value: AnyValue) -> object:
        return getattr(value, value.WhichOneof("value") or "string_value")

    return {each.key: plain(each.value) for each in span.attributes}


def server_spans(collector: Receiver) -> dict[str, Span]:
    """The spans of requests, by trace id."""
    return {span.trace_id.hex(): span for span in exported(collector) if span.kind == Span.SPAN_KIND_SERVER}


@asynccontextmanager
async def served(folder: Path, endpoint: str, **settings: str) -> AsyncIterator[RunningServer]:
    """A server that exports to `endpoint`; it must end in time, whatever the collector does."""
    server = RunningServer(folder, OPSLOOM_OTLP_ENDPOINT=endpoint, OTEL_BSP_SCHEDULE_DELAY="100", **settings)
    await asyncio.to_thread(server.start)
    try:
        yield server
    finally:
        assert await asyncio.to_thread(server.stop, EXIT_LIMIT_S) == 0, server.log_tail()


async def test_spans_arrive_with_the_callers_trace_and_the_routes_name(tmp_path: Path) -> None:
    async with (
        Receiver(answers(200, b"")).serving() as collector,
        served(tmp_path, f"http://127.0.0.1:{collector.port}") as server,
        httpx2.AsyncClient(base_url=server.url, timeout=30) as client,
    ):
        headers = await asyncio.to_thread(server.sign_in)
        trace_id, parent = secrets.token_hex(16), secrets.token_hex(8)
        called = await client.get("/api/v1/keys", headers=headers | {"traceparent": f"00-{trace_id}-{parent}-01"})
        assert (called.status_code, called.headers["x-trace-id"]) == (200, trace_id)
        refused = await client.get(f"/api/v1/alerts/{CANARY}", headers=headers)
        unknown = (await client.get("/runtime/nowhere", headers=headers)).json()["trace_id"]
        wanted = {trace_id, refused.json()["trace_id"], unknown}
        await until(lambda: wanted <= server_spans(collector).keys(), limit_s=30)
    assert {(request.method, request.path) for request in collector.received} == {("POST", "/v1/traces")}
    assert {request.headers["content-type"] for request in collector.received} == {"application/x-protobuf"}
    spans = server_spans(collector)
    assert (spans[trace_id].name, spans[trace_id].parent_span_id.hex()) == ("GET /api/v1/keys", parent)
    assert attributes(spans[trace_id]) == {
        "http.request.method": "GET",
        "http.route": "/api/v1/keys",
        "http.response.status_code": 200,
    }
    assert spans[refused.json()["trace_id"]].name == "GET /api/v1/alerts/{alert_id}"
    assert attributes(spans[refused.json()["trace_id"]])["http.response.status_code"] == 422
    assert spans[unknown].name == "GET /runtime/{path}"


async def test_no_secret_is_in_what_leaves(tmp_path: Path) -> None:
    nobody = free_port()
    async with (
        Receiver(answers(200, b"")).serving() as collector,
        served(tmp_path, collector.url, OPSLOOM_EGRESS_ALLOW="127.0.0.1") as server,
        httpx2.AsyncClient(base_url=server.url, timeout=30) as client,
    ):
        bearer = await asyncio.to_thread(server.sign_in)
        wrong = {"email": EMAIL, "password": "wrong-horse-4b1d"}
        assert (await client.post("/api/v1/auth/login", json=wrong)).status_code == 401
        made = await client.post("/api/v1/keys", json={"name": "k", "scopes": ["events.read"]}, headers=bearer)
        key = made.json()["key"]
        await client.get(f"/api/v1/events?q={CANARY}", headers={"X-API-Key": key})
        await client.get(f"/runtime/{CANARY}", headers={"X-API-Key": key})
        await client.get(f"/{CANARY}")
        hook = {"type": "webhook", "url": f"http://127.0.0.1:{nobody}/{CANARY}", "headers": {"X-Token": CANARY}}
        channel = await client.post("/api/v1/channels", json={"name": "Hook", "config": hook}, headers=bearer)
        assert channel.status_code == 201, channel.text
        tested = await client.post(f"/api/v1/channels/{channel.json()['id']}/test", headers=bearer)
        assert tested.status_code == 202, tested.text
        await until(lambda: any(span.name == "http.out" for span in exported(collector)), limit_s=30)
    assert {request.path for request in collector.received} == {"/hook"}, "an address with a path is used as it is"
    (out, *_) = [span for span in exported(collector) if span.name == "http.out"]
    assert (out.status.code, out.status.message) == (Status.STATUS_CODE_ERROR, "")
    assert attributes(out)["error.type"] == "ConnectionLost"
    sent = b"".join(request.body for request in collector.received)
    secret = channel.json()["secret"]
    for canary in (CANARY, PASSWORD, "wrong-horse-4b1d", key, secret, bearer["Authorization"].split()[1]):
        holders = [str(span) for span in exported(collector) if canary in str(span)]
        assert holders == [], canary
        assert canary.encode() not in sent, canary


@pytest.mark.parametrize("behaviour", [hangs, answers(503)], ids=["hangs", "unwilling"])
async def test_a_collector_that_takes_nothing_holds_nobody_up(tmp_path: Path, behaviour: Behaviour) -> None:
    async with Receiver(behaviour).serving() as collector:
        async with (
            served(tmp_path, collector.url, **SMALL_QUEUE) as server,
            httpx2.AsyncClient(base_url=server.url, timeout=30) as client,
        ):
            await collector.wait_for(1)
            statuses = [(await client.get("/api/v1/me")).status_code for _ in range(100)]
            assert statuses == [401] * 100, "more spans than the queue holds, and every request is answered"
            await until(server.is_ready)
        assert collector.received, "it held on until after the server had ended"


async def test_without_a_collector_everything_works_and_the_loss_is_counted(tmp_path: Path) -> None:
    async with (
        served(tmp_path, f"http://127.0.0.1:{free_port()}", **SMALL_QUEUE) as server,
        httpx2.AsyncClient(base_url=server.url, timeout=30) as client,
    ):
        assert (await client.get("/api/v1/me")).status_code == 401

        async def counted() -> bool:
            return 'opsloom_spans_exported_total{outcome="lost"}' in (await client.get("/metrics")).text

        await until(counted, limit_s=60, pause_s=0.1)


def test_an_address_without_a_path_gets_the_one_of_traces() -> None:
    assert traces_address("http://collector:4318") == "http://collector:4318/v1/traces"
    assert traces_address("https://collector/") == "https://collector/v1/traces"
    assert traces_address("https://collector/custom/traces?t=1") == "https://collector/custom/traces?t=1"
