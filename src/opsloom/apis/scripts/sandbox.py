"""The sandbox that runs scripts: pydantic-monty, an interpreter of its own in worker processes, with no way out but the modules
it is handed.

Invariant: a script gets no file, no socket, no environment and no process; the interpreter has none to give. Its time, memory,
recursion and calls of the host are limited inside the worker. Waiting for the host does not count there, so a wall clock here
ends the whole run; the worker is killed then and another takes its place.
"""

import asyncio
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import orjson

from opsloom.apis.engines.places import Places, Sizes
from opsloom.apis.engines.protocol import Pace
from opsloom.apis.errors import LogicRefused, ResultTooLarge, RunTimedOut, ScriptFailed
from opsloom.apis.sql.guard import Finding
from opsloom.infra.telemetry import get_logger
from opsloom.kit.errors import FieldProblem, OpsloomError
from opsloom.kit.frozen import Frozen

if TYPE_CHECKING:
    from pydantic_monty import AsyncMonty, ExternalModule, Frame, MontyError

MEMORY_BYTES: Final = 64 * 1024 * 1024
SIZES: Final = Sizes(fast=4, slow=2, most=8, wait_s=10.0)
"""Of runs; a script that waits for the host holds its worker all the while."""
_WORKERS: Final = SIZES.most + 2
_RUNS_A_WORKER: Final = 1_000
_HOST_CALLS: Final = 1_000
_RECURSION: Final = 200
_CHECK_S: Final = 2.0
_LET_GO_S: Final = 0.1
_PRINTED_BYTES: Final = 64 * 1024
_MAIN = re.compile(r"^(async[ \t]+)?def[ \t]+main[ \t]*\(", re.MULTILINE)
_STUBS = "from typing import Any\nparams: dict[str, Any]\ninput: Any\nctx: dict[str, Any]\n"
_RAN = "<python-input-0>"
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """One run: `inputs` are the values of `params`, `input` and `ctx`. `refusal_of` finds the host's own error behind the text of
    an exception that left the script, for errors lose their type inside."""

    code: str
    inputs: Mapping[str, Any]
    modules: "Mapping[str, ExternalModule]"
    timeout_s: float
    max_bytes: int
    refusal_of: Callable[[str], OpsloomError | None] = lambda _text: None
    frozen: Frozen | None = None
    pace: Pace = field(default_factory=Pace)


@dataclass(frozen=True, slots=True)
class Ran:
    """What `main` gave, as JSON, and what the script printed. `rows` are the items of a list, else 1."""

    body: bytes
    rows: int
    printed: str
    queue_ms: float
    run_ms: float


class Sandbox:
    """The workers of one process; they start with the first script."""

    name = "apis.sandbox"

    def __init__(self) -> None:
        self._pool: AsyncMonty | None = None
        self._starting = asyncio.Lock()
        self._places = Places(SIZES, "interpreter")

    async def run(self, stop: asyncio.Event) -> None:
        """Component: end the workers with the process."""
        await stop.wait()
        await self.close()

    async def close(self) -> None:
        """End the workers; the next script starts new ones."""
        self._places.close()
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.__aexit__(None, None, None)
            # Threads of pydantic-monty 1.4 let go of Python objects just after this; an interpreter that ends before they have
            # aborts (7 of 25 times without the pause, never with it). There is nothing to wait on.
            await asyncio.sleep(_LET_GO_S)

    async def execute(self, job: Job) -> Ran:
        """Run `main`. Raises RunsBusy, RunTimedOut, ScriptFailed, ResultTooLarge, and errors of the host's modules as they are."""
        asked = time.perf_counter()
        async with self._places.one(job.pace):
            return await self._executed(job, asked)

    async def _executed(self, job: Job, asked: float) -> Ran:
        from pydantic_monty import CollectString, MontyError

        printed = CollectString(max_bytes=_PRINTED_BYTES)
        try:
            async with asyncio.timeout(job.timeout_s):
                pool = await self._workers()
                async with pool.checkout(
                    limits=_limits(job.timeout_s), os_policy=_policy(job.frozen), external_modules=job.modules
                ) as session:
                    begun = time.perf_counter()
                    code = f"{job.code}\n{call_of(job.code)}"
                    value = await session.feed_run(code, inputs=dict(job.inputs), print_callback=printed)
        except TimeoutError:
            raise _out_of_time(job) from None
        except MontyError as error:
            raise _meaning(error, job) from error
        ended = time.perf_counter()
        rows = len(value) if isinstance(value, list) else 1
        return Ran(_encoded(value, job.max_bytes), rows, printed.output, (begun - asked) * 1e3, (ended - begun) * 1e3)

    async def check(self, code: str, modules: "Mapping[str, ExternalModule]") -> tuple[Finding, ...]:
        """Everything the type checker and the interpreter have against a script; `main` is not called."""
        from pydantic_monty import MontyError, MontyTypingError

        if len(_MAIN.findall(code)) != 1:
            return (_finding("main_missing", "define one function main(params, input, ctx)"),)
        try:
            async with asyncio.timeout(_CHECK_S * 2):
                pool = await self._workers()
                async with pool.checkout(
                    limits=_limits(_CHECK_S),
                    type_check=True,
                    type_check_stubs=_STUBS,
                    type_check_format="json",
                    external_modules=modules,
                ) as session:
                    await session.feed_run(code, print_callback=lambda _stream, _text: None)
        except TimeoutError:
            return (_finding("too_slow", "what stands outside of main runs too long; move it into main"),)
        except MontyTypingError as error:
            return _typing_findings(error.display())
        except MontyError as error:
            frame = _place(error)
            where = (frame.line, frame.column) if frame else (1, 1)
            return (_finding("script_broken", str(error), *where),)
        return ()

    async def _workers(self) -> "AsyncMonty":
        async with self._starting:
            if self._pool is None:
                from pydantic_monty import AsyncMonty

                pool = AsyncMonty(max_processes=_WORKERS, max_checkouts_per_worker=_RUNS_A_WORKER)
                self._pool = await pool.__aenter__()
            return self._pool


def call_of(code: str) -> str:
    """The line that calls `main`. Raises LogicRefused when there is not exactly one."""
    found = _MAIN.findall(code)
    if len(found) != 1:
        raise LogicRefused(
            "The script needs one function main(params, input, ctx).", hint="Define it at the left edge."
        )
    return f"{'await ' if found[0] else ''}main(params, input, ctx)"


def _limits(seconds: float) -> Any:
    return {
        "max_feed_duration_secs": seconds,
        "max_memory": MEMORY_BYTES,
        "max_recursion_depth": _RECURSION,
        "max_suspensions": _HOST_CALLS,
        "max_total_sleep_secs": seconds,
    }


def _policy(frozen: Frozen | None) -> Any:
    if frozen is None:
        return None
    return {"datetime": frozen.now, "sleep": "zero", "random_start": {"seed": frozen.seed}}


def _encoded(value: Any, max_bytes: int) -> bytes:
    try:
        body = orjson.dumps(value, option=orjson.OPT_UTC_Z)
    except (TypeError, ValueError) as error:  # orjson's JSONEncodeError is a TypeError
        raise ScriptFailed(
            f"main returned something that is not JSON: {error}",
            hint="Return dictionaries with text keys, lists, text, numbers, booleans, dates or None.",
        ) from None
    if len(body) > max_bytes:
        raise ResultTooLarge(
            f"The result has {len(body)} bytes; the limit of this API is {max_bytes}.", hint="Return less."
        )
    return body


def _meaning(error: "MontyError", job: Job) -> OpsloomError:
    from pydantic_monty import MontyCrashedError

    inner = error.exception()
    refusal = job.refusal_of(str(inner))
    if refusal is not None:  # a module of the host refused, and the script let it pass
        return refusal
    if isinstance(inner, TimeoutError):
        return _out_of_time(job)
    if isinstance(error, MontyCrashedError):
        _log.warning("apis.sandbox_worker_lost", exit_status=error.exit_status)
        return ScriptFailed("The script brought its interpreter down.", hint="Use less memory and recursion.")
    frame = _place(error)
    where = f" at line {frame.line}" if frame else ""
    if isinstance(inner, MemoryError):
        text = f"The script used more than {MEMORY_BYTES >> 20} MiB{where}."
    else:
        text = f"{type(inner).__name__}: {inner}{where}"
    pointer = f"/logic/code#{frame.line}:{frame.column}" if frame else "/logic/code"
    detail = FieldProblem(pointer=pointer, detail=text[:1_000], code=type(inner).__name__)
    return ScriptFailed(f"The script failed: {text[:1_000]}", details=[detail])


def _out_of_time(job: Job) -> RunTimedOut:
    return RunTimedOut(
        f"The script ran longer than {job.timeout_s * 1e3:.0f} ms.", hint="Do less, or raise the API's limit."
    )


def _place(error: "MontyError") -> "Frame | None":
    """The innermost place in the script itself."""
    traceback = getattr(error, "traceback", None)
    frames: list[Frame] = traceback() if traceback else []
    return next((frame for frame in reversed(frames) if frame.filename == _RAN), None)


def _finding(code: str, message: str, line: int = 1, column: int = 1) -> Finding:
    return Finding(code, message, line, column, "/logic/code")


def _typing_findings(rendered: str) -> tuple[Finding, ...]:
    found = orjson.loads(rendered)
    return tuple(
        _finding(each["name"], each["message"], each["location"]["row"], each["location"]["column"])
        for each in found
        if each["severity"] in ("error", "fatal")
    )
