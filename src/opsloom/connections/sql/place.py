"""How a driver's thread asks the event loop for checked addresses and sockets."""

import asyncio
import socket
from collections.abc import Coroutine
from typing import Any, TypeVar

from opsloom.connections.dialing import Dialer
from opsloom.infra.addresses import Address

T = TypeVar("T")


class Place:
    """The dialer of the process, seen from other threads."""

    def __init__(self, dialer: Dialer, loop: asyncio.AbstractEventLoop) -> None:
        self._dialer = dialer
        self._loop = loop

    def addresses(self, host: str, port: int, limit_s: float) -> list[Address]:
        """Raises EgressRefused, TargetLost, DeadlinePassed."""
        return self._ask(self._dialer.addresses(host, port, limit_s))

    def socket(self, host: str, port: int, limit_s: float) -> socket.socket:
        """A connected socket that waits as drivers expect. Raises as `addresses`."""
        made = self._ask(self._dialer.socket(host, port, limit_s))
        made.settimeout(limit_s)
        return made

    def _ask(self, question: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(question, self._loop).result()
