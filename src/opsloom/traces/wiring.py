"""Puts the inspector together for one process; the composition root calls it."""

from opsloom.infra.core import Core
from opsloom.traces.collector import Collector
from opsloom.traces.page_errors import PageErrors
from opsloom.traces.writer import TraceWriter


def install(core: Core) -> None:
    """Every kind of process writes down its own spans."""
    collector = core.parts[Collector] = Collector.with_share(core.settings.trace_share)
    core.parts[PageErrors] = PageErrors(collector, core.clock.monotonic)
    writer = core.parts[TraceWriter] = TraceWriter(
        core.db, collector, retention_days=core.settings.trace_retention_days
    )
    core.companions.append(writer)
