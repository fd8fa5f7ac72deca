"""From a call to a request: the path stays below the connection's URL, and framing headers are nobody's to set."""

from collections.abc import Mapping
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from opsloom.connections.content import header_name, header_value
from opsloom.connections.errors import CallRefused
from opsloom.connections.results import HttpCall

METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
_IN_PATH = "/:@!$&'()*+,;=-._~%"


def url_of(base: str, call: HttpCall, more: Mapping[str, str] | None = None) -> str:
    """The address of a call. Raises CallRefused for a path that is not below the connection's URL."""
    parts = urlsplit(base)
    path = parts.path.rstrip("/")
    if call.path:
        path += "/" + _below(call.path)
    pairs = [
        (name, each)
        for name, values in call.query.items()
        for each in ([values] if isinstance(values, str) else values)
    ]
    query = "&".join(filter(None, (parts.query, urlencode([*pairs, *(more or {}).items()]))))
    return urlunsplit((parts.scheme, parts.netloc, path or "/", query, ""))


def _below(path: str) -> str:
    """A path made safe: it names no host, has no query of its own, and does not climb."""
    if "?" in path or "#" in path or "\\" in path or any(ord(char) < 32 for char in path):
        raise CallRefused("A path holds neither ? nor # nor backslashes.", hint="Give the query apart from the path.")
    trimmed = path.lstrip("/")
    for segment in trimmed.split("/"):
        if segment.replace("%2e", ".").replace("%2E", ".") in {".", ".."} or "%2f" in segment.lower():
            raise CallRefused("The path must stay below the connection's URL.")
    return quote(trimmed, safe=_IN_PATH)


def headers_of(stated: Mapping[str, str], call: HttpCall) -> dict[str, str]:
    """The connection's headers and the call's, in lower case. Raises CallRefused."""
    headers = {name.lower(): value for name, value in stated.items()}
    for name, value in call.headers.items():
        try:
            headers[header_name(name).lower()] = header_value(value)
        except ValueError as error:
            raise CallRefused(f"The header {name[:100]!r} {error}.") from None
    return headers


def method_of(call: HttpCall) -> str:
    """Raises CallRefused."""
    method = call.method.upper()
    if method not in METHODS:
        raise CallRefused(
            f"The method {call.method[:20]!r} cannot be used.", hint=f"Use one of {', '.join(sorted(METHODS))}."
        )
    return method
