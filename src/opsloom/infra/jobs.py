"""Background jobs on procrastinate: PostgreSQL is the queue, jobs are deferred in the caller's transaction.

A domain's `jobs.py` lists its `Task`s and `Schedule`s; the composition root gives them all to `Worker`. A task runs as
`await fn(core, **args)` with JSON arguments; the tenant it works for is one of them. Tasks must bear being run twice:
a worker that dies in the middle leaves the job to be taken over.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
import procrastinate
import procrastinate.worker
from prometheus_client import Counter, Histogram
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.infra import recording
from opsloom.infra.db.dsn import Dsn
from opsloom.infra.parts import OfTenant, TraceKind
from opsloom.infra.telemetry import get_logger, note_failure, span

if TYPE_CHECKING:
    from opsloom.infra.core import Core

log = get_logger(__name__)

STALLED_AFTER_S = 10.0
"""A worker that has not been heard of for so long is gone, and its jobs are given to others."""
HEARTBEAT_S = 2.0
_RUNS = Counter("opsloom_job_runs_total", "Jobs run, by task and outcome.", ["task", "outcome"])
_SECONDS = Histogram("opsloom_job_seconds", "Time a job took.", ["task"])

_DEFER = text(
    """
select (procrastinate_defer_jobs_v1(array[row(
    cast(:queue as varchar), cast(:task as varchar), cast(:priority as integer), cast(:lock as varchar),
    cast(:queueing_lock as varchar), cast(:args as jsonb), cast(:at as timestamptz)
)::procrastinate_job_to_defer_v1]))[1]
"""
)


@dataclass(frozen=True)
class Task:
    """A kind of job. `retries` counts further tries after the first, each after a growing pause."""

    name: str
    run: Callable[..., Awaitable[None]]
    queue: str = "default"
    retries: int = 0
    retry_wait_s: float = 2.0


@dataclass(frozen=True)
class Schedule:
    """A task that is deferred by the clock; `cron` has five fields, or six with seconds last, in UTC."""

    cron: str
    task: Task
    args: Mapping[str, Any] = field(default_factory=dict)


async def defer(
    session: AsyncSession,
    task: Task | str,
    args: Mapping[str, Any],
    *,
    at: datetime | None = None,
    lock: str | None = None,
    queueing_lock: str | None = None,
) -> int:
    """Add a job that exists only if the caller's transaction commits; returns its number.

    `lock`: jobs with the same lock run one after the other. `queueing_lock`: at most one such job waits (a second one
    raises a unique violation).
    """
    values = {
        "queue": task.queue if isinstance(task, Task) else "default",
        "task": task.name if isinstance(task, Task) else task,
        "priority": 0,
        "lock": lock,
        "queueing_lock": queueing_lock,
        "args": orjson.dumps(args, default=str).decode(),
        "at": at,
    }
    return int((await session.execute(_DEFER, values)).scalar_one())


class Worker:
    """Component: runs jobs and defers scheduled ones (exactly one node defers each tick, PostgreSQL decides)."""

    name = "worker"

    def __init__(
        self, core: "Core", tasks: Sequence[Task], schedules: Sequence[Schedule], *, concurrency: int = 8
    ) -> None:
        self._core = core
        self._concurrency = concurrency
        self._app = procrastinate.App(connector=_connector(core.db.dsn))
        registered = {task.name: self._register(task) for task in tasks}
        for schedule in schedules:
            periodic = self._app.periodic(cron=schedule.cron, periodic_id=schedule.task.name)
            periodic(registered[schedule.task.name])

    def _register(self, task: Task) -> Any:
        retry = None
        if task.retries:
            retry = procrastinate.RetryStrategy(
                max_attempts=task.retries, exponential_wait=int(max(2, task.retry_wait_s))
            )

        async def run(timestamp: int | None = None, **args: Any) -> None:
            del timestamp  # procrastinate passes the tick to scheduled tasks; ours look at the clock
            with span(f"job {task.name}", owner=_owner(args)), _SECONDS.labels(task.name).time():
                recording.about(_kind_of(task), task.name)
                try:
                    await task.run(self._core, **args)
                except Exception as error:  # boundary: a job may fail in any way; it is counted, logged and given back
                    _RUNS.labels(task.name, "failed").inc()
                    note_failure(f"job:{task.name}", error)
                    log.warning("job.failed", task=task.name, cause=str(error), exc_info=True)
                    raise
                _RUNS.labels(task.name, "succeeded").inc()

        return self._app.task(name=task.name, queue=task.queue, retry=retry or False)(run)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop; running jobs get 10 seconds to end, the rest are taken over later."""
        async with self._app.open_async():
            work = asyncio.create_task(
                _Hands(
                    self._app,
                    concurrency=self._concurrency,
                    install_signal_handlers=False,
                    listen_notify=True,
                    fetch_job_polling_interval=1,  # also how soon another process starts the next job of a lock
                    shutdown_graceful_timeout=10,
                    update_heartbeat_interval=HEARTBEAT_S,
                    stalled_worker_timeout=STALLED_AFTER_S,
                    delete_jobs="successful",
                ).run()  # type: ignore[no-untyped-call]
            )
            try:
                await self._mind(work, stop)
            finally:
                await _end(work)

    async def _mind(self, work: "asyncio.Task[None]", stop: asyncio.Event) -> None:
        """Until told to stop, give back the jobs of workers that have not been heard of. Raises what ended the worker."""
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                await self._take_over_stalled()
                await asyncio.wait({work, stopping}, timeout=STALLED_AFTER_S / 2, return_when=asyncio.FIRST_COMPLETED)
                if work.done():
                    await work
                    return
        finally:
            stopping.cancel()

    async def _take_over_stalled(self) -> None:
        for job in await self._app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_S):
            log.warning("job.taken_over", task=job.task_name, job=job.id)
            await self._app.job_manager.retry_job(job)


def _owner(args: Mapping[str, Any]) -> OfTenant | None:
    """Whose job it is; one for all tenants is nobody's."""
    tenant_id = args.get("tenant_id")
    return OfTenant(UUID(tenant_id)) if isinstance(tenant_id, str) else None


def _kind_of(task: Task) -> TraceKind:
    return TraceKind.DELIVERY if task.name.startswith("notifications.") else TraceKind.JOB


class _Hands(procrastinate.worker.Worker):
    """Looks for work again when a job with a lock has ended: the next one with that lock is told of by nobody else."""

    async def _process_job(self, context: procrastinate.JobContext) -> None:
        await super()._process_job(context)
        if context.job.lock is not None:
            self._new_job_event.set()


async def _end(work: "asyncio.Task[None]") -> None:
    """The first cancellation asks the worker to finish what it runs."""
    if work.done():
        return
    work.cancel()
    try:
        await work
    except asyncio.CancelledError:
        log.info("worker.stopped")


def _connector(dsn: Dsn) -> procrastinate.PsycopgConnector:
    return procrastinate.PsycopgConnector(kwargs=dsn.psycopg(), min_size=1, max_size=4)
