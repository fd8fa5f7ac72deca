"""Finds secrets that stand in a file as they are. Files hold names of secrets, never secrets: they end up in Git.

Three signs: a field whose name says it is a secret and whose value is text, an address with a password in it, and text that has
the form of a known credential. A reference (`{secret: orders-db/password}`) and a placeholder of a bundle are what should stand
there instead.
"""

import re
from collections.abc import Iterator
from typing import Final

from opsloom.assets.code.reading import Json, Step

_SECRET_NAME: Final = re.compile(
    r"(^|[_\-.])(password|passwd|passphrase|pwd|secret|token|api[_-]?key|private[_-]?key|access[_-]?key|authorization|credentials?)$",
    re.IGNORECASE,
)
_REFERENCE: Final = re.compile(r"[\w][\w./-]{0,199}")
_PLACEHOLDER: Final = re.compile(r"\{\{.*\}\}", re.DOTALL)
_ADDRESS: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://[^\s/:@{}]*:[^\s/@{}]+@")
_FORMS: Final = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\bAKIA[0-9A-Z]{16}\b"
    r"|\bgh[opsur]_[A-Za-z0-9]{30,}"
    r"|\bxox[abeprs]-[A-Za-z0-9-]{10,}"
    r"|\bwhsec_[A-Za-z0-9+/=]{16,}"
    r"|\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"
    r"|\b[Bb]earer [A-Za-z0-9._~+/-]{16,}"
    r"|\bhooks\.slack\.com/services/T[A-Za-z0-9]+/B[A-Za-z0-9]+/[A-Za-z0-9]+"
    r"|\bol[arskxuo]_[a-z2-7]{77}\b"
)

Path = tuple[Step, ...]


def secrets_in(value: Json, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Where a secret stands, and the sentence about it; the secret itself is never in the sentence."""
    if isinstance(value, dict):
        if _is_reference(value):
            return
        for key, each in value.items():
            if isinstance(each, str) and each and _SECRET_NAME.search(key) and not _PLACEHOLDER.search(each):
                yield (*path, key), f"“{key[:60]}” holds a secret as it is"
            else:
                yield from secrets_in(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from secrets_in(each, (*path, index))
    elif isinstance(value, str):
        if _ADDRESS.search(value):
            yield path, "The address holds a password"
        elif _FORMS.search(value):
            yield path, "The text holds what looks like a credential"


def _is_reference(value: dict[str, Json]) -> bool:
    """`{secret: name}`: a name, without the marks that only passwords have."""
    name = value.get("secret")
    return len(value) == 1 and isinstance(name, str) and _REFERENCE.fullmatch(name) is not None
