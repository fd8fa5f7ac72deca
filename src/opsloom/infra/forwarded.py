"""Whose request it is when a proxy stands in front: the address that the proxies we trust say they were called from."""

import ipaddress
from collections.abc import Iterable
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

_HEADER: Final = b"x-forwarded-for"
_MOST_HOPS: Final = 20


class Forwarded:
    """Puts the caller's address in the place of the proxy's, where the proxy is one of ours.

    `X-Forwarded-For` is read from the right: each proxy adds whom it was called by, and what stands to the left of the first
    address that is not ours was written by a stranger.
    """

    def __init__(self, app: ASGIApp, trusted: Iterable[str]) -> None:
        self._app = app
        self._trusted = tuple(ipaddress.ip_network(text) for text in trusted)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        client = scope.get("client")
        if scope["type"] == "http" and client is not None and self._is_ours(client[0]):
            said = b",".join(value for name, value in scope["headers"] if name == _HEADER).decode("latin-1")
            scope["client"] = (self._caller(client[0], said), 0)
        await self._app(scope, receive, send)

    def _is_ours(self, address: str) -> bool:
        try:
            known = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(known in network for network in self._trusted)

    def _caller(self, proxy: str, said: str) -> str:
        caller = proxy
        for hop in reversed(said.split(",")[-_MOST_HOPS:]):
            address = _bare(hop)
            if address is None:
                break
            caller = address
            if not self._is_ours(address):
                break
        return caller


def _bare(hop: str) -> str | None:
    """An address without a port; None when it is none."""
    text = hop.strip().strip('"')
    if text.startswith("["):
        text = text[1:].split("]")[0]
    elif text.count(":") == 1:
        text = text.split(":")[0]
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None
