"""Identifiers: UUID version 7 (RFC 9562), so that keys grow with time and index pages stay warm."""

import os
import time
from uuid import UUID

_BYTES = 10
_stock: list[bytes] = []
os.register_at_fork(after_in_child=_stock.clear)  # a child must not make its parent's ids


def new_id() -> UUID:
    """A fresh UUIDv7: 48 bits of Unix milliseconds, then 74 random bits."""
    try:
        chosen = _stock.pop()
    except IndexError:  # one system call for many
        block = os.urandom(_BYTES * 256)
        _stock.extend(block[at : at + _BYTES] for at in range(_BYTES, len(block), _BYTES))
        chosen = block[:_BYTES]
    millis = time.time_ns() // 1_000_000
    rand = int.from_bytes(chosen)
    value = (millis & 0xFFFF_FFFF_FFFF) << 80
    value |= 0x7 << 76
    value |= (rand >> 68 & 0xFFF) << 64
    value |= 0b10 << 62
    value |= rand & 0x3FFF_FFFF_FFFF_FFFF
    return UUID(int=value)
