"""An HTTP service as an open connection: test, call."""

import time
from urllib.parse import urlsplit

from opsloom.connections.content import HttpConfig, Limits, WebConfig
from opsloom.connections.dialing import Tools
from opsloom.connections.errors import ConnectionTypeUnfit, CredentialsRefused, TargetFailed
from opsloom.connections.opened import Steps
from opsloom.connections.results import HttpAnswer, HttpCall, Layer, Node
from opsloom.connections.web.credentials import Credentials
from opsloom.connections.web.request import headers_of, method_of, url_of
from opsloom.infra.http import Answer, CallLimits

_TEST_BYTES = 256 * 1024
_NOT_ALLOWED = {401, 403}
_KEPT_BACK = {"set-cookie", "set-cookie2", "www-authenticate", "proxy-authenticate", "authorization"}


class WebService:
    """One version of an HTTP connection."""

    def __init__(self, config: WebConfig, limits: Limits, credentials: Credentials, tools: Tools) -> None:
        self._config = config
        self._limits = limits
        self._credentials = credentials
        self._http = tools.http
        self._dialer = tools.dialer
        self._running = 0

    async def call(self, call: HttpCall, limits: Limits) -> HttpAnswer:
        """Any status is an answer. Raises CallRefused, CredentialsRefused (of the token URL), and what `Http.request` raises."""
        began = time.monotonic()
        caps = CallLimits(limits.connect_s, limits.total_s, limits.total_s, max_bytes=limits.bytes)
        self._running += 1
        try:
            answer = await self._send(call, caps)
            if answer.status == 401 and self._credentials.refused():
                answer = await self._send(call, caps)  # the token ended before its time
        finally:
            self._running -= 1
        headers = {
            name: self._credentials.strike(value.encode("latin-1", "replace")).decode("latin-1")
            for name, value in answer.headers.items()
            if name not in _KEPT_BACK
        }
        took_ms = (time.monotonic() - began) * 1000
        return HttpAnswer(answer.status, headers, self._credentials.strike(answer.body), took_ms)

    async def _send(self, call: HttpCall, caps: CallLimits) -> Answer:
        method = method_of(call)
        headers = headers_of(self._config.headers, call)
        proof = await self._credentials.proof(caps)
        url = url_of(self._config.url, call, proof.query)
        return await self._http.request(
            method, url, headers=headers | dict(proof.headers), content=call.body, limits=caps
        )

    async def test(self, steps: Steps) -> None:
        parts = urlsplit(self._config.url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        host, limit_s = parts.hostname or "", self._limits.connect_s
        async with steps.step("resolve") as note:
            found = await self._dialer.addresses(host, port, limit_s)
            note.detail = ", ".join(str(each) for each in found)
        async with steps.step("connect") as note:
            (await self._dialer.socket(host, port, limit_s)).close()
            note.detail = f"{host} port {port} answers."
        async with steps.step("authenticate") as note:
            proof = await self._credentials.proof(CallLimits(limit_s, limit_s, self._limits.total_s))
            note.detail = "A credential is sent." if proof.headers or proof.query else "No credential is needed."
        await self._ask_something(steps)

    async def _ask_something(self, steps: Steps) -> None:
        path = self._config.test_path if isinstance(self._config, HttpConfig) else ""
        async with steps.step("request") as note:
            limits = self._limits.model_copy(update={"bytes": max(self._limits.bytes, _TEST_BYTES)})
            answer = await self.call(HttpCall(path=path), limits)
            if answer.status in _NOT_ALLOWED:
                raise CredentialsRefused(f"The service answered {answer.status}.", hint="Check the credential.")
            if answer.status >= 500:
                raise TargetFailed(f"The service answered {answer.status}.")
            note.detail = f"It answered {answer.status} with {len(answer.body)} bytes."

    async def browse(self, path: str) -> list[Node]:
        raise ConnectionTypeUnfit("An HTTP service has nothing to browse.")

    async def safety(self) -> list[Layer]:
        encrypted = self._config.url.lower().startswith("https:")
        return [
            Layer("encrypted", encrypted, "Calls go over TLS." if encrypted else "Calls go in clear text."),
            Layer("address_checked", True, "Each call goes to an address that was checked."),
            Layer("redirects_refused", True, "Redirects are answers; they are not followed."),
        ]

    @property
    def in_use(self) -> int:
        return self._running

    async def close(self) -> None:
        """The client is the process's; nothing is held here."""
