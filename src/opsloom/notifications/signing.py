"""Signatures as in Standard Webhooks 1.0 (standardwebhooks.com): receivers check them with the libraries they have."""

import base64
import binascii
import hashlib
import hmac
import os
from typing import Final

from opsloom.infra.secrets import SecretText
from opsloom.kit.errors import InvalidInput

PREFIX: Final = "whsec_"
_SHORTEST, _LONGEST = 16, 64


class SecretUnusable(InvalidInput):
    """A webhook's secret is too short, too long or not readable."""

    code, title = "webhook_secret_unusable", "This webhook secret cannot be used"


def new_secret() -> SecretText:
    """A fresh secret in the form the standard recommends."""
    return SecretText(PREFIX + base64.b64encode(os.urandom(32)).decode())


def key_of(secret: SecretText) -> bytes:
    """The bytes to sign with: decoded after `whsec_`, the text's own bytes otherwise. Raises SecretUnusable."""
    text = secret.reveal()
    if text.startswith(PREFIX):
        try:
            key = base64.b64decode(text.removeprefix(PREFIX), validate=True)
        except (binascii.Error, ValueError):
            raise SecretUnusable("After `whsec_` a secret must be base64.") from None
    else:
        key = text.encode()
    if not _SHORTEST <= len(key) <= _LONGEST:
        raise SecretUnusable(f"A secret must have {_SHORTEST} to {_LONGEST} bytes; this one has {len(key)}.")
    return key


def sign(secret: SecretText, message_id: str, at_s: int, body: bytes) -> dict[str, str]:
    """The three headers of the standard. `message_id` stays the same in every retry; the time does not."""
    signed = f"{message_id}.{at_s}.".encode() + body
    digest = base64.b64encode(hmac.new(key_of(secret), signed, hashlib.sha256).digest()).decode()
    return {"webhook-id": message_id, "webhook-timestamp": str(at_s), "webhook-signature": f"v1,{digest}"}
