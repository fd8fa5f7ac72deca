"""Hands work to processes that may be killed.

Invariant: whatever a user's expression or text does (loop, recurse, swell, make a regular expression explode), the event loop
waits at most for its time and the process is gone afterwards. A process is started with the first job that needs one, and
ends after a while without any.
"""

import asyncio
import struct
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, NoReturn

import orjson
from prometheus_client import Counter

from opsloom.infra.aside import worker
from opsloom.infra.aside.errors import ExpressionFailed, ExpressionTooCostly, ExpressionUnreadable, TextUnreadable
from opsloom.infra.telemetry import get_logger
from opsloom.kit import frozen
from opsloom.kit.errors import ExternalServiceFailed, Overloaded
from opsloom.kit.resilience import deadline

log = get_logger(__name__)

PROCESSES = 2
IDLE_S = 120.0
EXPRESSION_S = 2.0
TEXT_S = 30.0
MOST_RESULT_BYTES = 32_000_000
_GRACE_S = 0.5
_ENDED = Counter("opsloom_aside_killed_total", "Processes ended because their work took too long or died of it.")


class _Process:
    """One process and its pipes."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self._in = process.stdin
        self._out = process.stdout

    @classmethod
    async def start(cls) -> "_Process":
        """The interpreter and one file of ours: no environment, no inherited files, none of the product loaded."""
        pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        command = (sys.executable, "-I", worker.__file__)
        try:
            process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=nothing, env={})
        except OSError as error:
            raise Overloaded("No process could be started for this.") from error
        return cls(process)

    @property
    def lives(self) -> bool:
        """Not ended by somebody else meanwhile."""
        return self._process.returncode is None

    async def do(self, job: bytes, data: bytes) -> bytes:
        """Raises ConnectionError or IncompleteReadError when it dies."""
        self._in.writelines((struct.pack(">I", len(job)), job, struct.pack(">I", len(data)), data))  # one write for all
        await self._in.drain()
        (size,) = struct.unpack(">I", await self._out.readexactly(4))
        return await self._out.readexactly(size)

    async def end(self) -> None:
        """Kill it and wait until it is gone."""
        with suppress(ProcessLookupError):
            self._process.kill()
        self._in.close()
        await self._process.wait()


class Aside:
    """The processes of one process; a part of the core, and a component that ends them."""

    name = "aside"

    def __init__(self, processes: int = PROCESSES, *, idle_s: float = IDLE_S) -> None:
        self._idle_s = idle_s
        self._free: list[_Process] = []
        self._places = asyncio.Semaphore(processes)
        self._texts = asyncio.Semaphore(1)  # a long text must leave a place for expressions
        self._sleep: asyncio.TimerHandle | None = None
        self._ending: set[asyncio.Task[None]] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Wait for the end, then end the processes."""
        await stop.wait()
        await self.close()

    @property
    def processes(self) -> int:
        """How many wait for work."""
        return sum(process.lives for process in self._free)

    async def check(self, expressions: Sequence[str]) -> None:
        """Whether these are JSONata. Raises ExpressionUnreadable, ExpressionTooCostly."""
        await self._do({"do": "check", "expressions": list(expressions)}, b"null", EXPRESSION_S)

    async def evaluate(
        self,
        expressions: Sequence[str],
        given: bytes,
        *,
        then: Sequence[str] = (),
        bindings: Mapping[str, Any] | None = None,
        limit_s: float = EXPRESSION_S,
    ) -> list[Any]:
        """The values of JSONata expressions over `given` (JSON), then of those in `then`, each over the value before it.

        Nothing and null are both None. Raises ExpressionUnreadable, ExpressionFailed, ExpressionTooCostly.
        """
        job: dict[str, Any] = {
            "do": "evaluate",
            "expressions": list(expressions),
            "then": list(then),
            "bindings": dict(bindings or {}),
        }
        if (held := frozen.current()) is not None:
            job |= {"now_ms": int(held.now.timestamp() * 1_000), "seed": held.seed}
        return await self._do(job, given, limit_s)

    async def yaml(self, text: bytes) -> Any:
        """A YAML text as JSON. Raises TextUnreadable, ExpressionTooCostly."""
        async with self._texts:
            return (await self._do({"do": "yaml"}, text, TEXT_S))[0]

    async def close(self) -> None:
        """End the processes that are free; one at work is ended when its work is."""
        if self._sleep is not None:
            self._sleep.cancel()
        free, self._free = self._free, []
        for process in free:
            await process.end()
        if self._ending:
            await asyncio.gather(*self._ending)

    async def _do(self, job: dict[str, Any], data: bytes, limit_s: float) -> list[Any]:
        async with self._places:
            limit_s = deadline.bounded(limit_s)
            self._free = [process for process in self._free if process.lives]
            process = self._free.pop() if self._free else await _Process.start()
            done = False
            try:
                terms = {"timeout_ms": max(int(limit_s * 1000), 1), "most_bytes": MOST_RESULT_BYTES}
                message = orjson.dumps(job | terms)
                async with asyncio.timeout(limit_s + _GRACE_S):
                    answer = orjson.loads(await process.do(message, data))
                done = answer.get("error") != "costly"
            except TimeoutError:
                raise ExpressionTooCostly(f"It ran longer than {limit_s:g} s.") from None
            except (ConnectionError, asyncio.IncompleteReadError):
                raise ExpressionTooCostly("The process that did the work died of it.") from None
            finally:
                self._put_back(process, whole=done)
        if "error" in answer:
            _refuse(answer)
        results: list[Any] = answer["results"]
        return results

    def _put_back(self, process: _Process, *, whole: bool) -> None:
        """Keep a process that ended its work well; end any other, for it may still be at it or be swollen."""
        if whole:
            self._free.append(process)
            if self._sleep is not None:
                self._sleep.cancel()
            self._sleep = asyncio.get_running_loop().call_later(self._idle_s, self._end_idle)
            return
        _ENDED.inc()
        self._end(process)

    def _end_idle(self) -> None:
        free, self._free = self._free, []
        for process in free:
            self._end(process)

    def _end(self, process: _Process) -> None:
        task = asyncio.get_running_loop().create_task(process.end())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)


def _refuse(answer: Mapping[str, Any]) -> NoReturn:
    message = str(answer["message"])
    match answer["error"]:
        case "unreadable":
            raise ExpressionUnreadable(message, index=answer["index"], position=answer["position"])
        case "costly":
            raise ExpressionTooCostly(message)
        case "text":
            raise TextUnreadable(message)
        case "failed":
            raise ExpressionFailed(message)
    raise ExternalServiceFailed("The work done aside ended in a way that is not known.")
