"""Whatever comes in, the answer is never a server error, and every refusal is a problem document.

Three sources: schemathesis makes requests from the whole API document (valid ones and ones that break its rules), `malformed`
adds those no generator of valid HTTP would send, and what is accepted must look as the document says.
"""

import json
import os
from collections.abc import AsyncIterator
from functools import cache
from typing import Any
from urllib.parse import urlencode

import jsonschema_rs
import orjson
import pytest
import pytest_asyncio
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from starlette.types import ASGIApp

from fixtures.tenants import TestTenant
from meta.conftest import forget_attempts
from meta.malformed import malformed
from meta.operations import OPEN, Operation, document, operations
from meta.requests import Answer, Raw, check_answer, header_pairs, send
from opsloom.infra.core import Core

# Making a request up takes longer than answering it; `make drill` makes up more.
EXAMPLES = int(os.environ.get("OPSLOOM_TEST_EXAMPLES", "12"))
# The methods of guessing slow the guesser down (429), which is what they are for; they are not asked often.
PATIENT = frozenset({"log_in", "complete_setup", "change_own_password", "start_oidc", "finish_oidc"})
METHODS = ("TRACE", "CONNECT", "PROPFIND", "HEAD", "OPTIONS", "get", "")


@schemathesis.serializer("application/x-protobuf")
def as_protobuf(_context: Any, value: Any) -> bytes:
    """Whatever was made up; no message, which is what this is about."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


@pytest_asyncio.fixture(autouse=True)
async def _fresh_attempts(core: Core) -> AsyncIterator[None]:
    yield
    await forget_attempts(core)


@cache
def described_api() -> schemathesis.schemas.BaseSchema:
    """The whole document, read once."""
    return schemathesis.openapi.from_dict(document())


def examples_of(operation: Operation) -> list[Any]:
    """Requests from the document's schemas, half of them breaking its rules; the same ones on each run."""
    described = described_api()[operation.path][operation.method]
    found: list[Any] = []
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        if mode is GenerationMode.NEGATIVE and not (operation.parameters or operation.media):
            continue

        @seed(8700)
        @settings(
            max_examples=EXAMPLES // 2,
            phases=[Phase.generate],
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=described.as_strategy(generation_mode=mode))
        def collect(case: Any) -> None:
            found.append(case)

        collect()
    return found


def as_raw(case: Any, credentials: dict[str, str]) -> Raw:
    """A generated case as bytes."""
    path = case.formatted_path
    query = urlencode({k: v for k, v in (case.query or {}).items()}, doseq=True, errors="surrogatepass").encode()
    # Who asks is settled: this is about what is asked.
    proofs = {"authorization", "x-api-key", "cookie"}
    headers = {str(k): str(v) for k, v in (case.headers or {}).items() if k.lower() not in proofs}
    body = b""
    if isinstance(case.body, bytes):
        body = case.body
    elif not isinstance(case.body, type(schemathesis.core.NOT_SET)):
        body = as_json(case.body)
        headers["content-type"] = case.media_type or "application/json"
    pairs = tuple(
        (name.lower().encode("utf-8", "replace"), value.encode("utf-8", "replace")) for name, value in headers.items()
    )
    return Raw(case.method, path, query, pairs + header_pairs(credentials), body)


def as_json(value: Any) -> bytes:
    """Also what orjson does not write: huge integers, lone surrogates."""
    return json.dumps(value, default=str).encode("utf-8", "surrogatepass")


@cache
def _shape(path: str, method: str, status: str) -> Any:
    described = document()["paths"][path][method]["responses"][status]
    shape = described.get("content", {}).get("application/json", {}).get("schema")
    return jsonschema_rs.validator_for({**shape, "components": document()["components"]}) if shape else None


def check_shape(operation: Operation, answer: Answer, what: str) -> None:
    """An accepted request's answer is one the document describes."""
    if not 200 <= answer.status < 300:
        return
    assert str(answer.status) in operation.answers, f"{what}: {answer.status} is not in the document"
    validator = _shape(operation.path, operation.method.lower(), str(answer.status))
    if validator is not None:
        error = next(iter(validator.iter_errors(orjson.loads(answer.body))), None)
        assert error is None, f"{what}: {error}"


@pytest.mark.parametrize("operation", operations(), ids=lambda each: each.id)
async def test_generated_requests(app: ASGIApp, ours: TestTenant, operation: Operation) -> None:
    credentials = {} if operation.id in OPEN else ours.headers
    for case in examples_of(operation)[: 8 if operation.id in PATIENT else EXAMPLES]:
        request = as_raw(case, credentials)
        answer = await send(app, request)
        check_answer(answer, f"{operation.id} {request}"[:1500])
        check_shape(operation, answer, f"{operation.id} {request}"[:1500])


async def test_malformed_requests(app: ASGIApp, ours: TestTenant, core: Core) -> None:
    sent = 0
    for operation in operations():
        credentials = {} if operation.id in OPEN else ours.headers
        for name, request in malformed(operation, credentials):
            check_answer(await send(app, request), f"{operation.id}: {name}")
            sent += 1
        await forget_attempts(core)
    assert sent >= 2000


async def test_unknown_methods_and_paths(app: ASGIApp, ours: TestTenant) -> None:
    for operation in operations():
        path = operation.url({each.name: operation.sample(each) for each in operation.in_path()})
        for method in METHODS:
            answer = await send(app, Raw(method, path, headers=header_pairs(ours.headers)))
            assert answer.status < 500, f"{method} {path}: {answer.status}"
    for path in ("/api", "/api/", "/api/v1", "/api/v1/", "/api/v1/%00", "/api/v2/x", "/runtime", "/runtime/", "/runtime/none",
                 "/api/v1/users/../users", "//api/v1/me", "/\x00", "/api/v1/me/", "/ingest/x", "/mcp"):  # fmt: skip
        check_answer(await send(app, Raw("GET", path, headers=header_pairs(ours.headers))), path)
