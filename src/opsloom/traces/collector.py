"""The queue between the work and the writer.

Invariant: `admit` and `take` only count and append. The spans held, those of parts that are still open included, are bounded in
number and bytes, and so is one part; what does not fit is dropped and counted.
"""

import random
import time
from collections import deque
from typing import Final

from prometheus_client import Counter, Gauge

from opsloom.identity.scope import NIL_TENANT
from opsloom.infra.parts import Part, TraceKind
from opsloom.traces.sampling import Sampler

MOST_SPANS: Final = 100_000
MOST_BYTES: Final = 64_000_000
MOST_OF_ONE: Final = 50_000

DROPPED: Final = Counter("opsloom_trace_spans_dropped_total", "Spans that could not be kept, by reason.", ["reason"])
WAITING: Final = Gauge("opsloom_trace_spans_waiting", "Spans in memory that are not written yet.")


class Collector:
    """Where this process's parts go."""

    def __init__(self, sampler: Sampler, *, most_spans: int = MOST_SPANS, most_bytes: int = MOST_BYTES) -> None:
        self._sampler = sampler
        self._most = (most_spans, most_bytes)
        self._held, self._size = 0, 0
        self.waiting: deque[Part] = deque()

    @classmethod
    def with_share(cls, share: float) -> "Collector":
        """The one of a running process."""
        return cls(Sampler(share, random.random))

    @property
    def held(self) -> tuple[int, int]:
        """Spans and bytes in memory."""
        return self._held, self._size

    def admit(self, part: Part, size: int) -> bool:
        """Counts a span in, or drops it."""
        if self._held >= self._most[0] or self._size + size > self._most[1] or len(part.records) >= MOST_OF_ONE:
            DROPPED.labels("full").inc()
            return False
        self._held += 1
        self._size += size
        return True

    def take(self, part: Part) -> None:
        """A part has ended, or a span of one that had."""
        if not part.is_late:
            part.is_kept = self._wanted(part)
        if part.is_kept:
            self.waiting.append(part)
        else:
            self.release(part)

    def wants(self, kind: TraceKind, *, is_error: bool = False, is_slow: bool = False) -> bool:
        """Whether a part that nobody watched is worth being made and brought."""
        return self._sampler.wants(kind, time.monotonic(), is_error=is_error, is_slow=is_slow)

    def bring(self, part: Part) -> None:
        """A part that was made whole elsewhere, and wanted; its spans are counted in here."""
        records, part.records = part.records, []
        part.records.extend(each for each in records if self.admit(part, len(each.payload)))
        part.is_closed = part.is_kept = True
        self.waiting.append(part)

    def release(self, part: Part) -> None:
        """Its spans are no longer held."""
        self._held -= len(part.records)
        self._size -= sum(len(each.payload) for each in part.records)

    def drop_waiting(self, reason: str, part: Part) -> None:
        """A part in the queue is given up."""
        DROPPED.labels(reason).inc(len(part.records))
        self.release(part)

    def _wanted(self, part: Part) -> bool:
        owner = part.owner
        if owner is None or part.is_shared or owner.tenant_id == NIL_TENANT:
            return False
        return self._sampler.keeps(part, time.monotonic())
