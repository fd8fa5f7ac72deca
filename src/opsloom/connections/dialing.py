"""Where a connection goes: names are resolved once, every answer is checked, and a socket is opened to a checked address only.

Invariant: whatever speaks to another system is handed either an address from `addresses` or a socket from `socket`; no
driver resolves a name by itself, so a name that answers differently a moment later (DNS rebinding) changes nothing.
"""

import asyncio
import contextlib
import socket
import ssl
from dataclasses import dataclass

from opsloom.connections.errors import TargetLost
from opsloom.infra.addresses import Address, EgressPolicy, read_host
from opsloom.infra.http import Http
from opsloom.infra.pinned import Resolver, TlsFailed, resolve
from opsloom.kit.errors import ConnectionLost, DeadlinePassed
from opsloom.kit.resilience.deadline import bounded


class Dialer:
    """Resolves, checks and dials for one process."""

    def __init__(self, policy: EgressPolicy, resolver: Resolver = resolve) -> None:
        self.policy = policy
        self._resolver = resolver

    async def addresses(self, host: str, port: int, limit_s: float) -> list[Address]:
        """What `host` stands for, all of it allowed. Raises EgressRefused, TargetLost, DeadlinePassed."""
        target = read_host(host)
        try:
            async with asyncio.timeout(bounded(limit_s)):
                found = await self._resolver(target, port) if isinstance(target, str) else [target]
        except TimeoutError:
            raise DeadlinePassed(f"The name {host} did not resolve in time.") from None
        except ConnectionLost as lost:
            raise TargetLost(lost.message) from lost
        self.policy.check(host, found)
        if not found:
            raise TargetLost(f"The name {host} has no address.")
        return found

    async def socket(self, host: str, port: int, limit_s: float) -> socket.socket:
        """A connected socket to the first address that answers; non-blocking. Raises as `addresses` does."""
        loop = asyncio.get_running_loop()
        found = await self.addresses(host, port, limit_s)
        failure: OSError | None = None
        try:
            async with asyncio.timeout(bounded(limit_s)):
                for address in found:
                    try:
                        return await _dial(loop, address, port)
                    except OSError as error:
                        failure = error
        except TimeoutError:
            raise DeadlinePassed(f"{host} port {port} did not answer in time.") from None
        assert failure is not None
        raise TargetLost(f"{host} port {port} cannot be reached: {failure.strerror or failure}.") from failure


@dataclass(frozen=True)
class Tools:
    """What opening a connection needs of the process."""

    http: Http
    dialer: Dialer


async def _dial(loop: asyncio.AbstractEventLoop, address: Address, port: int) -> socket.socket:
    made = socket.socket(socket.AF_INET if address.version == 4 else socket.AF_INET6, socket.SOCK_STREAM)
    try:
        made.setblocking(False)
        await loop.sock_connect(made, (str(address), port))
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        made.close()
        raise
    return made


def tls_context(*, verify: bool, ca: str | None) -> ssl.SSLContext:
    """A client's context: with `verify` the name is proven, by `ca` or else by the system's certificates."""
    try:
        context = ssl.create_default_context(cadata=ca) if verify else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    except ssl.SSLError as error:
        raise TlsFailed("The certificates of this connection cannot be read.", hint="Paste them as PEM.") from error
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def hang_up(file_descriptor: int) -> None:
    """End a connection under whoever is waiting on it: his read ends, and he closes it himself."""
    with contextlib.suppress(OSError), socket.socket(fileno=socket.dup(file_descriptor)) as copy:
        copy.shutdown(socket.SHUT_RDWR)
