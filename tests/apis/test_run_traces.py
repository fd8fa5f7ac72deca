"""Runs of APIs that had no spans are traced from their log rows; errors come first, the rest in shares."""

from apis.conftest import Builder
from opsloom.apis import run_traces
from opsloom.apis.run_log import RunRow
from opsloom.infra.parts import TraceStatus
from opsloom.kit.ids import new_id
from opsloom.traces.collector import Collector
from opsloom.traces.sampling import Sampler
from opsloom.traces.writer import TraceWriter


def row(builder: Builder, *, status: int = 200, code: str = "", traced: bool = False) -> RunRow:
    return RunRow(
        tenant_id=builder.tenant.id, at=builder.core.clock.now(), id=new_id(), api_id=new_id(), api_name="hosts", version=2,
        path="hosts", method="GET", actor_kind="key", actor_id=None, actor_name="k", status=status, code=code, detail="",
        parameters={"host": "web-1"}, rows=1, bytes=10, truncated=False, cache="MISS", total_ms=10.0, queue_ms=1.0,
        database_ms=6.0, guard_ms=0.5, serialise_ms=2.0, trace_id=f"{new_id().int:032x}", traced=traced,
    )  # fmt: skip


async def test_a_failed_run_has_a_trace_of_its_time(builder: Builder) -> None:
    collector = Collector(Sampler(0.0, lambda: 1.0))
    failed = row(builder, status=504, code="deadline_passed")
    run_traces.bring(collector, [failed, row(builder, status=500, traced=True)])
    [part] = collector.waiting
    assert part.failure is not None
    assert (part.failure.family, part.failure.status) == ("deadline_passed", TraceStatus.ERROR)
    writer = TraceWriter(builder.core.db, collector, retention_days=14)
    await writer.keep_partitions()
    await writer.flush()
    answer = await builder.client.get(f"/api/v1/traces/{failed.trace_id}", headers=builder.tenant.headers)
    spans = [(each["name"], each["depth"], round(each["duration_ms"], 1)) for each in answer.json()["spans"]]
    assert spans == [
        ("api.run", 0, 12.0),
        ("api.guard", 1, 0.5),
        ("api.queue", 1, 1.0),
        ("api.database", 1, 6.0),
        ("api.serialise", 1, 2.0),
    ]


async def test_only_the_first_of_a_second_are_traced_and_a_share(builder: Builder) -> None:
    collector = Collector(Sampler(0.0, lambda: 1.0))
    run_traces.bring(collector, [row(builder) for _ in range(500)])
    assert 5 <= len(collector.waiting) <= 10
