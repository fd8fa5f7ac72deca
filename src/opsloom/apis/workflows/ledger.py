"""What becomes of runs, written in groups: what waits while one transaction is being written goes into the next, of all runs and tenants.

Invariants:
- Whoever writes waits until the transaction that holds his words has committed: nothing behind a node starts before the node's row is
  on disk.
- Words about a run are taken only while its turn is this process's (the turn's row is locked against being taken over until the commit);
  else the writer gets TurnLost and has to let go of the run.
- Each tenant's part is written under its own setting, so that row security holds for every row.
- What PostgreSQL refuses costs only whoever said it: a refused group is written again one by one.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import asyncpg

from opsloom.apis.workflows import ledger_sql as sql
from opsloom.apis.workflows.models import TOPIC
from opsloom.apis.workflows.words import Saying, Words
from opsloom.infra import stream
from opsloom.infra.db import Database
from opsloom.infra.telemetry import get_logger, note_failure
from opsloom.kit.errors import ConnectionLost, DatabaseFailed

_TRIES: Final = 4
_CLASH: Final = frozenset({"40001", "40P01", "55P03"})
_WORDS_AT_FAULT: Final = ("22", "23", "54")
_MOST_IN_GROUP: Final = 500
log = get_logger(__name__)


class TurnLost(Exception):
    """The run is not this process's any more."""


@dataclass(slots=True)
class _Waiting:
    words: Words
    done: "asyncio.Future[UUID]"

    def settle(self, run_id: UUID | None) -> None:
        """The run that it is about: for a beginning maybe an older one with the same key; None: the turn is lost."""
        if self.done.done():
            return
        if run_id is None:
            self.done.set_exception(TurnLost())
        else:
            self.done.set_result(run_id)

    def fail(self, error: BaseException) -> None:
        if not self.done.done():
            self.done.set_exception(error)


class Ledger:
    """The process's one way to write about runs that it has. `runner_id` is whose turns are its own."""

    def __init__(self, db: Database, runner_id: UUID, *, writers: int = 2) -> None:
        self.runner_id = runner_id
        self._db = db
        self._most_writers = writers
        self._queue: deque[_Waiting] = deque()
        self._writers: set[asyncio.Task[None]] = set()

    async def write(self, words: Words) -> UUID:
        """Returns once it is on disk. Raises TurnLost, ConnectionLost, DatabaseFailed."""
        done: asyncio.Future[UUID] = asyncio.get_running_loop().create_future()
        self._queue.append(_Waiting(words, done))
        if len(self._writers) < self._most_writers:
            writer = asyncio.create_task(self._write_until_empty(), name="workflow-ledger")
            self._writers.add(writer)
            writer.add_done_callback(self._writers.discard)
        return await done

    async def _write_until_empty(self) -> None:
        await asyncio.sleep(0)  # what is said in the same turn of the loop joins this group
        while self._queue:
            group = [self._queue.popleft() for _ in range(min(len(self._queue), _MOST_IN_GROUP))]
            try:
                await self._settle(group)
            except ConnectionLost as error:
                _fail(group, error)
            except Exception as error:  # boundary: whoever waits is answered, whatever went wrong
                note_failure("workflows.ledger", error)
                log.error("workflows.not_written", cause=f"{type(error).__name__}: {error}", exc_info=True)
                _fail(group, DatabaseFailed("What became of a run could not be written."))
            except asyncio.CancelledError:
                _fail(group, ConnectionLost("The server is stopping.", retry_after_s=5))
                raise

    async def _settle(self, group: Sequence[_Waiting]) -> None:
        for attempt in range(1, _TRIES + 1):
            try:
                found = await self._commit(group)
            except asyncpg.PostgresError as error:
                state = error.sqlstate or ""
                if state.startswith(_WORDS_AT_FAULT):
                    await self._refused(group, error)
                    return
                if state not in _CLASH or attempt == _TRIES:
                    raise
                note_failure("workflows.clash", error)
            else:
                for waiting, run_id in zip(group, found, strict=True):
                    waiting.settle(run_id)
                return

    async def _refused(self, group: Sequence[_Waiting], error: asyncpg.PostgresError) -> None:
        if len(group) == 1:
            group[0].fail(DatabaseFailed(f"The database refused what a node gave: {error}"[:500]))
            return
        for waiting in group:
            await self._settle([waiting])

    async def _commit(self, group: Sequence[_Waiting]) -> list[UUID | None]:
        shares: dict[UUID, list[Words]] = {}
        for waiting in group:
            shares.setdefault(waiting.words.tenant_id, []).append(waiting.words)
        found: dict[int, UUID] = {}
        async with self._db.connection() as connection, connection.transaction():
            for tenant_id, share in sorted(shares.items()):
                await connection.execute(sql.SET_TENANT, str(tenant_id))
                found |= await self._share(connection, tenant_id, share)
        return [found.get(id(waiting.words)) for waiting in group]

    async def _share(
        self, connection: "sql.Connection[Any]", tenant_id: UUID, share: Sequence[Words]
    ) -> dict[int, UUID]:
        """One tenant's part; which run each of its words is about now."""
        found: dict[int, UUID] = {}
        for saying in Saying:
            said = [words for words in share if words.saying is saying]
            if not said:
                continue
            if saying is Saying.BEGIN:
                found |= await sql.begin(connection, tenant_id, said)
            else:
                held = await sql.WRITES[saying](connection, (tenant_id, self.runner_id), [words.row for words in said])
                found |= {id(words): words.run_id for words in said if words.run_id in held}
        told = [words.message for words in share if found.get(id(words)) == words.run_id]
        if told:
            await stream.publish_many(connection, tenant_id, TOPIC, told)
        return found


def _fail(group: Sequence[_Waiting], error: BaseException) -> None:
    for waiting in group:
        waiting.fail(error)
