"""Rows of a user's statement through a server-side cursor, so that a result of any size needs the memory of one part.

Invariant: the statement has the same walls as any other (`sql.statement`): in the transaction in which the cursor lives the
tenant, the role and the time limit were set first, it only reads, and it is never committed. A stream has a connection of its
own, opened for it and closed after it whatever happened: nothing of it can reach another call, and streams, which last as
long as their readers take, are few and starve nobody's lanes. When the reader goes in the middle, the statement is cancelled.
"""

from collections.abc import AsyncGenerator, Sequence
from typing import Any

import psycopg
from psycopg import generators, pq

from opsloom.apis.engines.lane import StatementRefused
from opsloom.apis.engines.meaning import meaning
from opsloom.apis.engines.protocol import EngineCall, EngineResult, Program
from opsloom.apis.errors import ResultTooLarge, RunsBusy
from opsloom.apis.params import Parameter
from opsloom.apis.schemas import StreamPolicy
from opsloom.apis.sql.statement import ENTER, LARGEST_ROW_BYTES, SESSION, SQL_TYPES, Wrapped, encode
from opsloom.infra.db.dsn import Dsn
from opsloom.kit.errors import ConnectionLost

_TEXT_OID = 25
_MOST_ROWS = 500
_PART_BYTES = 4_000_000
_FIELDS = pq.DiagnosticField

Connection = psycopg.AsyncConnection[Any]


class SqlStreams:
    """Opens at most `most` streams at once."""

    def __init__(self, dsn: Dsn, *, most: int = 4) -> None:
        self._dsn = dsn
        self._most = most
        self.running = 0

    async def open(self) -> Connection:
        """A connection with a place; `close` gives it back. Raises RunsBusy, ConnectionLost."""
        if self.running >= self._most:
            hint = "Few answers are streamed at a time; try again when one has ended."
            raise RunsBusy("All places for streamed answers are taken.", hint=hint, retry_after_s=5)
        self.running += 1
        options = " ".join(f"-c {name}={value.replace(' ', chr(92) + ' ')}" for name, value in SESSION.items())
        try:
            return await psycopg.AsyncConnection.connect(
                **(self._dsn.psycopg() | {"options": options}), autocommit=True
            )
        except (psycopg.OperationalError, OSError) as error:
            self.running -= 1
            raise ConnectionLost("The database cannot be reached.", retry_after_s=2) from error
        except BaseException:
            self.running -= 1
            raise

    async def close(self, connection: Connection) -> None:
        self.running -= 1
        await connection.close()


class StreamedSql:
    """A program that answers whole like any other, and in parts where it is asked to."""

    def __init__(self, whole: Program, streams: SqlStreams, wrapped: Wrapped, parameters: Sequence[Parameter]) -> None:
        types = {parameter.name: SQL_TYPES[parameter.type][1] for parameter in parameters}
        self._whole = whole
        self._streams = streams
        self._wrapped = wrapped
        self._declare = b"declare rows no scroll cursor for "
        self._types = tuple(types[name] for name in wrapped.parameters)

    async def run(self, call: EngineCall) -> EngineResult:
        return await self._whole.run(call)

    async def rows(self, call: EngineCall, policy: StreamPolicy) -> AsyncGenerator[list[bytes], None]:
        """Parts of at most 500 rows. The largest row seen so far says how many are asked for at once."""
        connection = await self._streams.open()
        try:
            await self._begin(connection, call, policy)
            most, total, largest = _MOST_ROWS, 0, 1
            while True:
                part = await self._part(connection, most, policy)
                total += len(part)
                if total > policy.max_rows:
                    raise ResultTooLarge(
                        f"The result has more than {policy.max_rows} rows, the limit of this API's streams.",
                        hint="Ask for fewer rows.",
                    )
                if part:
                    yield part
                if len(part) < most:
                    return
                largest = max(largest, *map(len, part))
                most = max(8, min(_MOST_ROWS, _PART_BYTES // largest))
        finally:
            await self._streams.close(connection)

    async def _begin(self, connection: Connection, call: EngineCall, policy: StreamPolicy) -> None:
        values = [encode(call.values[name]) for name in self._wrapped.parameters]
        await self._told(connection, b"begin isolation level repeatable read read only", policy)
        enter = [str(call.tenant_id).encode(), str(policy.timeout_ms).encode()]
        await _ask(connection, ENTER.encode(), enter, (_TEXT_OID, _TEXT_OID))
        try:
            await _ask(connection, self._declare + self._wrapped.text.encode(), values, self._types)
        except StatementRefused as error:
            raise self._meaning(error, policy) from error

    async def _told(self, connection: Connection, text: bytes, policy: StreamPolicy) -> "pq.abc.PGresult":
        try:
            return await _ask(connection, text)
        except StatementRefused as error:
            raise self._meaning(error, policy) from error

    def _meaning(self, error: StatementRefused, policy: StreamPolicy) -> Exception:
        position = error.position - len(self._declare) if error.position else None
        return meaning(StatementRefused(error.sqlstate, error.message, position), self._wrapped, policy.timeout_ms)

    async def _part(self, connection: Connection, most: int, policy: StreamPolicy) -> list[bytes]:
        found = await self._told(connection, b"fetch %d from rows" % most, policy)
        part = [found.get_value(index, 0) for index in range(found.ntuples)]
        whole = [row for row in part if row is not None]
        if len(whole) < len(part):
            raise ResultTooLarge(
                f"A row has more than {LARGEST_ROW_BYTES} bytes, the most of a row in a stream.",
                hint="Ask for fewer columns, or for the answer as JSON.",
            )
        return whole


async def _ask(
    connection: Connection, text: bytes, values: Sequence[bytes | None] = (), types: Sequence[int] = ()
) -> "pq.abc.PGresult":
    """One statement's answer. When the waiting is given up, psycopg cancels the statement on the server before it goes on."""
    try:
        connection.pgconn.send_query_params(text, values, types)
        results: list[pq.abc.PGresult] = await connection.wait(generators.execute(connection.pgconn))
    except psycopg.OperationalError as error:
        raise _lost() from error
    last = results[-1]
    if last.status != pq.ExecStatus.FATAL_ERROR:
        return last
    sqlstate = (last.error_field(_FIELDS.SQLSTATE) or b"").decode()
    if not sqlstate or sqlstate.startswith(("57P", "08", "25P03")):
        raise _lost()
    position = last.error_field(_FIELDS.STATEMENT_POSITION)
    message = (last.error_field(_FIELDS.MESSAGE_PRIMARY) or b"").decode(errors="replace")
    raise StatementRefused(sqlstate, message, int(position) if position else None)


def _lost() -> ConnectionLost:
    return ConnectionLost("The database connection was lost during the call.", retry_after_s=2)
