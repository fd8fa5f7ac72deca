"""A source's address names its tenant and itself, as credentials do: whatever a caller claims is looked up in that tenant only.

It is no secret; what proves a sender is the signature.
"""

import base64
import binascii
from uuid import UUID

_LENGTH = 52  # base32 of 32 bytes without padding


def write(tenant_id: UUID, source_id: UUID) -> str:
    """As part of a path."""
    return base64.b32encode(tenant_id.bytes + source_id.bytes).decode().rstrip("=").lower()


def read(text: str) -> tuple[UUID, UUID] | None:
    """Tenant and source, or None for what is not of our making."""
    if len(text) != _LENGTH or not text.isascii() or text != text.lower():
        return None
    try:
        raw = base64.b32decode(text.upper() + "====")
    except (ValueError, binascii.Error):
        return None
    return (UUID(bytes=raw[:16]), UUID(bytes=raw[16:])) if len(raw) == 32 else None
