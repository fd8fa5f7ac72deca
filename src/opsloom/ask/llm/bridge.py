"""How a provider's library reaches its provider: through the connection, and through nothing else.

Invariant: the library holds no key and opens no socket. It is handed a transport that passes each request to the connection,
which resolves and checks the address, puts the key in, keeps to its limits, tells its breaker, and strikes the key out of the
answer. What the library believes to be the address and the key are placeholders.
"""

from collections.abc import Awaitable, Callable
from typing import Final

import httpx2

from opsloom.connections.service import HttpAnswer, HttpCall
from opsloom.kit.errors import OpsloomError

BASE: Final = "http://model.invalid"
PLACEHOLDER: Final = "kept-by-the-connection"
_PASSED: Final = frozenset({"accept", "content-type", "anthropic-version", "anthropic-beta"})
_OF_THE_BODY: Final = frozenset({"content-encoding", "content-length", "transfer-encoding", "connection"})

Send = Callable[[HttpCall], Awaitable[HttpAnswer]]


class Bridge(httpx2.AsyncBaseTransport):
    """The transport of one request; `failure` is what the connection raised, which libraries wrap in errors of their own."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.failure: OpsloomError | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        call = HttpCall(
            method=request.method,
            path=request.url.path,
            query=dict(request.url.params),
            headers={name: value for name, value in request.headers.items() if name in _PASSED},
            body=await request.aread() or None,
        )
        try:
            answer = await self._send(call)
        except OpsloomError as error:
            self.failure = error
            raise httpx2.ConnectError("the connection failed", request=request) from error
        headers = {name: value for name, value in answer.headers.items() if name not in _OF_THE_BODY}
        return httpx2.Response(answer.status, headers=headers, content=answer.body, request=request)
