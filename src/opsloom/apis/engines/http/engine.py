"""The HTTP engine: checks templates and expressions before anything is published, and runs a call page by page.

Invariant: a failure is never an answer. The upstream's status, silence, resets, broken or oversized bodies and expressions
that fail or run away each become the error that says whose fault it was, within the API's own time.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from opsloom.apis.engines.http import pages as paging
from opsloom.apis.engines.http.answer import as_json, as_rows, header, refusal
from opsloom.apis.engines.http.request import Request, texts_of
from opsloom.apis.engines.protocol import EngineCall, EngineResult, Validation
from opsloom.apis.errors import ApiUnservable, LogicRefused, ResultTooLarge, RunTimedOut, ValueRefused
from opsloom.apis.logic import CursorPages, HttpLogic, LinkPages, NumberPages
from opsloom.apis.params import Parameter, ParameterType, Values
from opsloom.apis.schemas import ApiDefinition, Limits
from opsloom.apis.sql.guard import Finding
from opsloom.assets.errors import AssetNotFound, NotPublished
from opsloom.connections.errors import CallRefused, ConnectionUnknown, SecretMissing
from opsloom.connections.service import Connections, ConnectionType, HttpAnswer, HttpCall, Take
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.infra.aside import Aside, ExpressionUnreadable
from opsloom.infra.core import Core
from opsloom.infra.http import ResponseTooLarge
from opsloom.kit import template
from opsloom.kit.errors import DeadlinePassed, OpsloomError
from opsloom.kit.json_schema import compiled
from opsloom.kit.resilience import deadline

Json = Any
WEB_TYPES = frozenset({ConnectionType.HTTP, ConnectionType.PROMETHEUS})
MOST_RAW_BYTES = 64_000_000
"""What all pages of one call may hold together before they are mapped."""


class HttpEngine:
    """`core` gives the connections and the processes that evaluate expressions, once they are there."""

    type = "http"

    def __init__(self, core: Core) -> None:
        self._core = core

    async def validate(self, definition: ApiDefinition, scope: Scope) -> Validation:
        logic = _logic(definition)
        findings = [*_agreements(definition)]
        findings += await connection_findings(self._core, scope, logic.connection, WEB_TYPES)
        expressions, unclosed = _expressions(logic)
        findings += unclosed
        declared = {each.name for each in definition.parameters}
        for pointer, text, place in expressions:
            if template.plain_name(text) is None:
                findings += await self._unreadable(pointer, text, place)
            elif text not in declared:
                why = f"the parameter {text} is not declared"
                findings.append(Finding("parameter_undeclared", why, *place, pointer))
        for pointer, text in _of_answer(logic):
            findings += await self._unreadable(pointer, text, (1, 1))
        used = tuple(dict.fromkeys(text for _, text, _ in expressions if text in declared))
        return Validation(tuple(findings), row_schema=definition.row_schema or {}, parameters_used=used)

    async def _unreadable(self, pointer: str, text: str, place: tuple[int, int]) -> list[Finding]:
        try:
            await self._core.part(Aside).check([text])
        except ExpressionUnreadable as error:
            line, column = place
            return [Finding("expression", error.message, line, column + max(error.position - 1, 0), pointer)]
        return []

    async def prepare(self, definition: ApiDefinition, key: str) -> "HttpProgram":
        del key
        logic = _logic(definition)
        try:
            request = Request(logic)
        except template.Unclosed as error:
            raise LogicRefused(f"A template cannot be read: {error}.") from None
        return HttpProgram(self._core, logic, request, (definition.parameters, definition.limits))


class HttpProgram:
    """One version's request, ready to be filled."""

    def __init__(self, core: Core, logic: HttpLogic, request: Request, terms: tuple[list[Parameter], Limits]) -> None:
        parameters, self._limits = terms
        self._core = core
        self._logic = logic
        self._request = request
        self._json_names = frozenset(each.name for each in parameters if each.type is ParameterType.JSON)

    async def run(self, call: EngineCall) -> EngineResult:
        limits, scope = self._limits, Scope.system(call.tenant_id)
        given = self._given(call.values)
        progress = _Progress()
        try:
            async with deadline.within(limits.timeout_ms / 1e3):
                first = self._request.fill(await self._values(given))
                await self._read(scope, first, given, progress)
                rows = await self._mapped(progress.rows, given)
        except (CallRefused, ResponseTooLarge, ConnectionUnknown, AssetNotFound, NotPublished, SecretMissing) as error:
            raise self._meaning(error) from error
        except RunTimedOut:
            raise
        except DeadlinePassed as error:
            raise RunTimedOut(
                f"The call took longer than {limits.timeout_ms} ms: {error.message}",
                hint="Ask for less, or raise the API's limit of time.",
            ) from error
        body = orjson.dumps(rows[: limits.max_rows])
        if len(body) > limits.max_bytes:
            raise ResultTooLarge(
                f"The result has {len(body)} bytes; the limit of this API is {limits.max_bytes}.",
                hint="Ask for less, or choose fewer fields with `map`.",
            )
        count = min(len(rows), limits.max_rows)
        truncated = progress.more or len(rows) > limits.max_rows
        return EngineResult(body, count, truncated, progress.queue_ms, progress.upstream_ms)

    def _given(self, values: Values) -> dict[str, Json]:
        """The parameters as expressions see them; what was not given is not there, which is not the same as null."""
        return {
            name: orjson.loads(value) if name in self._json_names and isinstance(value, str) else value
            for name, value in values.items()
            if value is not None
        }

    async def _values(self, given: Mapping[str, Json]) -> dict[str, Json]:
        """Every expression of the request with its value; names need no evaluator."""
        values = {name: given.get(name) for name in self._request.names}
        expressions = self._request.expressions
        if expressions:
            found = await self._core.part(Aside).evaluate(expressions, orjson.dumps(given))
            values |= dict(zip(expressions, found, strict=True))
        return values

    async def _read(self, scope: Scope, call: HttpCall, given: Mapping[str, Json], progress: "_Progress") -> None:
        """Page after page until the last, the cap, or enough rows."""
        pages = self._logic.pages
        following: HttpCall | None = paging.first(pages, call)
        left = pages.max_pages if pages is not None else 1
        while following is not None and left > 0 and len(progress.rows) <= self._limits.max_rows:
            answer = await self._call(scope, following, progress)
            rows, cursor = await self._rows(answer, given)
            progress.rows += rows
            following = await self._following(scope, following, answer, (len(rows), cursor))
            left -= 1
        progress.more = following is not None

    async def _call(self, scope: Scope, call: HttpCall, progress: "_Progress") -> HttpAnswer:
        began = time.perf_counter()
        take = Take(total_s=deadline.remaining(), bytes=max(MOST_RAW_BYTES - progress.raw_bytes, 1))
        answer = await self._core.part(Connections).call(scope, self._logic.connection, call, take)
        progress.upstream_ms += answer.ms
        progress.queue_ms += max((time.perf_counter() - began) * 1e3 - answer.ms, 0.0)
        progress.raw_bytes += len(answer.body)
        refused = refusal(answer)
        if refused is not None:
            raise refused
        return answer

    async def _rows(self, answer: HttpAnswer, given: Mapping[str, Json]) -> tuple[list[Json], Json]:
        """The rows of one page, and the cursor of the next where pages have one."""
        body, logic = as_json(answer), self._logic
        cursor = [logic.pages.next] if isinstance(logic.pages, CursorPages) else []
        wanted = [*([logic.rows] if logic.rows else []), *cursor]
        if not wanted:
            return as_rows(orjson.loads(body)), None
        bindings = {"params": dict(given), "status": answer.status, "headers": dict(answer.headers)}
        found = await self._core.part(Aside).evaluate(wanted, body, bindings=bindings)
        rows = as_rows(found[0] if logic.rows else orjson.loads(body))
        return rows, found[-1] if cursor else None

    async def _following(
        self, scope: Scope, call: HttpCall, answer: HttpAnswer, page: tuple[int, Json]
    ) -> HttpCall | None:
        got, cursor = page
        match self._logic.pages:
            case NumberPages() as pages:
                return paging.after_number(pages, call, got)
            case CursorPages() as pages:
                return paging.after_cursor(pages, call, cursor)
            case LinkPages():
                ready = await self._core.part(Connections).ready(scope, self._logic.connection)
                return paging.after_link(call, header(answer.headers, "link"), str(getattr(ready.config, "url", "")))
        return None

    async def _mapped(self, rows: list[Json], given: Mapping[str, Json]) -> list[Json]:
        if self._logic.map is None:
            return rows
        found = await self._core.part(Aside).evaluate(
            [self._logic.map], orjson.dumps(rows), bindings={"params": dict(given)}
        )
        return as_rows(found[0])

    def _meaning(self, error: OpsloomError) -> OpsloomError:
        """What a connection refuses before anything is sent, as an API says it."""
        if isinstance(error, CallRefused):
            return ValueRefused(f"The call cannot be sent: {error.message}", details=error.details, hint=error.hint)
        if isinstance(error, ResponseTooLarge):
            return ResultTooLarge(f"The upstream's answer is too large: {error.message}", hint="Ask for less at once.")
        return ApiUnservable(
            f"The connection “{self._logic.connection}” cannot be used: {error.message}", hint="Publish the connection."
        )


@dataclass(slots=True)
class _Progress:
    """What a call has brought so far."""

    rows: list[Json] = field(default_factory=list)
    more: bool = False
    raw_bytes: int = 0
    upstream_ms: float = 0.0
    queue_ms: float = 0.0


async def connection_findings(core: Core, scope: Scope, key: str, types: frozenset[ConnectionType]) -> list[Finding]:
    """Why logic of this scope may not use a connection."""
    pointer = "/logic/connection"
    if not scope.allows(Permission.CONNECTIONS_READ):
        why = f"using a connection needs the permission {Permission.CONNECTIONS_READ}"
        return [Finding("connection_forbidden", why, pointer=pointer)]
    try:
        ready = await core.part(Connections).ready(scope, key)
    except (ConnectionUnknown, AssetNotFound, NotPublished, SecretMissing) as error:
        return [Finding(error.code, error.message.rstrip("."), pointer=pointer)]
    if ready.type not in types:
        return [Finding("connection_type", f"the connection is of type {ready.type}", pointer=pointer)]
    return []


def _logic(definition: ApiDefinition) -> HttpLogic:
    assert isinstance(definition.logic, HttpLogic)
    return definition.logic


def _agreements(definition: ApiDefinition) -> list[Finding]:
    """What of the definition does not go together."""
    logic, findings = _logic(definition), []
    if logic.method not in {"GET", "POST"} and definition.method != "POST":
        why = f"an API that sends {logic.method} answers only to POST: choose its method POST"
        findings.append(Finding("method", why, pointer="/method"))
    if logic.method != "GET" and definition.cache.ttl_s and definition.method != "GET":
        findings.append(Finding("cache", "answers to calls that change something are not kept", pointer="/cache/ttl_s"))
    if logic.body is not None and logic.method == "GET":
        findings.append(Finding("body", "a GET has no body", pointer="/logic/body"))
    if any(sign in template_text(logic.path) for sign in "?#\\"):
        findings.append(Finding("path", "a path holds neither ? nor # nor backslashes", pointer="/logic/path"))
    if definition.row_schema is not None:
        try:
            compiled(definition.row_schema, "/row_schema")
        except OpsloomError as error:
            findings += [Finding("schema", each.detail, pointer=each.pointer) for each in error.details]
    return findings


def template_text(text: str) -> str:
    """What of a template is literal."""
    try:
        return "".join(template.read(text).pieces[::2])
    except template.Unclosed:
        return ""


def _expressions(logic: HttpLogic) -> tuple[list[tuple[str, str, tuple[int, int]]], list[Finding]]:
    """Every expression with its pointer and place, and the templates that cannot be read."""
    found: list[tuple[str, str, tuple[int, int]]] = []
    unclosed = []
    for pointer, text in texts_of(logic):
        try:
            read = template.read(text)
        except template.Unclosed as error:
            unclosed.append(Finding("template", str(error), error.line, error.column, pointer))
            continue
        found += [(pointer, *each) for each in zip(read.expressions, read.starts, strict=True)]
    return found, unclosed


def _of_answer(logic: HttpLogic) -> list[tuple[str, str]]:
    """The expressions over what the upstream answers: a name in them is a field of the answer, not a parameter."""
    cursor = logic.pages.next if isinstance(logic.pages, CursorPages) else None
    pairs = (("/logic/rows", logic.rows), ("/logic/map", logic.map), ("/logic/pages/next", cursor))
    return [(pointer, text) for pointer, text in pairs if text]
