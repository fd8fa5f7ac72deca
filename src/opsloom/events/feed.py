"""The feed as the rule engine reads it: one row whose values are whole columns, so that thousands of events cost few objects."""

from __future__ import annotations  # asyncpg's types take parameters only in its stubs

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from opsloom.events.repository import Connection, Misaligned

MAX_BYTES: Final = 16 * 1024 * 1024
"""A piece ends with the event whose data reaches so many bytes."""

_SEPARATOR, _NULL = "\x1f", "\x1e"  # no stored text holds them: decoding refuses control characters, JSON escapes them

# Only rows of transactions older than every running one: whatever commits later sorts later, so a reader that moves on
# never misses a row.
_READ: Final = """
select count(*), sum(octet_length(data)), max(txid::text::bigint), string_agg(int8send(seq), '' order by txid, seq),
       string_agg(uuid_send(id), '' order by txid, seq), string_agg(timestamptz_send(time), '' order by txid, seq),
       string_agg(source, E'\\x1f' order by txid, seq), string_agg(type, E'\\x1f' order by txid, seq),
       string_agg(coalesce(subject, E'\\x1e'), E'\\x1f' order by txid, seq),
       string_agg(coalesce(severity, E'\\x1e'), E'\\x1f' order by txid, seq),
       string_agg(data, E'\\x1f' order by txid, seq), string_agg(attributes, E'\\x1f' order by txid, seq)
from (select *, sum(octet_length(data)) over (order by txid, seq rows unbounded preceding) - octet_length(data) as before
      from (select txid, seq, id, time, source, type, subject, severity, data::text as data, attributes::text as attributes
            from events
            where tenant_id = $1 and (txid, seq) > ($2::xid8, $3::bigint)
              and txid < pg_snapshot_xmin(pg_current_snapshot())
            order by txid, seq limit $4) found) counted
where before < $5
"""


@dataclass(frozen=True, slots=True)
class FeedColumns:
    """Events in the order of the feed. `ids` and `moments` are 16 and 8 bytes each, big-endian; a moment counts microseconds since
    2000-01-01 UTC. `data` and `attributes` are JSON. `last` is the place of the last event; `more` tells that others may wait."""

    last: tuple[int, int]
    more: bool
    ids: bytes
    moments: bytes
    sources: list[str]
    types: list[str]
    subjects: list[str | None]
    severities: list[str | None]
    data: list[str]
    attributes: list[str]

    def __len__(self) -> int:
        return len(self.types)


async def read_after(
    connection: Connection[Any], tenant_id: UUID, after: tuple[int, int], limit: int
) -> FeedColumns | None:
    """The next events of the feed, at least one if there is one; None for none. Raises Misaligned."""
    (found,) = await connection.fetch(_READ, tenant_id, *after, limit, MAX_BYTES)
    count, size, txid, seqs, ids, moments, *texts = found
    if not count:
        return None
    last = (txid, int.from_bytes(seqs[-8:], "big", signed=True))
    columns = [text.split(_SEPARATOR) for text in texts]
    if any(len(column) != count for column in columns):
        raise Misaligned("a stored value holds a separator character")
    sources, types, subjects, severities, data, attributes = columns
    more = count == limit or size >= MAX_BYTES
    subjects, severities = (
        [None if value == _NULL else value for value in column] for column in (subjects, severities)
    )
    return FeedColumns(last, more, ids, moments, sources, types, subjects, severities, data, attributes)
