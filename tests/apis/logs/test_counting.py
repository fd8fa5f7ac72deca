"""Counting of runs, and where keeping ends: pure."""

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, generate_latest

from opsloom.apis.logs.metrics import stretch
from opsloom.apis.logs.schemas import MetricsQuery
from opsloom.apis.run_counts import RERUN, SLOTS, as_rows, edge_ms, family_of, quantile, slot_of, tallied
from opsloom.apis.run_meters import ApiMeters
from opsloom.infra.keeping import Day, boundary

API = UUID(int=7)
AT = datetime(2026, 5, 1, 9, 30, 20, tzinfo=UTC)


@dataclass
class Ran:
    """A run, as far as it is counted."""

    api_id: UUID | None = API
    api_name: str = "cpu"
    at: datetime = AT
    version: int = 1
    method: str = "GET"
    status: int = 200
    cache: str = "BYPASS"
    rows: int = 2
    bytes: int = 30
    total_ms: float = 5.0
    extra: dict[str, str] = field(default_factory=dict)


@given(st.lists(st.floats(0.11, 60_000), min_size=1, max_size=200), st.sampled_from([0.5, 0.95, 0.99]))
def test_a_quantile_of_slots_is_near_the_true_one(times: list[float], share: float) -> None:
    slots = [0] * SLOTS
    for each in times:
        slots[slot_of(each)] += 1
    found = quantile(slots, share)
    assert found is not None
    true = sorted(times)[math.ceil(share * len(times) - 1e-9) - 1]
    assert true / 1.26 <= found <= true * 1.26


@given(st.floats(0, 10_000_000))
def test_a_duration_is_in_the_slot_whose_edge_covers_it(duration_ms: float) -> None:
    slot = slot_of(duration_ms)
    assert 0 <= slot < SLOTS
    assert slot == SLOTS - 1 or duration_ms <= edge_ms(slot) * 1.000001
    assert slot == 0 or duration_ms > edge_ms(slot - 1) * 0.999999


def test_runs_are_counted_once_in_each_span_by_how_they_ended() -> None:
    statuses = [200, 202, 304, 404, 422, 429, 499, 500, 502, 503, 504]
    runs = [Ran(status=status, at=AT + timedelta(seconds=20 * n)) for n, status in enumerate(statuses)]
    found = tallied([*runs, Ran(version=0), Ran(api_id=None), Ran(method=RERUN)])
    spans = found[API]
    for span_s in (60, 3600):
        tallies = [tally for (each, _), tally in spans.items() if each == span_s]
        assert sum(tally.runs for tally in tallies) == len(statuses)
        assert sum(tally.refused for tally in tallies) == 2
        assert sum(tally.limited for tally in tallies) == 1
        assert sum(tally.failed for tally in tallies) == 3
        assert sum(tally.timed_out for tally in tallies) == 1
    assert {start.second for (span_s, start) in spans if span_s == 60} == {0}
    assert {start for (span_s, start) in spans if span_s == 3600} == {AT.replace(minute=0, second=0)}
    assert all(row["slots"][-1] > 0 for row in as_rows(found))


@pytest.mark.parametrize(("status", "family"), [(399, None), (400, "refused"), (429, "limited"), (504, "timed_out")])
def test_families(status: int, family: str | None) -> None:
    assert family_of(status) == family


def test_the_number_of_labels_is_bounded() -> None:
    meters, tenant = ApiMeters(most=3), uuid4()
    meters.note(tenant, [Ran(api_id=uuid4(), api_name=f"api {n}", status=200 + 304 * (n == 0)) for n in range(10)])
    meters.note(tenant, [Ran(version=0, api_name="a draft"), Ran(method=RERUN, api_name="compared")])
    registry = CollectorRegistry()
    registry.register(meters)
    text = generate_latest(registry).decode()
    calls = [line for line in text.splitlines() if line.startswith("opsloom_api_calls_total")]
    assert len({line.split('api="')[1].split('"')[0] for line in calls}) == 4
    assert sum(float(line.rsplit(" ", 1)[1]) for line in calls) == 10
    assert 'outcome="timed_out",tenant' in text
    assert "api 1" not in text


_days = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 5_000)), max_size=8)
_bound = st.none() | st.integers(1, 300)


@given(_days, _bound, st.none() | st.integers(1, 20_000))
def test_what_is_kept_before_the_boundary_is_within_every_bound(
    sizes: list[tuple[int, int]], max_rows: int | None, max_bytes: int | None
) -> None:
    days = [Day(AT - timedelta(days=n), rows, size) for n, (rows, size) in enumerate(sizes)]
    found = boundary(days, max_rows, max_bytes)
    kept = days if found is None else days[: days.index(found.day)]
    rows, size = sum(day.rows for day in kept), sum(day.size for day in kept)
    assert max_rows is None or rows <= max_rows
    assert max_bytes is None or size <= max_bytes
    if found is not None:
        assert found.rows is None or (max_rows is not None and found.rows == max_rows - rows < found.day.rows)
        assert found.size is None or (max_bytes is not None and found.size == max_bytes - size < found.day.size)
        assert found.rows is not None or found.size is not None


@given(st.integers(1, 200 * 86_400), st.integers(0, 100 * 86_400), st.booleans())
def test_no_stretch_of_time_has_many_points(length_s: int, ago_s: int, of_many: bool) -> None:
    end = AT - timedelta(seconds=ago_s)
    query = MetricsQuery.model_validate({"from": end - timedelta(seconds=length_s), "to": end})
    found = stretch(query, AT, of_many=of_many)
    assert found.start < found.end
    assert found.step_s % found.span_s == 0
    assert (found.end - found.start).total_seconds() / found.step_s <= 122
