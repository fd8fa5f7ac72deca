"""Spans become parts that belong to one tenant, are held within bounds, and reach the database when it is there."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from fixtures.tenants import TestTenant
from opsloom.infra import recording
from opsloom.infra.core import Core
from opsloom.infra.db import Database
from opsloom.infra.parts import AssetUsed, Failure, Part, Record, TraceKind
from opsloom.infra.revealed import remember
from opsloom.infra.telemetry import current_trace_id, span
from opsloom.kit.errors import ConnectionLost
from opsloom.traces import keeping
from opsloom.traces.collector import Collector
from opsloom.traces.page_errors import A_MINUTE
from opsloom.traces.sampling import MOST_ERRORS_A_SECOND, Sampler
from opsloom.traces.writer import TraceWriter


def never() -> float:
    return 1.0


def collector(**bounds: int) -> Collector:
    """Keeps what is always kept and the first of a second, nothing by chance."""
    return Collector(Sampler(0.0, never), **bounds)


@pytest.fixture
def sink() -> Iterator[Collector]:
    """Where spans of the test go."""
    made = collector()
    before = recording.send_to(made)
    yield made
    recording.send_to(before)


@pytest_asyncio.fixture
async def writer(core: Core, sink: Collector) -> AsyncIterator[TraceWriter]:
    made = TraceWriter(core.db, sink, retention_days=14)
    await made.keep_partitions()
    yield made


def question(tenant: TestTenant, name: str = "how many?") -> str:
    """A trace of a question with a tool inside; its id."""
    with span("ask", owner=tenant.scope, zone="UTC"):
        recording.about(TraceKind.QUESTION, name, AssetUsed("tool", None, "metrics", 3))
        with span("ask.tool", rows=2):
            recording.keep(input={"sql": "select 1", "password": "hunter2-canary"}, output=[1, 2])
        trace_id = current_trace_id()
        assert trace_id is not None
        return trace_id


async def shown(client: httpx2.AsyncClient, tenant: TestTenant, path: str) -> dict[str, Any]:
    answer = await client.get(f"/api/v1/traces{path}", headers=tenant.headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_question_is_found_with_its_spans(
    client: httpx2.AsyncClient, tenant: TestTenant, other_tenant: TestTenant, writer: TraceWriter
) -> None:
    trace_id = question(tenant)
    await writer.flush()
    listed = (await shown(client, tenant, "?q=how+many&kind=question"))["items"]
    assert [(part["trace_id"], part["spans"], part["assets"][0]["version"]) for part in listed] == [(trace_id, 2, 3)]
    trace = await shown(client, tenant, f"/{trace_id}")
    assert [(each["name"], each["depth"], each["has_payload"]) for each in trace["spans"]] == [
        ("ask", 0, False),
        ("ask.tool", 1, True),
    ]
    detail = await shown(client, tenant, f"/{trace_id}/spans/{trace['spans'][1]['id']}")
    assert detail["attributes"] == {"rows": 2}
    assert detail["payload"] == {"input": {"sql": "select 1", "password": "***"}, "output": [1, 2]}
    foreign = await client.get(f"/api/v1/traces/{trace_id}", headers=other_tenant.headers)
    assert (foreign.status_code, foreign.json()["code"]) == (404, "trace_not_found")


async def test_two_questions_are_compared(client: httpx2.AsyncClient, tenant: TestTenant, writer: TraceWriter) -> None:
    first, second = question(tenant), question(tenant, "and now?")
    await writer.flush()
    compared = await shown(client, tenant, f"/{first}/comparison?with={second}")
    assert compared["counts"] == {"same": 2}
    assert compared["assets"] == [{"kind": "tool", "name": "metrics", "before": 3, "after": 3}]
    facets = await shown(client, tenant, "/facets?kind=question")
    assert [(each["value"], each["count"]) for each in facets["kinds"]] == [("question", 2)]


def test_work_of_two_tenants_is_kept_for_neither(sink: Collector, tenant: TestTenant, other_tenant: TestTenant) -> None:
    with span("ask", owner=tenant.scope):
        recording.about(TraceKind.QUESTION)
        with span("inside", owner=other_tenant.scope):
            pass
    with span("nobody's"):
        recording.about(TraceKind.QUESTION)
    assert not sink.waiting
    assert sink.held == (0, 0)


async def test_a_span_that_outlives_its_part_comes_after_it(
    client: httpx2.AsyncClient, tenant: TestTenant, writer: TraceWriter, sink: Collector
) -> None:
    going = asyncio.Event()

    async def straggler() -> None:
        with span("straggler"):
            await going.wait()

    with span("ask", owner=tenant.scope):
        recording.about(TraceKind.QUESTION)
        trace_id = current_trace_id()
        task = asyncio.create_task(straggler())
        await asyncio.sleep(0)
    await writer.flush()
    going.set()
    await task
    await writer.flush()
    trace = await shown(client, tenant, f"/{trace_id}")
    assert [each["name"] for each in trace["spans"]] == ["ask", "straggler"]
    assert sink.held == (0, 0)


def test_a_storm_is_held_within_bounds(tenant: TestTenant) -> None:
    small = collector(most_spans=100, most_bytes=10_000)
    before = recording.send_to(small)
    try:
        for _ in range(50):
            with span("ask", owner=tenant.scope):
                recording.about(TraceKind.QUESTION)
                for _ in range(20):
                    with span("step"):
                        recording.keep(output="x" * 1_000)
                assert small.held[0] <= 100
                assert small.held[1] <= 10_000
    finally:
        recording.send_to(before)
    assert sum(part.lost for part in small.waiting) > 0


def test_errors_are_kept_up_to_so_many_a_second(tenant: TestTenant) -> None:
    sampler = Sampler(0.0, never)
    part = Part("0" * 32, 0, owner=tenant.scope, failure=Failure("database"))
    kept = [sampler.keeps(part, 7.5) for _ in range(MOST_ERRORS_A_SECOND + 10)]
    assert kept.count(True) == MOST_ERRORS_A_SECOND
    plain = Part("0" * 32, 0, owner=tenant.scope, kind=TraceKind.REQUEST)
    assert not sampler.keeps(plain, 7.5)


class Away(Database):
    """A database that cannot be reached."""

    def raw(self, scope: Any) -> Any:
        raise ConnectionLost("away")


async def test_a_database_that_is_away_loses_nothing_that_fits(
    core: Core, client: httpx2.AsyncClient, tenant: TestTenant, writer: TraceWriter, sink: Collector
) -> None:
    trace_id = question(tenant)
    gone = TraceWriter(Away(core.db.dsn, pool_size=2), sink, retention_days=14)
    with pytest.raises(ConnectionLost):
        await gone.flush()
    assert sink.held[0] == 2
    await writer.flush()
    assert (await shown(client, tenant, f"/{trace_id}"))["complete"]
    assert sink.held == (0, 0)


async def test_what_the_database_refuses_is_dropped_and_the_next_is_written(
    client: httpx2.AsyncClient, tenant: TestTenant, writer: TraceWriter, sink: Collector
) -> None:
    bad = Part("f" * 32, 1, owner=tenant.scope, kind=TraceKind.QUESTION, is_closed=True)
    bad.records.append(Record(2**70, 0, "bad", 2**70, 2**70, "", {}))
    sink.bring(bad)
    await writer.flush()
    trace_id = question(tenant)
    await writer.flush()
    assert (await shown(client, tenant, f"/{trace_id}"))["parts"]
    assert sink.held == (0, 0)


async def test_secrets_in_use_are_hidden_wherever_they_stand(
    core: Core, client: httpx2.AsyncClient, tenant: TestTenant, writer: TraceWriter
) -> None:
    remember("vault-canary-5521")
    saved = await client.put("/api/v1/traces/keeping", json={"hidden_names": ["ssn"]}, headers=tenant.headers)
    assert saved.status_code == 200, saved.text
    with span("ask", owner=tenant.scope, url="https://x/?k=vault-canary-5521"):
        recording.about(TraceKind.QUESTION, "what is vault-canary-5521?")
        recording.keep(
            input={"text": "a vault-canary-5521 b", "my_ssn": "12-canary", "nested": [{"Authorization": "B canary"}]}
        )
        trace_id = current_trace_id()
    await writer.flush()
    rows = await stored(core, tenant)
    assert str(trace_id) in rows
    assert "canary" not in rows


async def stored(core: Core, tenant: TestTenant) -> str:
    """All that is stored of a tenant's traces."""
    async with core.db.raw(tenant.scope) as connection:
        spans = await connection.fetch("select s::text from spans s")
        parts = await connection.fetch("select t::text from traces t")
    return "\n".join(str(row[0]) for row in [*spans, *parts])


async def test_a_page_reports_its_error_into_the_trace_of_its_request(
    core: Core, client: httpx2.AsyncClient, tenant: TestTenant
) -> None:
    trace_id = "ab" * 16
    told = {"message": "cannot read x", "page": "/ask", "stack": "at x", "last_request": trace_id}
    answers = [await client.post("/api/v1/page-errors", json=told, headers=tenant.headers) for _ in range(A_MINUTE + 1)]
    assert {each.status_code for each in answers[:A_MINUTE]} == {202}
    assert answers[-1].json()["code"] == "too_many_page_errors"
    await TraceWriter(core.db, core.part(Collector), retention_days=14).flush()
    trace = await shown(client, tenant, f"/{trace_id}")
    assert {(part["kind"], part["family"], part["detail"]) for part in trace["parts"]} == {("page", "page", "/ask")}
    assert len(trace["parts"]) == A_MINUTE


async def test_the_oldest_go_first(
    core: Core, client: httpx2.AsyncClient, tenant: TestTenant, writer: TraceWriter
) -> None:
    traces = [question(tenant, f"number {n}") for n in range(3)]
    await writer.flush()
    await client.put("/api/v1/traces/keeping", json={"max_rows": 4}, headers=tenant.headers)
    await keeping.keep(core, tenant.scope)
    listed = (await shown(client, tenant, "?kind=question"))["items"]
    assert [part["trace_id"] for part in listed] == [traces[2], traces[1]]
    assert (await shown(client, tenant, "/keeping"))["kept_rows"] == 4
