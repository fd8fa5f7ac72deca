"""Sends requests to the ASGI application as raw as a test needs them, and reads what comes back."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from starlette.types import ASGIApp, Message

ENDLESS = "/api/v1/stream"
PROBLEM_KEYS = {"type", "title", "status", "detail", "code", "trace_id"}


@dataclass
class Answer:
    """What an ASGI application sent."""

    method: str
    status: int = 0
    pairs: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    @property
    def headers(self) -> dict[str, str]:
        return dict(self.pairs)

    def headers_all(self, name: str) -> list[str]:
        return [value for key, value in self.pairs if key == name]

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Raw:
    """A request in bytes; `path` may hold anything, `query` is already encoded."""

    method: str
    path: str
    query: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""


async def send(app: ASGIApp, request: Raw) -> Answer:
    """One request. The client hangs up after the first part of an endless answer."""
    answer = Answer(request.method)
    asked = False

    async def receive() -> Message:
        nonlocal asked
        if asked:
            return {"type": "http.disconnect"}
        asked = True
        return {"type": "http.request", "body": request.body, "more_body": False}

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.pairs = [(k.decode("latin-1").lower(), v.decode("latin-1")) for k, v in message["headers"]]
        elif message["type"] == "http.response.body":
            answer.body += message.get("body", b"")
            if request.path == ENDLESS and answer.status == 200:
                raise _HungUp

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "root_path": "",
        "method": request.method, "path": request.path, "raw_path": quote(request.path).encode(),
        "query_string": request.query, "headers": list(request.headers), "client": ("127.0.0.1", 40001),
        "server": ("opsloom.test", 80), "state": {},
    }  # fmt: skip
    try:
        await app(scope, receive, sent)
    except* _HungUp:
        pass
    return answer


class _HungUp(Exception):
    """The client of an endless answer has seen enough."""


def header_pairs(headers: dict[str, str]) -> tuple[tuple[bytes, bytes], ...]:
    """Headers as ASGI wants them."""
    return tuple((name.lower().encode(), value.encode("latin-1")) for name, value in headers.items())


def check_answer(answer: Answer, what: str) -> None:
    """Never a server error; every refusal is a problem document."""
    assert answer.status != 0, f"{what}: no answer"
    assert answer.status < 500, f"{what}: {answer.status} {answer.text[:500]}"
    if answer.status >= 400:
        check_problem(answer, what)


def check_problem(answer: Answer, what: str) -> None:
    """RFC 9457, with the members we promise."""
    assert answer.headers.get("content-type") == "application/problem+json", f"{what}: {answer.headers}"
    problem = answer.json()
    assert problem.keys() >= PROBLEM_KEYS, f"{what}: {problem}"
    assert problem["status"] == answer.status, f"{what}: {problem}"
    assert problem["detail"], f"{what}: {problem}"
    assert len(problem["trace_id"]) == 32, f"{what}: {problem}"
