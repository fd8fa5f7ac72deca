"""Traces of runs that had no spans of their own: made of their log rows, beside the calls, so that a traced call costs what any
other costs. Which are made is the collector's to say; errors come first.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import orjson

from opsloom.apis.run_log import RunRow
from opsloom.infra.parts import AssetUsed, Failure, Intake, Part, Record, TraceKind, TraceStatus

_FAMILIES: Final = {
    401: "unauthenticated", 403: "forbidden", 404: "not_found", 422: "invalid_input", 429: "rate_limited", 500: "internal",
    502: "external_service_failed", 503: "connection_lost", 504: "deadline_passed",
}  # fmt: skip
_SLOW_MS: Final = 1_000.0


@dataclass(frozen=True, slots=True)
class _Actor:
    kind: str
    id: UUID | None
    name: str


@dataclass(frozen=True, slots=True)
class _Owner:
    tenant_id: UUID
    actor: _Actor


def bring(intake: Intake, rows: Sequence[RunRow]) -> None:
    """Hand on the traces of the rows that are worth one."""
    for row in rows:
        if row.traced or not row.trace_id:
            continue
        if intake.wants(TraceKind.API, is_error=row.status >= 500, is_slow=row.total_ms >= _SLOW_MS):
            intake.bring(part_of(row))


def part_of(row: RunRow) -> Part:
    """A run as a part: a span for the whole and one for each measured share of its time."""
    took_ms = row.total_ms + row.serialise_ms
    began = int(row.at.timestamp() * 1e9 - row.total_ms * 1e6)
    top = random.getrandbits(64) or 1
    owner = _Owner(row.tenant_id, _Actor(row.actor_kind, row.actor_id, row.actor_name))
    part = Part(row.trace_id, began, owner=owner, kind=TraceKind.API, name=row.api_name or row.path)
    part.ended_ns = began + int(took_ms * 1e6)
    if row.api_id is not None:
        part.assets.append(AssetUsed("api", row.api_id, row.api_name, row.version))
        part.subject_id = row.id
    if row.status >= 400:
        status = TraceStatus.ERROR if row.status >= 500 else TraceStatus.WARNING
        part.failure = Failure(_FAMILIES.get(row.status, "refused"), row.code, row.detail, status)
    attributes = {
        "http.request.method": row.method, "path": row.path, "http.response.status_code": row.status, "cache": row.cache,
        "rows": row.rows, "bytes": row.bytes, "truncated": row.truncated,
    }  # fmt: skip
    payload = orjson.dumps({"input": row.parameters}, default=str)
    part.records.append(Record(top, 0, "api.run", began, part.ended_ns, row.code, attributes, payload))
    part.records.extend(_shares(row, began, top))
    return part


def _shares(row: RunRow, began: int, top: int) -> Iterator[Record]:
    """One after the other, as the executor goes through them."""
    at = began
    for name, took_ms in (("api.guard", row.guard_ms), ("api.queue", row.queue_ms), ("api.database", row.database_ms)):
        if took_ms > 0:
            ended = at + int(took_ms * 1e6)
            yield Record(random.getrandbits(64) or 1, top, name, at, ended, "", {})
            at = ended
    if row.serialise_ms > 0:
        at = max(at, began + int(row.total_ms * 1e6))
        yield Record(random.getrandbits(64) or 1, top, "api.serialise", at, at + int(row.serialise_ms * 1e6), "", {})
