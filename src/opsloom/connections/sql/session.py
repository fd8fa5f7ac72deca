"""Work on a SQL database in threads of its own, under a deadline that holds even when the database does not answer.

Invariant: at most `limits.pool` statements of a connection run at once, each in a reading transaction that is rolled back.
When the deadline passes or the caller goes away, the statement is stopped in the database where that can be, the
connection it ran on is thrown away, and the caller waits for none of it.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from opsloom.connections.content import Limits
from opsloom.connections.errors import QueryRefused, StatementTooLong
from opsloom.connections.sql.flavour import Flavour
from opsloom.connections.sql.job import Job, doing
from opsloom.kit.errors import DeadlinePassed, Overloaded
from opsloom.kit.resilience import deadline

T = TypeVar("T")
_LATE_S = 1.0
"""How much later than the database we end a statement ourselves: its own word that it was too slow is worth the wait."""


@dataclass(frozen=True, slots=True)
class _Task(Generic[T]):
    work: Callable[[Connection], T]
    reading: bool
    keep: bool = False


class SqlSession:
    """The pool and the threads of one version of one connection."""

    def __init__(self, flavour: Flavour, limits: Limits) -> None:
        self.flavour = flavour
        self.limits = limits
        self._threads = ThreadPoolExecutor(limits.pool, thread_name_prefix="opsloom-sql")
        self._lock = Lock()
        self._engine: Engine | None = None
        self._jobs: set[Job] = set()

    async def run(self, work: Callable[[Connection], T], seconds: float, *, reading: bool = True) -> T:
        """The result of `work` in a transaction that is rolled back.

        Raises DeadlinePassed, TargetLost, CredentialsRefused, QueryRefused, Overloaded, and what `work` raises.
        """
        return await self._run(_Task(work, reading), seconds)

    async def change(self, work: Callable[[Connection], T], seconds: float, *, keep: bool) -> T:
        """The same in a transaction that may write; it is kept when `keep` says so and `work` did not raise."""
        return await self._run(_Task(work, reading=False, keep=keep), seconds)

    async def _run(self, task: "_Task[T]", seconds: float) -> T:
        job = Job(self.flavour)
        loop = asyncio.get_running_loop()
        seconds = deadline.bounded(seconds)
        self._jobs.add(job)
        future = loop.run_in_executor(self._threads, self._work, job, task, seconds)
        future.add_done_callback(lambda _future: self._jobs.discard(job))
        try:
            async with deadline.within(seconds + (_LATE_S if self.flavour.limits_time else 0.0)):
                return await asyncio.shield(future)
        except (DeadlinePassed, asyncio.CancelledError):
            if not future.done():
                future.add_done_callback(_note)
                loop.run_in_executor(None, job.stop)
            raise

    def _work(self, job: Job, task: "_Task[T]", seconds: float) -> T:
        end = time.monotonic() + seconds
        try:
            with doing(job), self._pool().connect() as connection:
                job.hold(connection.connection.dbapi_connection)
                try:
                    with connection.begin() as transaction:
                        self.flavour.begin(connection, _sooner(end - time.monotonic()), reading=task.reading)
                        result = task.work(connection)
                        (transaction.commit if task.keep else transaction.rollback)()
                        return result
                finally:
                    job.release()
                    if job.stopped:
                        connection.invalidate()
        except PoolTimeout as error:
            raise Overloaded("Every connection of this pool is in use.", retry_after_s=1) from error
        except DBAPIError as error:
            judged = self.flavour.judge(error)
            if job.stopped or (time.monotonic() >= end and not isinstance(judged, StatementTooLong)):
                raise DeadlinePassed(f"{self.flavour.name} did not end within {seconds:g} s.") from error
            raise judged from error
        except SQLAlchemyError as error:
            raise QueryRefused(str(error).splitlines()[0][:500]) from error

    def _pool(self) -> Engine:
        with self._lock:
            if self._engine is None:
                self._engine = self.flavour.engine(self.limits)
            return self._engine

    @property
    def in_use(self) -> int:
        """Connections at work now."""
        pool: Any = self._engine.pool if self._engine is not None else None
        return int(pool.checkedout()) if pool is not None else 0

    async def close(self) -> None:
        """Close the pool; what still runs, though nobody waits for it or the process stops, is ended."""
        await asyncio.get_running_loop().run_in_executor(None, self._close, list(self._jobs))

    def _close(self, running: list[Job]) -> None:
        for job in running:
            job.stop()
        self._threads.shutdown(wait=True, cancel_futures=True)
        if self._engine is not None:
            self._engine.dispose()
        self.flavour.close()


def _sooner(left_s: float) -> float:
    """What a database is told: a little less than what is left, so that it ends the statement and says so before we hang up."""
    return max(0.001, left_s - min(0.5, left_s / 10))


def _note(future: asyncio.Future[Any]) -> None:
    """Nobody waits for it any more; that it failed is what was wanted."""
    if not future.cancelled():
        future.exception()
