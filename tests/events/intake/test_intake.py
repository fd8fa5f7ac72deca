"""Other systems' formats through the real routes: what is answered is stored, once, and what is refused says why."""

import gzip
import json
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse

from events.telemetry import PROTOBUF, logs, metrics, packed, write, write_2
from fixtures.tenants import TestTenant
from opsloom.events.intake_log import IntakeLog
from opsloom.events.metric_intake import MetricIntake
from opsloom.identity.permissions import Role
from opsloom.infra.core import Core

SNAPPY = {"content-type": PROTOBUF, "content-encoding": "snappy"}
V2 = {"content-type": f"{PROTOBUF};proto=io.prometheus.write.v2.Request", "content-encoding": "snappy"}


async def send(
    client: httpx2.AsyncClient, tenant: TestTenant, path: str, body: bytes, **headers: str
) -> httpx2.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await client.post(f"/ingest/{path}", content=body, headers=tenant.headers | named)


async def events_of(client: httpx2.AsyncClient, tenant: TestTenant) -> list[dict[str, Any]]:
    answer = await client.get("/api/v1/events", headers=tenant.headers)
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def values_of(core: Core, tenant: TestTenant) -> list[tuple[str, str, str, float]]:
    async with core.db.raw(tenant.scope) as connection:
        rows = await connection.fetch(
            "select i.type, i.name, s.metric, m.value from metric_samples m "
            "join metric_series s on s.tenant_id = m.tenant_id and s.id = m.series_id "
            "join configuration_items i on i.tenant_id = s.tenant_id and i.id = s.ci_id "
            "where m.tenant_id = $1 order by 1, 2, 3, 4",
            tenant.id,
        )
    return [tuple(row) for row in rows]


def group(core: Core, *alerts: dict[str, Any]) -> bytes:
    now = core.clock.now()
    fires = {
        "status": "firing",
        "labels": {"alertname": "DiskFull", "instance": "db-01:9100", "severity": "page"},
        "annotations": {"summary": "디스크가 가득 찼습니다"},
        "startsAt": now.isoformat(),
        "endsAt": "0001-01-01T00:00:00Z",
        "fingerprint": "c0ffee",
    }
    told = {"version": "4", "receiver": "opsloom", "groupKey": "{}", "externalURL": "http://am:9093"}
    return json.dumps(told | {"alerts": [fires | each for each in alerts]}).encode()


async def test_each_alert_of_alertmanager_is_one_event_however_often_it_is_told(
    client: httpx2.AsyncClient, core: Core, tenant: TestTenant
) -> None:
    end = core.clock.now().isoformat()
    body = group(core, {}, {"status": "resolved", "endsAt": end}, {"status": "odd"}, {"labels": {"a": 1}})
    first = await send(client, tenant, "alertmanager", body, content_type="application/json")
    again = await send(client, tenant, "alertmanager", body, content_type="application/json")
    assert first.status_code == 200, first.text
    assert (first.json()["accepted"], again.json()["duplicates"]) == (2, 2)
    assert [each["pointer"] for each in first.json()["rejected"]] == ["/alerts/2/status", "/alerts/3/labels"]
    fired = next(each for each in await events_of(client, tenant) if each["type"] == "alertmanager.firing")
    assert (fired["source"], fired["subject"], fired["severity"]) == ("http://am:9093", "db-01:9100", "critical")
    assert fired["data"]["message"] == "디스크가 가득 찼습니다"
    assert fired["attributes"]["alertname"] == "DiskFull"


@pytest.mark.parametrize("form", ["protobuf", "gzip", "json"])
async def test_log_records_of_otlp_become_events(
    client: httpx2.AsyncClient, core: Core, tenant: TestTenant, form: str
) -> None:
    request = logs(core.clock.now(), "결제 실패", "payment declined")
    headers = {"content_type": PROTOBUF}
    body = request.SerializeToString()
    if form == "gzip":
        headers["content_encoding"], body = "gzip", gzip.compress(body)
    if form == "json":
        headers["content_type"], body = "application/json", _json(request)
    answers = [await send(client, tenant, "otlp/v1/logs", body, **headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200], answers[0].text
    assert answers[0].headers["content-type"] == headers["content_type"]
    if form != "json":
        assert not ExportLogsServiceResponse.FromString(answers[0].content).HasField("partial_success")
    found = await events_of(client, tenant)
    assert {each["data"]["message"] for each in found} == {"결제 실패", "payment declined"}
    assert len(found) == 2  # the second request was a repetition
    (one, _) = found
    assert (one["source"], one["subject"], one["severity"], one["type"]) == ("checkout", "app-01", "error", "log")
    assert one["attributes"] == {"service.name": "checkout", "host.name": "app-01", "retries": 3}
    assert one["data"]["trace_id"] == bytes(range(16)).hex()


def _json(request: Any) -> bytes:
    """As a collector writes it: ids in hex, which protobuf's own JSON does not."""
    from google.protobuf.json_format import MessageToDict

    told = MessageToDict(request)
    for record in told["resourceLogs"][0]["scopeLogs"][0]["logRecords"]:
        record["traceId"] = bytes(range(16)).hex()
    return json.dumps(told).encode()


async def test_refused_records_are_told_as_partial_success(
    client: httpx2.AsyncClient, core: Core, tenant: TestTenant
) -> None:
    request = logs(core.clock.now(), "good", "bad")
    request.resource_logs[0].scope_logs[0].log_records[1].time_unix_nano = 2**63
    answer = await send(client, tenant, "otlp/v1/logs", request.SerializeToString(), content_type=PROTOBUF)
    told = ExportLogsServiceResponse.FromString(answer.content).partial_success
    assert (answer.status_code, told.rejected_log_records) == (200, 1)
    assert "more than one day in the future" in told.error_message
    assert [each["data"]["message"] for each in await events_of(client, tenant)] == ["good"]


async def test_metrics_of_otlp_become_samples_of_their_service(
    client: httpx2.AsyncClient, core: Core, tenant: TestTenant
) -> None:
    now = core.clock.now()
    request = metrics(now, {"queue.length": 7.0, "not.a.number": float("nan")})
    point = request.resource_metrics[0].scope_metrics[0].metrics.add(name="latency", unit="ms").histogram
    point.data_points.add(time_unix_nano=int(now.timestamp() * 1e9), count=4, sum=10.0)
    body = request.SerializeToString()
    answer = await send(client, tenant, "otlp/v1/metrics", body, content_type=PROTOBUF)
    told = ExportMetricsServiceResponse.FromString(answer.content).partial_success
    assert (answer.status_code, told.rejected_data_points) == (200, 1), answer.text
    assert await values_of(core, tenant) == [
        ("service", "checkout", "latency.count", 4.0),
        ("service", "checkout", "latency.sum", 10.0),
        ("service", "checkout", "queue.length", 7.0),
    ]
    await send(client, tenant, "otlp/v1/metrics", body, content_type=PROTOBUF)
    assert len(await values_of(core, tenant)) == 3


@pytest.mark.parametrize(("make", "headers"), [(write, SNAPPY), (write_2, V2)], ids=["1.0", "2.0"])
async def test_prometheus_writes_samples_of_its_hosts(
    client: httpx2.AsyncClient, core: Core, tenant: TestTenant, make: Any, headers: dict[str, str]
) -> None:
    now = core.clock.now()
    body = make(
        now,
        ({"__name__": "up", "instance": "db-01:9100", "job": "node"}, 1.0),
        ({"__name__": "load", "job": "cron"}, 0.5),
        ({"__name__": "gone", "instance": "db-01:9100"}, float.fromhex("nan")),
    )
    answer = await client.post("/ingest/prometheus/write", content=body, headers=tenant.headers | headers)
    assert answer.status_code == 400, answer.text  # NaN is refused, the others are stored
    assert [each["code"] for each in answer.json()["errors"]] == ["number_out_of_range"]
    assert await values_of(core, tenant) == [("host", "db-01", "up", 1.0), ("service", "cron", "load", 0.5)]
    good = make(now + timedelta(seconds=1), ({"__name__": "up", "instance": "db-01:9100", "job": "node"}, 0.0))
    answer = await client.post("/ingest/prometheus/write", content=good, headers=tenant.headers | headers)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers.get("x-prometheus-remote-write-samples-written") == ("1" if headers is V2 else None)


UNREADABLE: list[tuple[str, bytes, dict[str, str], int]] = [
    ("otlp/v1/logs", b"\xff\xff\xff", {"content_type": PROTOBUF}, 400),
    ("otlp/v1/logs", b"[]", {"content_type": "application/json"}, 400),
    ("otlp/v1/logs", b"{}", {"content_type": "text/plain"}, 415),
    ("otlp/v1/metrics", b"\x0a\xff", {"content_type": PROTOBUF}, 400),
    ("otlp/v1/metrics", gzip.compress(b"\0" * 9_000_000), {"content_type": PROTOBUF, "content_encoding": "gzip"}, 413),
    ("prometheus/write", b"junk", SNAPPY, 400),
    ("prometheus/write", packed(b"\xff"), SNAPPY, 400),
    ("prometheus/write", packed(b"\0" * 40_000_000), SNAPPY, 413),
    ("prometheus/write", b"", {"content_type": PROTOBUF, "content_encoding": "gzip"}, 415),
    ("alertmanager", b'{"version": "3", "alerts": []}', {"content_type": "application/json"}, 400),
]  # fmt: skip


@pytest.mark.parametrize("case", UNREADABLE)
async def test_what_cannot_be_read_is_refused_whole_and_noted(  # with the reason where the sender's keeper sees it
    client: httpx2.AsyncClient,
    core: Core,
    tenant: TestTenant,
    case: tuple[str, bytes, dict[str, str], int],
) -> None:
    path, body, headers, status = case
    answer = await send(client, tenant, path, body, **headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    assert await events_of(client, tenant) == []
    assert await values_of(core, tenant) == []


async def test_the_page_of_sources_counts_and_shows_what_was_refused(
    client: httpx2.AsyncClient, core: Core, tenant: TestTenant
) -> None:
    body = group(core, {}, {"status": "odd"})
    await send(client, tenant, "alertmanager", body, content_type="application/json")
    await send(client, tenant, "otlp/v1/logs", b"[1]", content_type="application/json")
    await core.part(IntakeLog).flush()
    viewer = tenant.as_role(Role.VIEWER)
    doors = (await client.get("/api/v1/events/sources", headers=viewer)).json()["doors"]
    counts = {each["door"]: (each["counts"]["accepted"], each["counts"]["refused"]) for each in doors}
    assert (counts["alertmanager"], counts["otlp_logs"], counts["events"]) == ((1, 1), (0, 1), (0, 0))
    (refused,) = (await client.get("/api/v1/events/refusals", params={"door": "alertmanager"}, headers=viewer)).json()[
        "items"
    ]
    assert (refused["code"], refused["pointer"]) == ("invalid_value", "/alerts/1/status")
    assert '"odd"' in refused["item"]


async def test_more_than_can_wait_is_told_to_come_back(
    client: httpx2.AsyncClient, core: Core, tenant: TestTenant
) -> None:
    body = metrics(core.clock.now(), {"queue.length": 7.0}).SerializeToString()
    usual = core.part(MetricIntake)
    core.parts[MetricIntake] = MetricIntake(most_waiting=0)
    try:
        answer = await send(client, tenant, "otlp/v1/metrics", body, content_type=PROTOBUF)
    finally:
        core.parts[MetricIntake] = usual
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert await values_of(core, tenant) == []
    again = await send(client, tenant, "otlp/v1/metrics", body, content_type=PROTOBUF)
    assert again.status_code == 200
    assert len(await values_of(core, tenant)) == 1


async def test_metrics_of_what_is_in_the_inventory_belong_to_it(
    client: httpx2.AsyncClient, core: Core, tenant: TestTenant
) -> None:
    now = core.clock.now()
    for second in range(2):  # the second time nothing has to be looked up
        body = write(now + timedelta(seconds=second), ({"__name__": "up", "instance": "db-01:9100"}, 1.0))
        answer = await client.post("/ingest/prometheus/write", content=body, headers=tenant.headers | SNAPPY)
        assert answer.status_code == 204, answer.text
    items = (await client.get("/api/v1/items", headers=tenant.headers)).json()["items"]
    assert [(each["type"], each["name"]) for each in items] == [("host", "db-01")]
    assert await values_of(core, tenant) == [("host", "db-01", "up", 1.0)] * 2
