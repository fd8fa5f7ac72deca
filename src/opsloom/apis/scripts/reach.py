"""What the modules of a script reach: the tenant's own data by SQL, the connections and secrets that the API declares, and a cache.

A script's SQL is read by the same guard and runs behind the same walls as a published SQL API. Who published the script had the
right to what it declares; what it does not declare it cannot name.
"""

import time
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import orjson

from opsloom.apis.cache import ByteCache
from opsloom.apis.engines.adhoc import AdHocPrograms, plain_type
from opsloom.apis.engines.protocol import EngineCall, Pace
from opsloom.apis.errors import ReachUndeclared, ScriptFailed
from opsloom.apis.logic import ScriptLogic, SqlLogic
from opsloom.apis.params import ParameterType, Value
from opsloom.apis.schemas import Limits
from opsloom.connections import vault
from opsloom.connections.service import Connections, HttpCall, Take
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.secrets import Secrets
from opsloom.kit.errors import InvalidInput
from opsloom.kit.resilience import deadline

_MOST_CACHED_BYTES: Final = 16 * 1024 * 1024
_MOST_ENTRY_BYTES: Final = 256 * 1024
_LONGEST_KEY: Final = 200
_LONGEST_TTL_S: Final = 86_400.0


class ScriptCache:
    """Values that scripts keep between runs, in this process's memory; each API version has its own."""

    def __init__(self) -> None:
        self._kept: ByteCache[bytes] = ByteCache(_MOST_CACHED_BYTES, len)

    def get(self, tenant_id: UUID, owner: str, key: str) -> Any:
        """None when it is not there, or no longer."""
        found = self._kept.get((tenant_id, owner, key), time.monotonic())
        return None if found is None else orjson.loads(found)

    def put(self, tenant_id: UUID, owner: str, key: str, value: Any, ttl_s: float) -> None:
        """Raises ValueError when the value is no JSON, or too large."""
        try:
            body = orjson.dumps(value)
        except TypeError as error:
            raise ValueError(f"the value is not JSON: {error}") from None
        if len(body) > _MOST_ENTRY_BYTES or len(key) > _LONGEST_KEY:
            raise ValueError(f"at most {_MOST_ENTRY_BYTES:,} bytes under a key of at most {_LONGEST_KEY} characters")
        until = time.monotonic() + min(max(ttl_s, 0.0), _LONGEST_TTL_S)
        self._kept.put((tenant_id, owner, key), body, until)

    def drop(self, tenant_id: UUID, owner: str, key: str) -> None:
        self._kept.drop((tenant_id, owner, key))


class ApiReach:
    """The reach of one run."""

    def __init__(
        self, core: Core, programs: AdHocPrograms, cache: ScriptCache, terms: tuple[ScriptLogic, Limits, str]
    ) -> None:
        self._core = core
        self._programs = programs
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
        values = {name: _value(name, value) for name, value in params.items()}
        types = {name: plain_type(value) or ParameterType.STRING for name, value in values.items()}
        program = await self._programs.of(SqlLogic(sql=sql), types, limits)
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
    if value is None or plain_type(value) is not None:
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
