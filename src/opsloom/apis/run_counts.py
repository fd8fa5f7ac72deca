"""Counts of runs by minute and by hour, so that how an API does is known without reading its log.

Invariant: every run of a published version is counted once in each span, also those that sampling keeps out of the log. Durations
fall into slots whose edges grow by `_RATIO`, so that counts of any spans can be added up and a quantile of the sum is off by
less than that ratio. Pure, but for the statement that adds counts to those that are there.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from typing import Any, Final, Protocol
from uuid import UUID

MINUTE_S: Final = 60
HOUR_S: Final = 3600
SLOTS: Final = 61
RERUN: Final = "RERUN"
"""The method in the log of a run that only compares; nobody called the API."""

_FIRST_MS: Final = 0.1
_RATIO: Final = 1.25
_LOG_RATIO: Final = math.log(_RATIO)

ADD: Final = """
insert into api_run_counts as kept (tenant_id, api_id, span_s, start, runs, refused, limited, failed, timed_out, hits, misses,
                                    rows, bytes, total_ms, slots)
select $1, api_id, span_s, start, runs, refused, limited, failed, timed_out, hits, misses, rows, bytes, total_ms, slots
from jsonb_to_recordset($2::jsonb) as more (
    api_id uuid, span_s integer, start timestamptz, runs bigint, refused bigint, limited bigint, failed bigint,
    timed_out bigint, hits bigint, misses bigint, rows bigint, bytes bigint, total_ms float8, slots integer[])
order by api_id, span_s, start
on conflict (tenant_id, api_id, span_s, start) do update set
    runs = kept.runs + excluded.runs, refused = kept.refused + excluded.refused,
    limited = kept.limited + excluded.limited, failed = kept.failed + excluded.failed,
    timed_out = kept.timed_out + excluded.timed_out, hits = kept.hits + excluded.hits,
    misses = kept.misses + excluded.misses, rows = kept.rows + excluded.rows, bytes = kept.bytes + excluded.bytes,
    total_ms = kept.total_ms + excluded.total_ms,
    slots = array(select coalesce(a, 0) + coalesce(b, 0)
                  from unnest(kept.slots, excluded.slots) with ordinality as pair (a, b, n) order by n)
"""


class Counted(Protocol):
    """What is needed of a run."""

    api_id: UUID | None
    api_name: str
    at: datetime
    version: int
    method: str
    status: int
    cache: str
    rows: int
    bytes: int
    total_ms: float


@dataclass(slots=True)
class Tally:
    """Runs by how they ended. `refused`: the caller's fault, but for `limited` (429); `failed`: ours or an upstream's, but
    for `timed_out` (504). What the caller did not wait for (499) is a run and nothing else."""

    runs: int = 0
    refused: int = 0
    limited: int = 0
    failed: int = 0
    timed_out: int = 0
    hits: int = 0
    misses: int = 0
    rows: int = 0
    bytes: int = 0
    total_ms: float = 0.0
    slots: list[int] = field(default_factory=lambda: [0] * SLOTS)

    def add(self, run: Counted) -> None:
        """Count one run."""
        self.runs += 1
        family = family_of(run.status)
        if family is not None:
            setattr(self, family, getattr(self, family) + 1)
        self.hits += run.cache in ("HIT", "STALE")
        self.misses += run.cache == "MISS"
        self.rows += run.rows
        self.bytes += run.bytes
        self.total_ms += run.total_ms
        self.slots[slot_of(run.total_ms)] += 1

    def merge(self, other: "Tally") -> None:
        """Count what another counted."""
        for name in _SUMS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.slots = [ours + theirs for ours, theirs in zip(self.slots, other.slots, strict=True)]


_SUMS: Final = tuple(each.name for each in fields(Tally) if each.name != "slots")


def family_of(status: int) -> str | None:
    """Which kind of failure a status is; None for an answer and for a caller who left."""
    if status < 400 or status == 499:
        return None
    if status < 500:
        return "limited" if status == 429 else "refused"
    return "timed_out" if status == 504 else "failed"


def slot_of(duration_ms: float) -> int:
    """The slot of a duration; the last one takes everything longer."""
    if duration_ms <= _FIRST_MS:
        return 0
    return min(SLOTS - 1, math.ceil(math.log(duration_ms / _FIRST_MS) / _LOG_RATIO - 1e-9))


def edge_ms(slot: int) -> float:
    """The longest duration of a slot."""
    return float(_FIRST_MS * _RATIO**slot)


def quantile(slots: Sequence[int], share: float) -> float | None:
    """The duration that so large a share of the runs stay at or under; None without runs."""
    total = sum(slots)
    if total == 0:
        return None
    wanted, below = share * total, 0
    for slot, count in enumerate(slots):
        if count and below + count >= wanted:
            high = edge_ms(slot)
            low = 0.0 if slot == 0 else high / _RATIO
            return low + (high - low) * max(0.0, min(1.0, (wanted - below) / count))
        below += count
    return edge_ms(SLOTS - 1)


def is_counted(run: Counted) -> bool:
    """Trials of drafts, comparisons, and calls that reached no API say nothing of how an API does."""
    return run.api_id is not None and run.version > 0 and run.method != RERUN


def by_minute(runs: Iterable[Counted]) -> dict[UUID, dict[int, Tally]]:
    """The counts of some runs by API and minute since 1970: each run is looked at once."""
    found: dict[UUID, dict[int, Tally]] = {}
    for run in runs:
        if not is_counted(run):
            continue
        assert run.api_id is not None
        minutes = found.get(run.api_id)
        if minutes is None:
            minutes = found[run.api_id] = {}
        minute = int(run.at.timestamp()) // MINUTE_S
        tally = minutes.get(minute)
        if tally is None:
            tally = minutes[minute] = Tally()
        tally.add(run)
    return found


def tallied(runs: Iterable[Counted]) -> dict[UUID, dict[tuple[int, datetime], Tally]]:
    """The counts of some runs by API, span and its start."""
    found: dict[UUID, dict[tuple[int, datetime], Tally]] = {}
    for api_id, minutes in by_minute(runs).items():
        spans = found[api_id] = {}
        for minute, tally in minutes.items():
            start = datetime.fromtimestamp(minute * MINUTE_S, UTC)
            spans[MINUTE_S, start] = tally
            spans.setdefault((HOUR_S, start_of(start, HOUR_S)), Tally()).merge(tally)
    return found


def start_of(moment: datetime, span_s: int) -> datetime:
    """When the span that a moment lies in began."""
    seconds = int(moment.timestamp())
    return datetime.fromtimestamp(seconds - seconds % span_s, UTC)


def as_rows(found: dict[UUID, dict[tuple[int, datetime], Tally]]) -> list[dict[str, Any]]:
    """What `ADD` takes; slots behind the last run are left out."""
    return [
        {"api_id": api_id, "span_s": span_s, "start": start, **asdict(tally), "slots": _trimmed(tally.slots)}
        for api_id, spans in found.items()
        for (span_s, start), tally in spans.items()
    ]


def _trimmed(slots: list[int]) -> list[int]:
    last = max(index for index, count in enumerate(slots) if count)
    return slots[: last + 1]
