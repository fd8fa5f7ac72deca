"""What the modules of a script reach: the tenant's own data by SQL, the connections and secrets that the API declares, and a cache.

A script's SQL is read by the same guard and runs behind the same walls as a published SQL API. Who published the script had the
right to what it declares; what it does not declare it cannot name.
"""

import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import orjson

from opsloom.apis.engines.protocol import Engine, EngineCall, Pace, Program
from opsloom.apis.errors import ReachUndeclared, ScriptFailed
from opsloom.apis.logic import ScriptLogic, SqlLogic
from opsloom.apis.params import Parameter, ParameterType, Value
from opsloom.apis.schemas import ApiDefinition, Limits
from opsloom.assets.service import content_hash
from opsloom.connections import vault
from opsloom.connections.service import Connections, HttpCall, Take
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.secrets import Secrets
from opsloom.kit.errors import InvalidInput
from opsloom.kit.resilience import deadline

_PROGRAMS: Final = 500
_MOST_CACHED_BYTES: Final = 16 * 1024 * 1024
_MOST_ENTRY_BYTES: Final = 256 * 1024
_LONGEST_KEY: Final = 200
_LONGEST_TTL_S: Final = 86_400.0
_TYPES: Final[Mapping[type, ParameterType]] = {
    bool: ParameterType.BOOLEAN,
    int: ParameterType.INTEGER,
    float: ParameterType.NUMBER,
    str: ParameterType.STRING,
}


class ScriptCache:
    """Values that scripts keep between runs, in this process's memory, bounded by bytes; each API version has its own."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[UUID, str, str], tuple[float, bytes]] = OrderedDict()
        self._bytes = 0

    def get(self, tenant_id: UUID, owner: str, key: str) -> Any:
        """None when it is not there, or no longer."""
        place = (tenant_id, owner, key)
        found = self._kept.get(place)
        if found is None:
            return None
        if found[0] <= time.monotonic():
            self.drop(*place)
            return None
        self._kept.move_to_end(place)
        return orjson.loads(found[1])

    def put(self, tenant_id: UUID, owner: str, key: str, value: Any, ttl_s: float) -> None:
        """Raises ValueError when the value is no JSON, or too large."""
        try:
            body = orjson.dumps(value)
        except TypeError as error:
            raise ValueError(f"the value is not JSON: {error}") from None
        if len(body) > _MOST_ENTRY_BYTES or len(key) > _LONGEST_KEY:
            raise ValueError(f"at most {_MOST_ENTRY_BYTES:,} bytes under a key of at most {_LONGEST_KEY} characters")
        self.drop(tenant_id, owner, key)
        self._kept[tenant_id, owner, key] = (time.monotonic() + min(max(ttl_s, 0.0), _LONGEST_TTL_S), body)
        self._bytes += len(body)
        while self._bytes > _MOST_CACHED_BYTES:
            self.drop(*next(iter(self._kept)))

    def drop(self, tenant_id: UUID, owner: str, key: str) -> None:
        found = self._kept.pop((tenant_id, owner, key), None)
        if found is not None:
            self._bytes -= len(found[1])


class Queries:
    """Prepared queries of scripts against the tenant's own data, by text and types of their values."""

    def __init__(self, sql: Engine) -> None:
        self._sql = sql
        self._programs: OrderedDict[str, Program] = OrderedDict()

    async def program(self, sql: str, params: Mapping[str, Any], limits: Limits) -> tuple[Program, dict[str, Value]]:
        """Raises LogicRefused, InvalidInput."""
        values = {name: _value(name, value) for name, value in params.items()}
        types = {name: _TYPES.get(type(value), ParameterType.STRING) for name, value in values.items()}
        terms = {"sql": sql, "types": types, "limits": limits.model_dump()}
        key = content_hash(terms)
        program = self._programs.get(key)
        if program is None:
            definition = ApiDefinition(
                path="script",
                logic=SqlLogic(sql=sql),
                parameters=[Parameter(name=name, type=kind) for name, kind in types.items()],
                limits=limits,
            )
            program = self._programs[key] = await self._sql.prepare(definition, key)
            while len(self._programs) > _PROGRAMS:
                self._programs.popitem(last=False)
        else:
            self._programs.move_to_end(key)
        return program, values


class ApiReach:
    """The reach of one run."""

    def __init__(
        self, core: Core, queries: Queries, cache: ScriptCache, terms: tuple[ScriptLogic, Limits, str]
    ) -> None:
        self._core = core
        self._queries = queries
        self._kept = cache
        self._logic, self._limits, self._owner = terms
        self._tenant_id = UUID(int=0)
        self._pace = Pace()

    def of(self, tenant_id: UUID, pace: Pace) -> "ApiReach":
        """For a run of a tenant."""
        self._tenant_id, self._pace = tenant_id, pace
        return self

    async def query(self, sql: str, params: Mapping[str, Any], connection: str | None) -> list[dict[str, Any]]:
        limits = self._limits
        if connection is not None:
            self._declared("connections", self._logic.connections, connection)
            take = Take(deadline.remaining(), limits.max_rows, limits.max_bytes)
            found = await self._core.part(Connections).query(self._scope, connection, sql, dict(params), take)
            names = [column.name for column in found.columns]
            return [dict(zip(names, row, strict=True)) for row in found.rows]
        program, values = await self._queries.program(sql, params, limits)
        result = await program.run(EngineCall(self._tenant_id, values, self._pace))
        rows: list[dict[str, Any]] = orjson.loads(result.body)
        return rows

    async def request(self, connection: str, call: Mapping[str, Any]) -> dict[str, Any]:
        self._declared("connections", self._logic.connections, connection)
        answer = await self._core.part(Connections).call(
            self._scope, connection, _http_call(call), Take(deadline.remaining(), None, self._limits.max_bytes)
        )
        shown: dict[str, Any] = {"status": answer.status, "headers": dict(answer.headers), "json": None}
        try:
            shown["json"] = orjson.loads(answer.body) if answer.body else None
        except orjson.JSONDecodeError:
            shown["text"] = answer.body.decode("utf-8", "replace")
        return shown

    async def secret(self, name: str) -> str:
        self._declared("secrets", self._logic.secrets, name)
        core = self._core
        async with core.db.transaction(self._scope) as session:
            found = await vault.reveal(session, self._scope, core.part(Secrets), [name])
        return found[name].reveal()

    def cached(self, key: str) -> Any:
        return self._kept.get(self._tenant_id, self._owner, key)

    def cache(self, key: str, value: Any, ttl_s: float) -> None:
        self._kept.put(self._tenant_id, self._owner, key, value, ttl_s)

    def forget(self, key: str) -> None:
        self._kept.drop(self._tenant_id, self._owner, key)

    @property
    def _scope(self) -> Scope:
        return Scope.system(self._tenant_id)

    def _declared(self, what: str, declared: list[str], name: str) -> None:
        if name not in declared:
            raise ReachUndeclared(
                f"The script reaches for “{name}”, which its API does not declare.", hint=f"Add it to `{what}`."
            )


def _value(name: str, value: Any) -> Value:
    if value is None or type(value) in _TYPES:
        return value  # type: ignore[no-any-return]
    raise InvalidInput(f"The value of :{name} is a {type(value).__name__}; use text, a number, a boolean or None.")


def _http_call(call: Mapping[str, Any]) -> HttpCall:
    try:
        query = {str(k): [str(v) for v in each] if isinstance(each, list) else str(each)
                 for k, each in (call.get("query") or {}).items() if each is not None}  # fmt: skip
        headers = {str(k): str(v) for k, v in (call.get("headers") or {}).items()}
        body = None if call.get("json") is None else orjson.dumps(call["json"])
    except (AttributeError, TypeError) as error:
        raise ScriptFailed(f"The request cannot be made: {error}") from None
    if body is not None:
        headers.setdefault("Content-Type", "application/json")
    return HttpCall(str(call["method"]).upper(), str(call["path"]), query, headers, body)
