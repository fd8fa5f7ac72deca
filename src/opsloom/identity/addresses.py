"""E-mail addresses and network addresses in the one form they are compared in."""

import hashlib
import ipaddress
import re
import unicodedata
from typing import Annotated, Final

from pydantic import AfterValidator, StringConstraints

_SHAPE: Final = re.compile(r"[^@\s]{1,64}@[^@\s]{1,189}")


def normal_email(text: str) -> str:
    """Compared without case and in one Unicode form. Raises ValueError when it is not an address."""
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    if not _SHAPE.fullmatch(plain) or not plain.isprintable():
        raise ValueError("must be an e-mail address such as name@example.com")
    return plain


Email = Annotated[str, StringConstraints(max_length=254), AfterValidator(normal_email)]


def account_key(email: str) -> str:
    """Under which attempts on an account are counted: a digest, so that what was typed is not kept."""
    return "account:" + hashlib.sha256(email.encode()).hexdigest()


def network_key(address: str) -> str:
    """Under which attempts from a network address are counted. Who has IPv6 holds a whole /64, so that is the unit."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "address:unknown"
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return f"address:{ip.ipv4_mapped}"
        return f"address:{ipaddress.ip_network((ip, 64), strict=False)}"
    return f"address:{ip}"
