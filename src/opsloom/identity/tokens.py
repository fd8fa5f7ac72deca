"""The text of tokens and API keys.

Invariant: the text names its tenant, and the server keeps only its SHA-256. A caller's claim is read from the text,
the transaction is set to that tenant, and the hash is looked up under row security: a wrong claim finds nothing, so no
query ever has to look across tenants. The random part comes first, so that the visible prefix of a key tells keys apart.
"""

import base64
import binascii
import hashlib
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

_RANDOM_BYTES: Final = 32
_TENANT_BYTES: Final = 16
_BODY_LENGTH: Final = 77  # base32 of 48 bytes without padding
PREFIX_LENGTH: Final = 12


class TokenKind(StrEnum):
    """What a text opens; the value is its visible beginning."""

    ACCESS = "ola"
    REFRESH = "olr"
    COOKIE = "ols"
    KEY = "olk"
    CSRF = "olx"
    SETUP = "olu"
    OIDC = "olo"

    @property
    def stored(self) -> str:
        """The kind's name in the database."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Claim:
    """What a presented text says about itself. Nothing of it is proven before its digest is found."""

    kind: TokenKind
    tenant_id: UUID
    digest: bytes


def digest(text: str) -> bytes:
    """SHA-256 is enough for a secret of 256 random bits; a slow hash would only slow down every request."""
    return hashlib.sha256(text.encode()).digest()


def issue(kind: TokenKind, tenant_id: UUID) -> str:
    """A fresh secret text. It is shown to its owner once; store `digest(text)`."""
    body = base64.b32encode(secrets.token_bytes(_RANDOM_BYTES) + tenant_id.bytes)
    return f"{kind}_{body.decode().rstrip('=').lower()}"


def read(text: str) -> Claim | None:
    """The claim in a presented text, or None when it is not of our making."""
    name, separator, body = text.partition("_")
    if not separator or len(body) != _BODY_LENGTH or not body.isascii() or body != body.lower():
        return None
    try:
        kind = TokenKind(name)
        raw = base64.b32decode(body.upper() + "===")
    except (ValueError, binascii.Error):
        return None
    return Claim(kind, UUID(bytes=raw[-_TENANT_BYTES:]), digest(text))


def visible_prefix(text: str) -> str:
    """The part of a key that may be shown again; 40 bits of 256."""
    return text[:PREFIX_LENGTH]
