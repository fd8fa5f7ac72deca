"""`/runtime/{path}`: where published APIs answer.

A plain route on purpose: the framework's dependency solving costs more than the whole call. It authenticates, finds the API,
hands over to the executor, and dresses the answer in headers.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from opsloom.apis.answers import answer, leaves_in_parts, streamed
from opsloom.apis.callers import Callers, refuse_unfit
from opsloom.apis.engines.protocol import Writes
from opsloom.apis.errors import CallsLimited, MethodNotServed
from opsloom.apis.execute import Executor, Way
from opsloom.apis.formats import Format, by_accept, split_suffix
from opsloom.apis.params import Values
from opsloom.apis.published import Published, Served
from opsloom.apis.schemas import Audience, Method
from opsloom.apis.workflows import background
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.problems import problem
from opsloom.kit.errors import MalformedRequest, NotFound, OpsloomError, UnsupportedMedia

router = APIRouter(tags=["runtime"])

_json = msgspec.json.Decoder()
_MOST_PARAMETERS = 200


async def call_api(request: Request) -> Response:
    """Run the API published at the path, with the caller's rights and within its limits."""
    core: Core = request.app.state.core
    return await respond(request, await core.part(Callers).of(request))


async def respond(request: Request, scope: Scope, address: str = "") -> Response:
    """The answer to a caller; `address` is where one without a credential calls from, for whom only public APIs are there."""
    core: Core = request.app.state.core
    executor = core.part(Executor)
    path: str = request.path_params["path"]
    unread = Way(request.method, path, dict)
    served: Served | None = None
    try:
        served, placed, form = await _find(core.part(Published), scope, path)
        if address or served.definition.auth.callers is not Audience.MEMBERS:
            refuse_unfit(served, scope, address)
        if served.definition.method is Method.POST and request.method != "POST":
            raise MethodNotServed("This API answers only to POST.")
        body = await _body(request) if request.method == "POST" else None
        query = _query(request)
    except MethodNotServed as error:
        executor.refuse(scope, unread, error, served)
        refusal = problem(error)
        refusal.headers["Allow"] = "POST"
        return refusal
    except OpsloomError as error:
        executor.refuse(scope, unread, error, served)
        raise

    def read() -> Values:
        return served.reader.read(query, placed, body, request.scope["headers"] if served.reader.headers else ())

    headers: dict[bytes, bytes] = dict(request.scope["headers"])
    key = headers.get(b"idempotency-key", b"").decode("latin-1")[:200] or None
    if b"respond-async" in headers.get(b"prefer", b"") and not address and not background.is_durable(served):
        return await _later(core, scope, served, read, key)
    may_cache = b"no-cache" not in headers.get(b"cache-control", b"")
    form = form or _form(headers.get(b"accept"))
    writes = Writes.REALLY if request.method == "POST" else Writes.NEVER
    way = Way(request.method, path, read, may_cache, key, writes, address)
    try:
        if leaves_in_parts(served, form):
            return await streamed(executor, served, scope, way, form)
        run = await executor.run(served, scope, way)
    except CallsLimited as error:
        refusal = problem(error)
        refusal.headers.update(error.quota.headers())
        return refusal
    begun = time.perf_counter()
    try:
        answered = await answer(request, served, run, form)
    except OpsloomError as error:
        run.unanswerable(error)
        raise
    run.answered((time.perf_counter() - begun) * 1e3)
    return answered


router.add_route("/runtime/{path:path}", call_api, methods=["GET", "POST"], name="call_api")


def _form(accept: bytes | None) -> Format:
    return by_accept(accept.decode("latin-1")) if accept else Format.JSON


async def _later(core: Core, scope: Scope, served: Served, read: Callable[[], Values], key: str | None) -> Response:
    """The call as a run in the background. Its values are judged now; its row in the log comes when it is done."""
    begun = await background.begin_call(core, scope, served, read(), key)
    headers = {"Location": begun.href, "Preference-Applied": "respond-async"}
    return Response(begun.body, 202, headers, "application/json")


async def _find(published: Published, scope: Scope, path: str) -> tuple[Served, Mapping[str, str], Format | None]:
    """The API at the path, or at the path without a suffix that names a format."""
    plain = path.strip("/")
    try:
        served, placed = await published.find(scope.tenant_id, plain)
        return served, placed, None
    except NotFound:
        stem, form = split_suffix(plain)
        if form is None:
            raise
        served, placed = await published.find(scope.tenant_id, stem)
        return served, placed, form


def _query(request: Request) -> list[tuple[str, str]]:
    raw: bytes = request.scope["query_string"]
    if not raw:
        return []
    if (
        raw.isascii() and b"%" not in raw and b"+" not in raw and raw.count(b"&") < _MOST_PARAMETERS
    ):  # nothing to decode
        parted = [part.partition("=") for part in raw.decode("ascii").split("&") if part]
        return [(name, value) for name, _, value in parted]
    try:
        return parse_qsl(
            raw.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=False,
            errors="strict",
            max_num_fields=_MOST_PARAMETERS,
        )
    except (UnicodeDecodeError, ValueError):
        raise MalformedRequest(
            "The query string cannot be read.", hint="Encode it as UTF-8, at most 200 fields."
        ) from None


async def _body(request: Request) -> dict[str, Any]:
    """The flat JSON object of a POST; an empty body is an empty object."""
    raw = await request.body()
    if not raw:
        return {}
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in ("application/json", ""):
        raise UnsupportedMedia("Send the parameters as application/json.")
    try:
        found = _json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedRequest(f"The body is not valid JSON: {error}") from None
    if not isinstance(found, dict):
        raise MalformedRequest("The body must be a JSON object of parameters.", hint='For example {"host": "web-1"}.')
    return found
