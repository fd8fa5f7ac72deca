"""One connection for users' SQL, driven through libpq so that a whole call is one message group.

Invariant: a call sends "enter" (tenant, time limit, role), the statement and one Sync together, which PostgreSQL treats as one
implicit transaction: it commits or fails as a whole and every setting reverts with it. The connection is idle and clean
whenever nobody waits on it, or it is closed; there is no third state. asyncpg cannot do this (each of its calls ends with its
own Sync), and BEGIN … COMMIT in four round trips halves the throughput. libpq brings log-in, TLS and cancelling along.
"""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import pq

from opsloom.apis.sql.statement import ENTER, SESSION
from opsloom.infra.db.dsn import Dsn
from opsloom.kit.errors import ConnectionLost

_FIELDS = pq.DiagnosticField
_ENTER_NAME = b"enter"
_LOST_STATES = frozenset({"08000", "08003", "08006", "53300"})


class StatementRefused(Exception):
    """PostgreSQL answered the call with an error; the connection is fine unless `is_fatal`."""

    def __init__(self, sqlstate: str, message: str, position: int | None) -> None:
        super().__init__(message)
        self.sqlstate = sqlstate
        self.message = message
        self.position = position


@dataclass(frozen=True, slots=True)
class Statement:
    """`key` names the text on the connection; `types` are the oids of `$1` …"""

    key: bytes
    text: bytes
    types: tuple[int, ...]


class Lane:
    """A connection in pipeline mode. One call at a time; `is_open` tells whether it can take another."""

    def __init__(self, connection: psycopg.AsyncConnection[Any], most_statements: int) -> None:
        self._connection = connection
        self._pg: pq.abc.PGconn = connection.pgconn
        self._most_statements = most_statements
        self._loop = asyncio.get_running_loop()
        self._fd = self._pg.socket
        self._prepared: OrderedDict[bytes, None] = OrderedDict()
        self._results: list[pq.abc.PGresult] = []
        self._done: asyncio.Future[list[pq.abc.PGresult]] | None = None
        self._answering = False
        self.is_open = True
        self._pg.nonblocking = 1
        self._pg.enter_pipeline_mode()
        self._loop.add_reader(self._fd, self._readable)

    @classmethod
    async def open(cls, dsn: Dsn, *, most_statements: int = 200) -> "Lane":
        """Connect; the last `most_statements` stay prepared. Raises ConnectionLost."""
        lane = cls(await cls.connect(dsn), most_statements)
        lane._pg.send_prepare(_ENTER_NAME, ENTER.encode(), [25, 25])
        try:
            _succeeded(await lane._finish())
        except BaseException:
            lane.close()
            raise
        return lane

    @staticmethod
    async def connect(dsn: Dsn) -> psycopg.AsyncConnection[Any]:
        """A connection that was told everything which holds for its life. Raises ConnectionLost."""
        options = " ".join(f"-c {name}={value.replace(' ', chr(92) + ' ')}" for name, value in SESSION.items())
        arguments = dsn.psycopg() | {"options": options}
        try:
            connection = await psycopg.AsyncConnection.connect(**arguments, autocommit=True)
        except (psycopg.OperationalError, OSError) as error:
            raise ConnectionLost("The database cannot be reached.", retry_after_s=2) from error
        if connection.pgconn.parameter_status(b"standard_conforming_strings") != b"on":
            await connection.close()
            raise ConnectionLost(
                "The database reads backslashes in strings in the old way.", hint="Set standard_conforming_strings=on."
            )
        return connection

    @property
    def is_answering(self) -> bool:
        """A call was sent and its answer has not come yet."""
        return self._answering

    @property
    def backend_pid(self) -> int:
        return self._pg.backend_pid

    async def call(
        self, enter: Sequence[bytes], statement: Statement, values: Sequence[bytes | None]
    ) -> list[bytes | None]:
        """The first row of the statement. Raises StatementRefused or ConnectionLost."""
        is_new = statement.key not in self._prepared
        forgets = is_new and len(self._prepared) >= self._most_statements
        try:
            self._send(enter, statement, values, forgets=forgets)
        except psycopg.OperationalError as error:
            self._lose()
            raise lost() from error
        results = await self._finish()
        parsed = results[1 + forgets] if len(results) > 1 + forgets else None
        if not is_new or (parsed is not None and parsed.status == pq.ExecStatus.COMMAND_OK):
            # what was prepared stays so, whatever became of the transaction
            self._prepared[statement.key] = None
            self._prepared.move_to_end(statement.key)
        last = _succeeded(results)
        return [last.get_value(0, column) for column in range(last.nfields)]

    def _send(
        self, enter: Sequence[bytes], statement: Statement, values: Sequence[bytes | None], *, forgets: bool
    ) -> None:
        """Queue one group of messages; the Sync follows in `_finish`."""
        pg = self._pg
        if forgets:
            pg.send_close_prepared(self._prepared.popitem(last=False)[0])
        pg.send_query_prepared(_ENTER_NAME, enter)
        if statement.key not in self._prepared:
            pg.send_prepare(statement.key, statement.text, statement.types)
        pg.send_query_prepared(statement.key, values)

    async def _finish(self) -> list[pq.abc.PGresult]:
        """Send what is queued with one Sync, and wait for its answers."""
        if not self.is_open:
            raise lost()
        self._results = []
        self._answering = True
        done = self._done = self._loop.create_future()
        try:
            self._pg.pipeline_sync()
            self._flush()
        except psycopg.OperationalError:
            self._lose()
        results: list[pq.abc.PGresult] = await done
        return results

    def _flush(self) -> None:
        """Hand the rest over when the socket has room; libpq returns 1 while something is left."""
        if self._pg.flush():
            self._loop.add_writer(self._fd, self._writable)

    def _writable(self) -> None:
        try:
            if not self._pg.flush():
                self._loop.remove_writer(self._fd)
        except psycopg.OperationalError:
            self._lose()

    def _readable(self) -> None:
        """Read on up to the Sync, also when the caller has gone: what is left unread would answer the next call."""
        try:
            self._pg.consume_input()
            nothing_new = 0
            while nothing_new < 2 and not self._pg.is_busy():
                result = self._pg.get_result()
                if result is None:  # the end of one statement's results; twice: nothing more has come yet
                    nothing_new += 1
                    continue
                nothing_new = 0
                if result.status == pq.ExecStatus.PIPELINE_SYNC:
                    self._settle()
                else:
                    self._results.append(result)
        except psycopg.OperationalError:
            self._lose()

    def _settle(self) -> None:
        done, self._done, self._answering = self._done, None, False
        if done is not None and not done.done():
            done.set_result(self._results)

    def _lose(self) -> None:
        done, self._done, self._answering = self._done, None, False
        self.close()
        if done is not None and not done.done():
            done.set_exception(lost())

    async def recover(self, wait_s: float = 2.0) -> None:
        """After a call was given up: stop it on the server, and close the connection when that does not end it."""
        if self._answering:
            ended = self._done = self._loop.create_future()
            with contextlib.suppress(psycopg.OperationalError, TimeoutError, ConnectionLost):
                await self._connection.cancel_safe(timeout=wait_s)
                await asyncio.wait_for(ended, wait_s)
        if self._answering:
            self.close()

    def close(self) -> None:
        """Forget the connection at once."""
        if self.is_open:
            self.is_open = False
            self._loop.remove_reader(self._fd)
            self._loop.remove_writer(self._fd)
            self._pg.finish()


def _succeeded(results: list[pq.abc.PGresult]) -> pq.abc.PGresult:
    """The last answer of a group in which nothing failed; the first failure is the cause of the others."""
    for result in results:
        if result.status == pq.ExecStatus.FATAL_ERROR:
            raise _refused(result)
    return results[-1]


def lost() -> ConnectionLost:
    """The connection ended under a call."""
    return ConnectionLost("The database connection was lost during the call.", retry_after_s=2)


def refusal(sqlstate: str, message: str, position: bytes | None) -> StatementRefused | ConnectionLost:
    """What PostgreSQL's error means for the connection."""
    if not sqlstate or sqlstate.startswith("57P") or sqlstate in _LOST_STATES:
        return lost()
    return StatementRefused(sqlstate, message, int(position) if position else None)


def _refused(result: pq.abc.PGresult) -> Exception:
    sqlstate = (result.error_field(_FIELDS.SQLSTATE) or b"").decode()
    message = (result.error_field(_FIELDS.MESSAGE_PRIMARY) or b"").decode(errors="replace")
    return refusal(sqlstate, message, result.error_field(_FIELDS.STATEMENT_POSITION))
