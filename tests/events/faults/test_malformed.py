"""Ten thousand malformed items in many shapes over every format, among good ones: each is refused with its reason, each good one is
kept, and nothing answers 5xx. Made from one seed, so that a failure can be looked at again."""

import copy
import json
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx2
from google.protobuf.json_format import MessageToDict

from events.intake.test_intake import group
from events.shapes import BAD_PLAIN, CLOUD, GOOD
from events.telemetry import PROTOBUF, logs, metrics, write
from fixtures.tenants import TestTenant
from opsloom.events.sources.signing import GithubScheme, sign
from opsloom.infra.core import Core

SEED = 20261123
JUNK: list[Any] = [None, True, 7, -1.5, "", "\x00", "a\x1fb", [], {}, [[]], {"a": None}, "x" * 3000, 2**70, "\ud800"]
ROUNDS, BAD_A_ROUND = 20, 84


def deformed(rng: random.Random, item: dict[str, Any], needed: list[str]) -> Any:
    """The item with one thing wrong that every reader must refuse."""
    kind = rng.randrange(4)
    if kind == 0:
        return rng.choice([None, 7, "text", [], [item], True])
    name = rng.choice(needed)
    if kind == 1:
        return {key: value for key, value in item.items() if key != name}
    return item | {name: rng.choice([each for each in JUNK if not isinstance(each, str) and each not in (None, {})])}


def mixed(rng: random.Random, good: Callable[[int], Any], bad: Callable[[int], Any], goods: int) -> list[Any]:
    """Good items among the bad ones, in any order."""
    items = [good(n) for n in range(goods)] + [bad(n) for n in range(BAD_A_ROUND)]
    rng.shuffle(items)
    return items


async def test_every_malformed_item_is_refused_with_its_reason(
    client: httpx2.AsyncClient, core: Core, tenant: TestTenant
) -> None:
    rng = random.Random(SEED)
    refused = 0
    for turn in range(ROUNDS):
        for send in (plain, lines, cloud, alerts, log_records, points):
            answer, expected, good = await send(client, core, tenant, rng, turn)
            assert answer.status_code == 200, f"{send.__name__}: {answer.text[:300]}"
            told = rejected_by(answer)
            assert told == expected, f"{send.__name__}, round {turn}: {told} of {expected} refused"
            if "accepted" in answer.text:
                assert answer.json()["accepted"] == good
                assert all(each["code"] and each["detail"] for each in answer.json()["rejected"])
            refused += told
    assert refused >= 10_000
    async with core.db.raw(tenant.scope) as connection:
        events = await connection.fetchval("select count(*) from events where tenant_id = $1", tenant.id)
        samples = await connection.fetchval("select count(*) from metric_samples where tenant_id = $1", tenant.id)
    assert (events, samples) == (ROUNDS * 5 * 3, ROUNDS * 3)


def rejected_by(answer: httpx2.Response) -> int:
    body = answer.json()
    if "rejected" in body:
        return len(body["rejected"])
    partial = body.get("partialSuccess", {})
    return int(partial.get("rejectedLogRecords") or partial.get("rejectedDataPoints") or 0)


Sent = tuple[httpx2.Response, int, int]


async def post(client: httpx2.AsyncClient, tenant: TestTenant, path: str, body: bytes, media: str) -> httpx2.Response:
    return await client.post(path, content=body, headers=tenant.headers | {"content-type": media})


def plain_items(rng: random.Random, now: str, turn: str) -> list[Any]:
    shapes = list(BAD_PLAIN.values())
    return mixed(
        rng,
        lambda n: GOOD | {"id": f"{turn}-{n}", "time": now},
        lambda n: GOOD | {"id": f"bad-{turn}-{n}", "time": now} | rng.choice(shapes)[0],
        3,
    )


async def plain(client: httpx2.AsyncClient, core: Core, tenant: TestTenant, rng: random.Random, turn: int) -> Sent:
    body = json.dumps(plain_items(rng, core.clock.now().isoformat(), f"p{turn}")).encode()
    return await post(client, tenant, "/api/v1/events", body, "application/json"), BAD_A_ROUND, 3


async def lines(client: httpx2.AsyncClient, core: Core, tenant: TestTenant, rng: random.Random, turn: int) -> Sent:
    """Lines that are no JSON beside those that are no events."""
    made = [json.dumps(each).encode() for each in plain_items(rng, core.clock.now().isoformat(), f"l{turn}")]
    broken = [rng.choice([b"{", b'{"source": }', b"nonsense", b'{"a":1}}', b"[" * 200, b"\x01"]) for _ in range(20)]
    body = b"\n".join(made + broken)
    return await post(client, tenant, "/api/v1/events", body, "application/x-ndjson"), BAD_A_ROUND + 20, 3


async def cloud(client: httpx2.AsyncClient, core: Core, tenant: TestTenant, rng: random.Random, turn: int) -> Sent:
    base = CLOUD | {"time": core.clock.now().isoformat()}
    items = mixed(
        rng,
        lambda n: base | {"id": f"c{turn}-{n}"},
        lambda _n: rng.choice(
            [
                deformed(rng, base, ["id", "source", "type", "specversion"]),
                base | {"Upper": "x"},
                base | {"ext": {"nested": 1}},
                base | {"specversion": "0.3"},
                base | {"data_base64": "!!"},
                base | {"time": "yesterday"},
            ]
        ),
        3,
    )
    body = json.dumps(items).encode()
    return await post(client, tenant, "/api/v1/events", body, "application/cloudevents-batch+json"), BAD_A_ROUND, 3


async def alerts(client: httpx2.AsyncClient, core: Core, tenant: TestTenant, rng: random.Random, turn: int) -> Sent:
    told = json.loads(group(core, {}))
    (base,) = told["alerts"]
    far = (core.clock.now() + timedelta(days=3)).isoformat()
    told["alerts"] = mixed(
        rng,
        lambda n: base | {"fingerprint": f"{turn}-{n}"},
        lambda _n: rng.choice(
            [
                deformed(rng, base, ["status", "labels", "startsAt"]),
                base | {"startsAt": far},
                base | {"labels": {"instance": "a\x00b"}},
                base | {"labels": {"alertname": 7}},
            ]
        ),
        3,
    )
    body = json.dumps(told).encode()
    return await post(client, tenant, "/ingest/alertmanager", body, "application/json"), BAD_A_ROUND, 3


async def log_records(
    client: httpx2.AsyncClient, core: Core, tenant: TestTenant, rng: random.Random, turn: int
) -> Sent:
    told = MessageToDict(logs(core.clock.now(), "good"))
    scope = told["resourceLogs"][0]["scopeLogs"][0]
    (base,) = scope["logRecords"]
    nul = copy.deepcopy(base) | {"eventName": "a\x00b"}
    scope["logRecords"] = mixed(
        rng,
        lambda n: base | {"body": {"stringValue": f"good {turn} {n}"}},
        lambda _n: rng.choice(
            [
                rng.choice([7, "text", [], True]),
                base | {"timeUnixNano": rng.choice(["soon", [], str(2**63), {}])},
                base | {"body": rng.choice([7, {"intValue": "x"}])},
                base | {"attributes": rng.choice([7, "a", [1], {"key": 1}])},
                base | {"severityNumber": rng.choice([[], {}])},
                nul,
            ]
        ),
        3,
    )
    body = json.dumps(told).encode()
    return await post(client, tenant, "/ingest/otlp/v1/logs", body, "application/json"), BAD_A_ROUND, 3


async def points(client: httpx2.AsyncClient, core: Core, tenant: TestTenant, rng: random.Random, turn: int) -> Sent:
    now = core.clock.now() + timedelta(milliseconds=turn)
    told = MessageToDict(metrics(now, {"good": 1.0}))
    scope = told["resourceMetrics"][0]["scopeMetrics"][0]
    (base,) = scope["metrics"]
    (point,) = base["gauge"]["dataPoints"]

    def bad(_n: int) -> Any:
        wrong = [
            {"asDouble": "NaN"},
            {"asDouble": "Infinity"},
            {"asDouble": {}},
            {"timeUnixNano": "1"},
            {"timeUnixNano": "x"},
        ]
        return rng.choice(
            [
                rng.choice([7, "text", [], True, {}]),
                base | {"name": rng.choice(["", "x" * 300, "a\x00b", "a\nb"])},
                base | {"gauge": {"dataPoints": [point | rng.choice(wrong)]}},
                base | {"gauge": rng.choice([7, {"dataPoints": 7}])},
            ]
        )

    scope["metrics"] = mixed(rng, lambda n: base | {"name": f"good.{n}"}, bad, 3)
    body = json.dumps(told).encode()
    return await post(client, tenant, "/ingest/otlp/v1/metrics", body, "application/json"), BAD_A_ROUND, 3


async def test_bytes_that_are_no_request_at_all_are_never_a_server_error(
    client: httpx2.AsyncClient, core: Core, tenant: TestTenant
) -> None:
    rng = random.Random(SEED)
    made = await client.post(
        "/api/v1/events/sources", json={"name": "noise", "scheme": {"type": "github"}}, headers=tenant.headers
    )
    hook, secret = made.json()["source"]["path"], made.json()["secret"]
    now = core.clock.now()
    seeds = [
        logs(now, "x").SerializeToString(),
        metrics(now, {"a": 1.0}).SerializeToString(),
        write(now, ({"job": "a"}, 1.0)),
    ]
    for _ in range(150):
        body = bytearray(rng.choice(seeds))
        for _ in range(rng.randrange(1, 6)):
            body[rng.randrange(len(body))] = rng.randrange(256)
        noise = bytes(body[: rng.randrange(1, len(body) + 1)])
        signed = sign(GithubScheme(), secret, "d", noise, now)
        sent = [
            ("/ingest/otlp/v1/logs", {"content-type": PROTOBUF}),
            ("/ingest/otlp/v1/metrics", {"content-type": PROTOBUF}),
            ("/ingest/prometheus/write", {"content-type": PROTOBUF, "content-encoding": "snappy"}),
            (hook, signed),
        ]
        path, headers = rng.choice(sent)
        answer = await client.post(path, content=noise, headers=tenant.headers | headers)
        assert answer.status_code < 500, f"{path}: {answer.text[:300]}"
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
