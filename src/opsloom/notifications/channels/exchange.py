"""What a library's HTTP calls go through: it believes to hold `requests`, and every call leaves by the process's own client.

Invariant: a plugin reaches the network only through the exchange of the send it runs in, so each call goes to an address that was
checked, ends by the deadline of the send, follows no redirect, and its answer is known afterwards. What a plugin asks of `requests`
beside calls and constants is refused, not passed on.
"""

import asyncio
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import httpx2

from opsloom.infra.http import Answer, CallLimits, Http
from opsloom.kit.errors import DeadlinePassed, InvalidInput, OpsloomError

if TYPE_CHECKING:
    import requests

_HARMLESS: Final = {
    "codes",
    "exceptions",
    "auth",
    "RequestException",
    "Timeout",
    "ConnectionError",
    "HTTPError",
    "Response",
}
_METHODS: Final = {"get", "post", "put", "patch", "delete", "head", "options"}
_OWN_HEADERS: Final = {"host", "connection", "content-length", "accept-encoding", "transfer-encoding"}


@dataclass
class Exchange:
    """The calls of one send. `relays` sends an origin's calls to another one: for gateways, and for receivers in tests."""

    http: Http
    loop: asyncio.AbstractEventLoop
    limits: CallLimits
    ends_at: float
    relays: Mapping[str, str] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)
    failure: OpsloomError | None = None

    def call(self, method: str, url: str, given: Mapping[str, Any]) -> "requests.Response":
        """Make a call from a library's thread. Raises requests.RequestException; what went wrong is kept in `failure`."""
        import requests  # here and below: only installations with such channels pay for it

        wanted = {name: given[name] for name in ("headers", "data", "json", "params", "auth") if name in given}
        prepared = requests.Request(method.upper(), url, **wanted).prepare()
        headers = {name: _text(value) for name, value in prepared.headers.items() if name.lower() not in _OWN_HEADERS}
        try:
            answer = self._answer(
                prepared.method or "GET", self._place(prepared.url or url), headers, _whole(prepared.body)
            )
        except OpsloomError as error:
            self.failure = error
            raise requests.RequestException(error.message) from error
        self.answers.append(answer)
        return _as_response(answer, prepared)

    def _answer(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> Answer:
        left_s = self.ends_at - self.loop.time()
        if left_s <= 0:
            raise DeadlinePassed("The receiver did not answer in time.")
        calling = self.http.request(method, url, headers=headers, content=body, limits=self.limits)
        running = asyncio.run_coroutine_threadsafe(calling, self.loop)
        try:
            return running.result(left_s)
        except TimeoutError:
            running.cancel()
            raise DeadlinePassed("The receiver did not answer in time.") from None

    def _place(self, url: str) -> str:
        parsed = httpx2.URL(url)
        relay = self.relays.get(f"{parsed.scheme}://{parsed.host}")
        return url if relay is None else relay + parsed.raw_path.decode("ascii")


RUNNING: Final[ContextVar[Exchange | None]] = ContextVar("opsloom_exchange", default=None)


class RequestsInstead:
    """Stands where a plugin's module has `requests`."""

    def request(self, method: str, url: str, **given: Any) -> "requests.Response":
        """As `requests.request`, through the exchange of the send that runs."""
        import requests

        exchange = RUNNING.get()
        if exchange is None:
            raise requests.RequestException("nothing is being sent")
        return exchange.call(method, url, given)

    def __getattr__(self, name: str) -> Any:
        if name in _METHODS:
            return lambda url, **given: self.request(name, url, **given)
        if name in _HARMLESS:
            import requests

            return getattr(requests, name)
        raise AttributeError(f"requests.{name} is not for channels")


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _whole(body: object) -> bytes | None:
    """A body that is there at once; attachments, which would be read from files, are not for channels."""
    if body is None or isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode()
    raise InvalidInput("A channel sends no files.")


def _as_response(answer: Answer, prepared: "requests.PreparedRequest") -> "requests.Response":
    import requests

    response = requests.Response()
    response.status_code = answer.status
    response.headers.update(dict(answer.headers))
    response._content = answer.body  # requests has no other way to make a complete answer
    response.encoding = "utf-8"
    response.url, response.request = prepared.url or "", prepared
    return response
