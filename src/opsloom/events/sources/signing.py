"""Whether a request was signed by whoever holds the secret, and lately. Pure.

Invariant: nothing but the bytes that were signed decides. What a sender calls its delivery is believed only where the signature
covers it (Standard Webhooks); elsewhere a request is known by what was signed, so that an old one under a new name is still
the old one. Signatures are compared in constant time, all of them, whichever matches.

Sources: GitHub "Validating webhook deliveries", Stripe "Verify webhook signatures manually", Standard Webhooks 1.0.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from opsloom.events.errors import WebhookRefused
from opsloom.kit.model import Wire

STANDARD_PREFIX: Final = "whsec_"
HeaderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,80}$")]
Window = Annotated[int, Field(ge=10, le=3600, description="Seconds that the signed time may lie before or after ours.")]


class Encoding(StrEnum):
    """How a signature is written."""

    HEX = "hex"
    BASE64 = "base64"


class GithubScheme(Wire):
    """`X-Hub-Signature-256: sha256=<hex>` over the body. There is no time in it: the same body counts once."""

    type: Literal["github"] = "github"


class StripeScheme(Wire):
    """`Stripe-Signature: t=<time>,v1=<hex>` over time, a dot and the body."""

    type: Literal["stripe"] = "stripe"
    window_s: Window = 300


class StandardScheme(Wire):
    """Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature: v1,<base64>` over the three parts."""

    type: Literal["standard"] = "standard"
    window_s: Window = 300


class CustomScheme(Wire):
    """HMAC-SHA256 in a header of that name, after `prefix`; with `time_header` over its value, a dot and the body, else over the
    body alone."""

    type: Literal["custom"] = "custom"
    signature_header: HeaderName = "X-Signature"
    prefix: Annotated[str, StringConstraints(max_length=40, pattern=r"^[\x21-\x7e]*$")] = ""
    encoding: Encoding = Encoding.HEX
    time_header: HeaderName | None = None
    window_s: Window = 300


Scheme = Annotated[GithubScheme | StripeScheme | StandardScheme | CustomScheme, Field(discriminator="type")]


@dataclass(frozen=True, slots=True)
class Verified:
    """What was proven: `digest` tells the same request sent again."""

    digest: bytes


@dataclass(frozen=True, slots=True)
class _Presented:
    """What a request presents: what was signed, the signatures, when it says it was made, and what it is known by."""

    content: bytes
    signatures: Sequence[bytes]
    time: str | None = None
    known_by: bytes | None = None


def verify(scheme: Scheme, keys: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime) -> Verified:
    """Header names are lower case; `keys` are the secrets that are good now. Raises WebhookRefused."""
    presented = _READERS[scheme.type](scheme, headers, body)
    good = False
    for key in keys:
        expected = hmac.new(key_of(scheme, key), presented.content, hashlib.sha256).digest()
        for signature in presented.signatures:
            good |= hmac.compare_digest(expected, signature)
    if not good:
        raise WebhookRefused("No signature of this request matches.", hint="Check the secret and what is signed.")
    if presented.time is not None:
        window_s = 300 if isinstance(scheme, GithubScheme) else scheme.window_s
        _check_time(presented.time, window_s, now)
    return Verified(hashlib.sha256(presented.known_by or presented.content).digest())


def key_of(scheme: Scheme, secret: str) -> bytes:
    """The bytes of a secret; Standard Webhooks writes them in base64 after a prefix. Raises WebhookRefused."""
    if isinstance(scheme, StandardScheme) and secret.startswith(STANDARD_PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(STANDARD_PREFIX), validate=True)
        except binascii.Error:
            raise WebhookRefused("The secret of this source is not base64.") from None
    return secret.encode()


def sign(scheme: Scheme, secret: str, message_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """The headers a sender would add."""
    moment = str(int(now.timestamp()))

    def over(content: bytes) -> bytes:
        return hmac.new(key_of(scheme, secret), content, hashlib.sha256).digest()

    match scheme:
        case GithubScheme():
            return {"X-Hub-Signature-256": f"sha256={over(body).hex()}", "X-GitHub-Delivery": message_id}
        case StripeScheme():
            return {"Stripe-Signature": f"t={moment},v1={over(moment.encode() + b'.' + body).hex()}"}
        case StandardScheme():
            signature = over(f"{message_id}.{moment}.".encode() + body)
            told = {"webhook-id": message_id, "webhook-timestamp": moment}
            return told | {"webhook-signature": f"v1,{base64.b64encode(signature).decode()}"}
        case CustomScheme():
            content = body if scheme.time_header is None else moment.encode() + b"." + body
            raw = over(content)
            text = raw.hex() if scheme.encoding is Encoding.HEX else base64.b64encode(raw).decode()
            told = {scheme.signature_header: scheme.prefix + text}
            return told if scheme.time_header is None else told | {scheme.time_header: moment}


def _check_time(text: str, window_s: int, now: datetime) -> None:
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise WebhookRefused("The signed time is not in seconds of the Unix epoch.")
    made = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=min(int(text), 200_000_000_000))
    if abs((now - made).total_seconds()) > window_s:
        raise WebhookRefused(
            f"The signed time lies more than {window_s} s from now.", hint="Check both clocks; sign each try anew."
        )


def _github(_scheme: Scheme, headers: Mapping[str, str], body: bytes) -> _Presented:
    text = _header(headers, "X-Hub-Signature-256")
    return _Presented(body, [_hex(text.removeprefix("sha256="))])


def _stripe(_scheme: Scheme, headers: Mapping[str, str], body: bytes) -> _Presented:
    parts = [part.strip().partition("=") for part in _header(headers, "Stripe-Signature").split(",")[:20]]
    moment = next((value for name, _, value in parts if name == "t"), "")
    return _Presented(
        moment.encode() + b"." + body, [_hex(value) for name, _, value in parts if name == "v1"], time=moment
    )


def _standard(_scheme: Scheme, headers: Mapping[str, str], body: bytes) -> _Presented:
    message, moment = _header(headers, "webhook-id"), _header(headers, "webhook-timestamp")
    found = [part.partition(",") for part in _header(headers, "webhook-signature").split()[:20]]
    signatures = [_base64(value) for version, _, value in found if version == "v1"]
    content = f"{message}.{moment}.".encode() + body
    return _Presented(content, signatures, time=moment, known_by=message.encode())


def _custom(scheme: Scheme, headers: Mapping[str, str], body: bytes) -> _Presented:
    assert isinstance(scheme, CustomScheme)
    text = _header(headers, scheme.signature_header).removeprefix(scheme.prefix)
    signatures = [_hex(text) if scheme.encoding is Encoding.HEX else _base64(text)]
    if scheme.time_header is None:
        return _Presented(body, signatures)
    moment = _header(headers, scheme.time_header)
    return _Presented(moment.encode() + b"." + body, signatures, time=moment)


_READERS: Final[dict[str, Callable[[Scheme, Mapping[str, str], bytes], _Presented]]] = {
    "github": _github,
    "stripe": _stripe,
    "standard": _standard,
    "custom": _custom,
}


def _header(headers: Mapping[str, str], name: str) -> str:
    found = headers.get(name.lower(), "")
    if not found:
        raise WebhookRefused(f"The header {name} is missing.")
    return found


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
