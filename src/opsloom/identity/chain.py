"""The hash chain of the audit log, per tenant.

Invariant: hash(n) = sha256(hash(n-1) || canonical JSON of entry n), hash(0) = 32 zero bytes, sequence numbers without a
gap. Whoever changes, removes or reorders an entry has to rewrite every later hash and the head.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

GENESIS: Final = bytes(32)


@dataclass(frozen=True, slots=True)
class Line:
    """What one entry says; `detail` is canonical JSON text."""

    tenant_id: UUID
    seq: int
    id: UUID
    at: datetime
    actor_kind: str
    actor_id: str
    actor_name: str
    action: str
    target_kind: str
    target_id: str
    detail: str
    trace_id: str

    def fields(self) -> dict[str, object]:
        """The entry's columns."""
        return {name: getattr(self, name) for name in self.__slots__}


def canonical(value: object) -> str:
    """JSON with sorted keys, no spaces and ASCII only: one text for one value, storable as it is. What JSON does not
    know (ids, instants) is written as text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False, default=str)


def clean(text: str, limit: int = 500) -> str:
    """Text from outside as PostgreSQL can hold it: no NUL, no lone surrogates, cut to `limit` characters."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()[:limit]


def detail_text(detail: Mapping[str, object] | None) -> str:
    return canonical(dict(detail or {}))


def link(prev_hash: bytes, line: Line) -> bytes:
    """The hash of an entry that follows one with `prev_hash`."""
    content = canonical(
        {
            "tenant": str(line.tenant_id),
            "seq": line.seq,
            "id": str(line.id),
            "at": line.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": [line.actor_kind, line.actor_id, line.actor_name],
            "action": line.action,
            "target": [line.target_kind, line.target_id],
            "detail": line.detail,
            "trace": line.trace_id,
        }
    )
    return hashlib.sha256(prev_hash + content.encode()).digest()
