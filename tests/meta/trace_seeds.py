"""Two traces for the generated tests, the canary in every text; their spans carry inputs."""

from typing import TYPE_CHECKING

from opsloom.infra import recording
from opsloom.infra.core import Core
from opsloom.infra.parts import AssetUsed, Failure, TraceKind
from opsloom.infra.telemetry import current_trace_id, span
from opsloom.kit.ids import new_id
from opsloom.traces.collector import Collector
from opsloom.traces.sampling import Sampler
from opsloom.traces.writer import TraceWriter

if TYPE_CHECKING:
    from meta.seeds import Body, Door, Seeds

SLOTS = {"trace_id": "trace", "span_id": "span"}
SLOTS_OF = {
    ("compare_traces", "with"): "trace",
    ("list_traces", "subject"): "trace_subject",
    ("count_traces", "subject"): "trace_subject",
    ("list_traces", "asset"): "trace_asset",
    ("count_traces", "asset"): "trace_asset",
}
BODIES: "dict[str, Body]" = {"report_page_error": lambda ids: {"message": "probe", "last_request": ids["trace"]}}


async def traces(door: "Door", seeds: "Seeds", core: Core) -> None:
    """Written by a collector of their own, so that what the probes themselves do is not recorded."""
    collector = Collector(Sampler(0.0, lambda: 1.0))
    name = seeds.canary
    seeds.ids["trace_subject"], seeds.ids["trace_asset"] = str(new_id()), str(new_id())
    before = recording.send_to(collector)
    try:
        for _ in range(2):
            told(seeds, name)
    finally:
        recording.send_to(before)
    writer = TraceWriter(core.db, collector, retention_days=14)
    await writer.keep_partitions()
    await writer.flush()
    await door.put_plain("/traces/keeping", {"days": 9, "hidden_names": [name]})


def told(seeds: "Seeds", name: str) -> None:
    """A question with a step."""
    used = AssetUsed("tool", new_id(), name, 1)
    with span("ask", owner=seeds.tenant.scope, note=name) as current:
        recording.about(TraceKind.QUESTION, name, used)
        recording.went_wrong(Failure("tool", name, name))
        recording.keep(input={"text": name})
        seeds.ids["trace"] = str(current_trace_id())
        seeds.ids["span"] = f"{current.get_span_context().span_id:016x}"
        with span("ask.tool"):
            pass
