"""The script engine: the type checker's judgement before publishing, then runs in the sandbox with the host's modules."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import orjson

from opsloom.apis.engines.adhoc import AdHocPrograms
from opsloom.apis.engines.http.engine import connection_findings
from opsloom.apis.engines.protocol import EngineCall, EngineResult, Validation
from opsloom.apis.errors import LogicRefused, RunTimedOut, ScriptFailed
from opsloom.apis.logic import ScriptLogic
from opsloom.apis.params import Parameter, ParameterType, Values
from opsloom.apis.schemas import ApiDefinition, Limits
from opsloom.apis.scripts.modules import ANSWER, Host, for_checking
from opsloom.apis.scripts.reach import ApiReach, ScriptCache
from opsloom.apis.scripts.sandbox import Job, Ran, Sandbox, call_of
from opsloom.apis.sql.guard import Finding
from opsloom.connections import vault
from opsloom.connections.service import ConnectionType
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.telemetry import get_logger
from opsloom.kit import frozen
from opsloom.kit.errors import DeadlinePassed
from opsloom.kit.resilience import deadline

_OWN_HEADERS: Final = frozenset(
    {"connection", "content-length", "content-type", "set-cookie", "transfer-encoding", "cache-control", "etag"}
)
_USABLE: Final = frozenset(ConnectionType) - {ConnectionType.REDIS, ConnectionType.SMTP, ConnectionType.MODEL}
_log = get_logger(__name__)


class ScriptEngine:
    """Runs people's Python. `programs` are its queries against the tenant's own data."""

    type = "script"

    def __init__(self, core: Core, sandbox: Sandbox, programs: AdHocPrograms) -> None:
        self._core = core
        self._sandbox = sandbox
        self._programs = programs
        self._cache = ScriptCache()

    async def validate(self, definition: ApiDefinition, scope: Scope) -> Validation:
        logic = _logic(definition)
        findings: list[Finding] = list(await self._sandbox.check(logic.code, for_checking()))
        for index, key in enumerate(logic.connections):
            found = await connection_findings(self._core, scope, key, _USABLE)
            findings += [replace(each, pointer=f"/logic/connections/{index}") for each in found]
        findings += await self._missing_secrets(scope, logic)
        return Validation(tuple(findings), row_schema=definition.row_schema or {})

    async def prepare(self, definition: ApiDefinition, key: str) -> "ScriptProgram":
        logic = _logic(definition)
        call_of(logic.code)
        reach = (self._core, self._programs, self._cache)
        return ScriptProgram(self._sandbox, reach, (logic, definition.limits, key), definition.parameters)

    async def _missing_secrets(self, scope: Scope, logic: ScriptLogic) -> list[Finding]:
        if not logic.secrets:
            return []
        async with self._core.db.looking(scope) as session:
            held = set(await vault.held(session, logic.secrets))
        return [
            Finding("secret_missing", f"there is no secret “{name}”", 1, 1, f"/logic/secrets/{index}")
            for index, name in enumerate(logic.secrets)
            if name not in held
        ]


class ScriptProgram:
    """One version's script, ready to run."""

    def __init__(
        self,
        sandbox: Sandbox,
        reach: tuple[Core, AdHocPrograms, ScriptCache],
        terms: tuple[ScriptLogic, Limits, str],
        parameters: list[Parameter],
    ) -> None:
        self._json_names = frozenset(each.name for each in parameters if each.type is ParameterType.JSON)
        self._sandbox = sandbox
        self._reach = reach
        self._terms = terms

    def _decoded(self, values: Values) -> dict[str, Any]:
        """Values as the script sees them: JSON that travelled as text is JSON again."""
        names = self._json_names
        return {name: orjson.loads(v) if name in names and isinstance(v, str) else v for name, v in values.items()}

    async def run(self, call: EngineCall) -> EngineResult:
        logic, limits, _key = self._terms
        core = self._reach[0]
        host = Host(ApiReach(*self._reach, self._terms).of(call.tenant_id, call.pace))
        asker, held = call.asker, frozen.current()
        context = {
            "tenant": str(call.tenant_id),
            "now": (held.now if held else core.clock.now()).isoformat(),
            "caller": {"kind": asker.actor.kind.value, "name": asker.actor.name} if asker else None,
            "api": {"name": asker.api, "version": asker.version} if asker else None,
            "trace_id": asker.trace_id if asker else "",
        }
        timeout_s = limits.timeout_ms / 1e3
        job = Job(
            code=logic.code,
            inputs={"params": self._decoded(call.values), "input": call.input, "ctx": context},
            modules=host.modules(),
            timeout_s=timeout_s,
            max_bytes=limits.max_bytes,
            refusal_of=host.refusal_of,
            frozen=held,
            pace=call.pace,
        )
        try:
            async with deadline.within(timeout_s):
                ran = await self._sandbox.execute(job)
        except RunTimedOut:
            raise
        except DeadlinePassed as error:
            raise RunTimedOut(
                f"The script ran longer than {limits.timeout_ms} ms: {error.message}",
                hint="Do less, or raise its limit.",
            ) from error
        except ScriptFailed as error:
            raise _masked(error, host) from error
        finally:
            for line in host.lines:
                _log.info("apis.script_log", level_of_script=line.level, text=line.message, fields=line.fields)
        return _result(ran, host)


def _result(ran: Ran, host: Host) -> EngineResult:
    body, status, headers = ran.body, 200, {}
    if body.startswith(b'{"%s":' % ANSWER.encode()):
        said: Mapping[str, Any] = orjson.loads(body)[ANSWER]
        body, status = orjson.dumps(said["body"]), int(said["status"])
        headers = {
            name: value
            for name, value in said["headers"].items()
            if name.lower() not in _OWN_HEADERS and _is_header(name, value)
        }
    return EngineResult(
        body,
        ran.rows,
        truncated=False,
        queue_ms=ran.queue_ms,
        database_ms=ran.run_ms,
        whole=True,
        status=status,
        headers=headers,
        log=tuple(host.lines),
    )


def _is_header(name: str, value: object) -> bool:
    plain = name.replace("-", "").isalnum() and name.isascii()
    return plain and isinstance(value, str) and value.isprintable() and value.isascii()


def _masked(error: ScriptFailed, host: Host) -> ScriptFailed:
    """The same, without secrets that the script may have put into its own exception."""
    details = [each.model_copy(update={"detail": host.masked(each.detail)}) for each in error.details]
    return ScriptFailed(host.masked(error.message), hint=error.hint, details=details)


def _logic(definition: ApiDefinition) -> ScriptLogic:
    if not isinstance(definition.logic, ScriptLogic):
        raise LogicRefused("This is not a script.")
    return definition.logic
