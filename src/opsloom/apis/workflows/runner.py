"""Takes turns at runs, many at once, and shares them with the runners of other processes.

Invariant: this process works on a run only while the run's turn says so. The lease is prolonged by a beat of its own; when the process
dies its turns are free after the lease, and when it ends orderly they are free at once. Nothing here waits for a moment to pass: a run
that wants work is told of by NOTIFY (or by the turn that ended before it), and the next moment of a waiting one is known.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Final, TypeVar
from uuid import UUID

from prometheus_client import Counter, Gauge

from opsloom.apis.workflows import turns
from opsloom.apis.workflows.ledger import Ledger
from opsloom.apis.workflows.loading import Loaded, load
from opsloom.apis.workflows.work import Work
from opsloom.infra import recording
from opsloom.infra.core import Core
from opsloom.infra.parts import OfTenant, TraceKind
from opsloom.infra.stream import TenantOnly
from opsloom.infra.telemetry import get_logger, note_failure, span
from opsloom.infra.wakeups import WORKFLOWS
from opsloom.kit.errors import ConnectionLost
from opsloom.kit.waking import woken

T = TypeVar("T")
PLACES: Final = 64
"""Runs that one process works on at once."""
BEAT_S: Final = 1.0
_LOOK_AGAIN_S: Final = 5.0
_PAUSE_S: Final = 1.0
_LAST_WORK_S: Final = 8.0
_TURNS = Counter("opsloom_workflow_turns_total", "Turns at runs in the background, by how they ended.", ["outcome"])
_AT_WORK = Gauge("opsloom_workflow_runs_at_work", "Runs in the background that this process works on.")
log = get_logger(__name__)


class Runner:
    """Component of a process that does background work. `of_tenant`: so many runs of a tenant are worked on at once, anywhere."""

    name = "workflows.runner"

    def __init__(self, core: Core, ledger: Ledger, work: Work, *, of_tenant: int) -> None:
        self._core = core
        self._id = ledger.runner_id
        self._work = work
        self._of_tenant = of_tenant
        self._at_work: dict[UUID, asyncio.Task[None]] = {}
        self._end_asked: set[UUID] = set()
        self._unknown: set[UUID] = set()
        self._wake = asyncio.Event()
        self._beat_now = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop; turns under way get some seconds to end, the rest is anybody's."""
        silence = self._core.wakeups.subscribe(WORKFLOWS, self._notified)
        stopping = asyncio.ensure_future(stop.wait())
        await self._beat()
        beating = asyncio.create_task(self._keep_beating(), name="workflow beat")
        try:
            while not stop.is_set():
                pause_s = await self._survive(self._claim) or _LOOK_AGAIN_S
                await woken(self._wake, stopping, min(pause_s, _LOOK_AGAIN_S))
            await self._end_work()
        finally:
            silence()
            stopping.cancel()
            beating.cancel()

    async def advance(self, tenant_id: UUID, run_id: UUID) -> None:
        """One turn at one run, now, unless somebody else has it."""
        async with self._core.db.raw(TenantOnly(tenant_id)) as connection:
            if not await turns.take(connection, tenant_id, run_id, self._id):
                return
        for loaded in await load(self._core.db, tenant_id, [run_id], self._id, self._core.clock.now()):
            await self._work.turn(loaded, lambda: False)

    def _notified(self, said: str | None) -> None:
        self._wake.set()
        if said in (turns.CANCEL, None):
            self._beat_now.set()

    async def _claim(self) -> float | None:
        """Begin what there are places for; in how many seconds the next run is due, if that is known."""
        places = PLACES - len(self._at_work)
        if places <= 0:
            return None  # the end of a turn wakes
        async with self._core.db.connection() as connection:
            claimed = await turns.claim(connection, self._id, places, self._of_tenant)
        for tenant_id, run_ids in claimed.runs.items():
            for loaded in await load(self._core.db, tenant_id, run_ids, self._id, self._core.clock.now()):
                self._begin(loaded)
        return claimed.next_s

    def _begin(self, loaded: Loaded) -> None:
        run_id = loaded.run.id
        task = asyncio.create_task(self._turn(loaded), name=f"workflow {run_id}")
        self._at_work[run_id] = task
        _AT_WORK.set(len(self._at_work))
        task.add_done_callback(lambda _task: self._ended(run_id))

    def _ended(self, run_id: UUID) -> None:
        del self._at_work[run_id]
        self._end_asked.discard(run_id)
        _AT_WORK.set(len(self._at_work))
        self._wake.set()

    async def _turn(self, loaded: Loaded) -> None:
        run = loaded.run
        outcome = "interrupted"
        try:
            with span(
                "workflow turn", parent=recording.remote(run.trace_id), owner=OfTenant(run.tenant_id), run=str(run.id)
            ):
                recording.about(TraceKind.WORKFLOW, run.api_name, subject_id=run.id)
                await self._work.turn(loaded, lambda: run.id in self._end_asked)
            outcome = "done"
        except ConnectionLost as error:  # it is still this process's, and given back by the next beat that gets through
            note_failure("workflows.turn", error)
            log.warning("workflow.interrupted", run=str(run.id), cause=str(error))
        except Exception as error:  # boundary: a turn may fail in any way; its run is given back and taken up again
            outcome = "failed"
            note_failure("workflows.turn", error)
            log.error("workflow.turn_failed", run=str(run.id), cause=str(error), exc_info=True)
        finally:
            _TURNS.labels(outcome).inc()

    async def _keep_beating(self) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._beat_now.wait(), BEAT_S)
            self._beat_now.clear()
            await self._survive(self._beat)

    async def _beat(self) -> None:
        """Prolong the lease; end what is asked to end; give back what this process has without working on it."""
        async with self._core.db.connection() as connection:
            freed, mine = await turns.beat(connection, self._id)
        if freed:
            log.warning("workflow.taken_over", runs=freed)
            self._wake.set()
        self._end(mine)
        unknown = mine.keys() - self._at_work.keys()
        if lost := unknown & self._unknown:  # seen twice: not only between being claimed and being begun
            async with self._core.db.connection() as connection:
                await turns.give_back(connection, self._id, list(lost), _PAUSE_S)
        self._unknown = unknown

    def _end(self, mine: Mapping[UUID, bool]) -> None:
        for run_id, is_asked in mine.items():
            if is_asked and run_id in self._at_work and run_id not in self._end_asked:
                self._end_asked.add(run_id)
                self._at_work[run_id].cancel()

    async def _survive(self, step: Callable[[], Awaitable[T]]) -> T | None:
        try:
            return await step()
        except ConnectionLost as error:
            note_failure("workflows.runner", error)
            log.warning("workflow.database_away", cause=str(error))
            await asyncio.sleep(_PAUSE_S)
            return None

    async def _end_work(self) -> None:
        tasks = list(self._at_work.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=_LAST_WORK_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        async with self._core.db.connection() as connection:
            await turns.leave(connection, self._id)
