"""Errors that pages ran into, told by the web app: each a part of the trace of the page's last request.

Anybody who is signed in may tell, so it is bounded: a few a minute for each person, and the sampler's bound for all together.
"""

import random
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final
from uuid import UUID

import orjson

from opsloom.identity.scope import Scope
from opsloom.infra.parts import Failure, Part, Record, TraceKind
from opsloom.traces.collector import Collector
from opsloom.traces.errors import TooManyReports
from opsloom.traces.schemas import PageErrorReported

A_MINUTE: Final = 20
_MOST_PEOPLE: Final = 10_000


class PageErrors:
    """Takes reports."""

    def __init__(self, collector: Collector, monotonic: Callable[[], float]) -> None:
        self._collector = collector
        self._monotonic = monotonic
        self._seen: OrderedDict[tuple[UUID, UUID | None], tuple[int, int]] = OrderedDict()

    def take(self, scope: Scope, told: PageErrorReported) -> str:
        """The trace's id. Raises TooManyReports."""
        self._count((scope.tenant_id, scope.actor.id))
        trace_id = told.last_request or f"{random.getrandbits(128) or 1:032x}"
        now = time.time_ns()
        payload = told.model_dump(include={"message", "component", "stack"}, exclude_defaults=True)
        record = Record(
            random.getrandbits(64) or 1,
            0,
            "page error",
            now,
            now,
            "PageError",
            {"page": told.page},
            orjson.dumps(payload),
        )
        part = Part(trace_id, now, owner=scope, kind=TraceKind.PAGE, name=told.message, ended_ns=now)
        part.failure = Failure("page", "page_error", told.page)
        part.records.append(record)
        if self._collector.wants(TraceKind.PAGE, is_error=True):
            self._collector.bring(part)
        return trace_id

    def _count(self, who: tuple[UUID, UUID | None]) -> None:
        minute = int(self._monotonic() // 60)
        known, seen = self._seen.pop(who, (minute, 0))
        seen = seen + 1 if known == minute else 1
        self._seen[who] = (minute, seen)
        if len(self._seen) > _MOST_PEOPLE:
            self._seen.popitem(last=False)
        if seen > A_MINUTE:
            raise TooManyReports(f"At most {A_MINUTE} errors of pages are taken a minute.", retry_after_s=60)
