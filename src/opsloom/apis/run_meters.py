"""What `/metrics` says of each API: calls by outcome, their time, cache hits, and whether the breaker is open.

The number of labels is bounded: published versions only (drafts and comparisons are not counted), the first `MOST` APIs that the
process served, all others together as “other”. APIs go by their id: a scrape shows no words of a tenant's.
"""

from collections.abc import Iterable, Iterator
from typing import Final
from uuid import UUID

from prometheus_client import REGISTRY
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from opsloom.apis.run_counts import SLOTS, Counted, Tally, by_minute, edge_ms
from opsloom.kit.resilience.board import BreakerBoard
from opsloom.kit.resilience.breaker import BreakerState

MOST: Final = 200
OTHER: Final = ("", "other")
_EDGES: Final = tuple(range(10, SLOTS - 1, 5))
"""Every fifth slot is an edge of the histogram: each about three times the one before."""

Labels = tuple[str, str]


class ApiMeters(Collector):
    """Counts of one process since it started."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._labels: dict[tuple[UUID, UUID], Labels] = {}
        self._tallies: dict[Labels, Tally] = {}
        self._board: BreakerBoard | None = None

    def watch(self, board: BreakerBoard) -> None:
        """Whose breakers are told of."""
        self._board = board

    def note(self, tenant_id: UUID, runs: Iterable[Counted]) -> None:
        """Count some runs of a tenant."""
        for api_id, minutes in by_minute(runs).items():
            total = self._tallies.setdefault(self._of(tenant_id, api_id), Tally())
            for tally in minutes.values():
                total.merge(tally)

    def _of(self, tenant_id: UUID, api_id: UUID) -> Labels:
        found = self._labels.get((tenant_id, api_id))
        if found is None:
            if len(self._labels) >= self._most:
                return OTHER
            found = self._labels[tenant_id, api_id] = (str(tenant_id), str(api_id))
        return found

    def collect(self) -> Iterator[Metric]:
        """For the registry."""
        calls = CounterMetricFamily(
            "opsloom_api_calls", "Calls of published APIs.", labels=["tenant", "api", "outcome"]
        )
        cache = CounterMetricFamily(
            "opsloom_api_cache", "Calls that looked into the cache.", labels=["tenant", "api", "found"]
        )
        seconds = HistogramMetricFamily("opsloom_api_call_seconds", "Time of a call.", labels=["tenant", "api"])
        for labels, tally in list(self._tallies.items()):
            failed = tally.refused + tally.limited + tally.failed + tally.timed_out
            for outcome, count in (
                ("answered", tally.runs - failed), ("refused", tally.refused), ("limited", tally.limited),
                ("failed", tally.failed), ("timed_out", tally.timed_out),
            ):  # fmt: skip
                calls.add_metric([*labels, outcome], count)
            cache.add_metric([*labels, "yes"], tally.hits)
            cache.add_metric([*labels, "no"], tally.misses)
            seconds.add_metric(list(labels), _buckets(tally), tally.total_ms / 1e3)
        yield from (calls, cache, seconds, self._breakers())

    def _breakers(self) -> Metric:
        found = GaugeMetricFamily("opsloom_api_breaker_open", "1 while calls are refused.", labels=["tenant", "api"])
        views = self._board.views() if self._board is not None else []
        states = {view.key: view.state for view in views}
        for tenant, api in self._labels.values():
            found.add_metric([tenant, api], states.get(f"api:{tenant}:{api}") is BreakerState.OPEN)
        return found


def _buckets(tally: Tally) -> list[tuple[str, float]]:
    below = [(f"{edge_ms(edge) / 1e3:.4g}", float(sum(tally.slots[: edge + 1]))) for edge in _EDGES]
    return [*below, ("+Inf", float(tally.runs))]


METERS: Final = ApiMeters()
REGISTRY.register(METERS)
