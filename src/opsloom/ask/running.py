"""Questions under way in this process: followed by whoever asked, followed again after a lost connection, stopped on request.

Invariant: a question that has begun ends in exactly one way: its record, the record of what had arrived when it was stopped, or an
error. It ends also when nobody follows it any longer: work that nobody waits for is not done.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from uuid import UUID

from opsloom.ask.work import Begun, Broken, Recorded, Told, Work
from opsloom.identity.scope import Scope
from opsloom.infra.telemetry import get_logger, note_failure
from opsloom.kit.errors import OpsloomError

log = get_logger(__name__)

GRACE_S = 3.0
"""So long a question goes on without a follower: a connection that was lost comes back sooner."""


@dataclass
class Run:
    """One question under way and all it has told."""

    id: UUID
    scope: Scope
    told: list[Told] = field(default_factory=list)
    ended: bool = False
    followers: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None

    def tell(self, one: Told) -> None:
        self.told.append(one)
        self.wake()

    def wake(self) -> None:
        before, self.changed = self.changed, asyncio.Event()
        before.set()


class Runs:
    """The questions that this process is answering. A companion of the process: at its end they end."""

    name = "questions"

    def __init__(self, grace_s: float = GRACE_S) -> None:
        self._runs: dict[UUID, Run] = {}
        self._grace_s = grace_s

    async def run(self, stop: asyncio.Event) -> None:
        """Wait for the process to end; then nothing goes on."""
        await stop.wait()
        tasks = [run.task for run in self._runs.values() if run.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def begin(self, work: Work) -> Run:
        """Answer a question in the background, for its followers."""
        run = self._runs[work.posed.id] = Run(work.posed.id, work.scope)
        run.tell(Begun(work.posed.id, work.posed.thread_id))
        run.task = asyncio.create_task(self._drive(run, work), name=f"question {run.id}")
        return run

    def find(self, scope: Scope, question_id: UUID) -> Run | None:
        """A question of this person that is under way."""
        run = self._runs.get(question_id)
        if run is None or (run.scope.tenant_id, run.scope.user_id) != (scope.tenant_id, scope.user_id):
            return None
        return run

    async def stop(self, run: Run) -> None:
        """End it; what had arrived is stored as its answer."""
        if run.task is not None and not run.task.done():
            run.task.cancel()
            await asyncio.wait([run.task])

    async def follow(self, run: Run, after: int = -1) -> AsyncGenerator[tuple[int, Told], None]:
        """What the question tells, numbered, from after a number on, to its end."""
        run.followers += 1
        at = after + 1
        try:
            while True:
                changed = run.changed
                while at < len(run.told):
                    yield at, run.told[at]
                    at += 1
                if run.ended:
                    return
                await changed.wait()
        finally:
            run.followers -= 1
            if run.followers == 0 and not run.ended:
                asyncio.get_running_loop().call_later(self._grace_s, self._end_if_alone, run)

    def _end_if_alone(self, run: Run) -> None:
        if run.followers == 0 and not run.ended and run.task is not None:
            run.task.cancel()

    async def _drive(self, run: Run, work: Work) -> None:
        try:
            async with aclosing(work.follow()) as every:
                async for one in every:
                    run.tell(one)
        except asyncio.CancelledError:
            await self._stopped(run, work)
        except Exception as error:  # boundary: a question that breaks says so to whoever follows it
            note_failure("ask.run", error)
            log.warning("ask.run_failed", question=str(run.id), cause=str(error), exc_info=True)
            run.tell(Broken(_problem(error)))
        finally:
            self._runs.pop(run.id, None)
            run.ended = True
            run.wake()

    async def _stopped(self, run: Run, work: Work) -> None:
        try:
            run.tell(Recorded(await work.stopped(run.told)))
        except Exception as error:  # boundary: a question is stopped also when its record cannot be written
            note_failure("ask.stop", error)
            log.warning("ask.stop_failed", question=str(run.id), cause=str(error), exc_info=True)
            run.tell(Broken(_problem(error)))


def _problem(error: Exception) -> OpsloomError:
    """What may be told of a failure."""
    if isinstance(error, OpsloomError):
        return error
    return OpsloomError("The question could not be answered.", hint="Ask again; the log has the cause.")
