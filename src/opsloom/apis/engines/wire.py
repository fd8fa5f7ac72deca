"""Connections of the hot path: many short calls under way on each, spoken to in PostgreSQL's own protocol.

Invariant: as in a lane, each call is one message group with its own Sync, thus a transaction of its own that was told tenant,
time limit and role just before and reverts them with its end. PostgreSQL answers groups in order; an answer goes to the call
that is next in line, and an answer that is not exactly "entered, ran, done" never becomes a result. libpq still logs in
(passwords, options); only then is its socket spoken on directly, for handing bytes through libpq costs as much as the rest
of a call. Only for Unix sockets, which are neither encrypted nor far away.

A call that takes longer than `LIMIT_MS` holds up those behind it, so it is stopped then; the caller runs it again where it may
be slow. Users' SQL only reads, so that is safe.
"""

import asyncio
import os
import socket
import time
from collections import OrderedDict, deque
from collections.abc import Sequence
from struct import Struct
from typing import Any, cast

import psycopg

from opsloom.apis.engines.lane import Lane, Statement, StatementRefused, lost, refusal
from opsloom.apis.sql.statement import ENTER
from opsloom.infra.db.dsn import Dsn
from opsloom.kit.errors import ConnectionLost

LIMIT_MS = 100
MOST_STATEMENTS = 200
_ENTER_NAME = b"enter"
_PREPARED_ALREADY = "42P05"
UNPREPARED = frozenset({"26000", _PREPARED_ALREADY})
"""The statement is not prepared after all, or already: what was sent together with others assumed something else."""

_int, _short, _head = Struct("!i"), Struct("!h"), Struct("!ci")
_EXECUTE = b"E\x00\x00\x00\x09\x00\x00\x00\x00\x00"
_SYNC = b"S\x00\x00\x00\x04"
_PARSED, _ROW, _DONE, _READY, _ERROR = ord("1"), ord("D"), ord("C"), ord("Z"), ord("E")
_QUIET = frozenset(b"23SNAt")  # bound, closed, a setting, a notice, a notification, parameter types

Row = list[bytes | None]


class _Call:
    """One group under way."""

    __slots__ = ("done", "error", "expected", "finished", "key", "row", "sent")

    def __init__(self, done: "asyncio.Future[tuple[Row, float]]", key: bytes | None, sent: float) -> None:
        self.expected = 2  # "enter", and the statement
        self.done = done
        self.key = key  # of the statement that this group prepares
        self.sent = sent
        self.finished = 0
        self.row: Row = []
        self.error: StatementRefused | ConnectionLost | None = None


class Wire(asyncio.Protocol):
    """One connection. `under_way` calls wait on it; `since` is when the first of them could begin."""

    def __init__(self) -> None:
        self._calls: deque[_Call] = deque()
        self._prepared: OrderedDict[bytes, None] = OrderedDict()
        self._parts: list[bytes] = []
        self._have = self._need = 0
        self._out: list[bytes] = []
        self._transport: asyncio.Transport | None = None
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._loop = asyncio.get_running_loop()
        self.since = 0.0
        self.is_open = True

    @classmethod
    async def open(cls, dsn: Dsn) -> "Wire":
        """Connect. Raises ConnectionLost."""
        connection = await Lane.connect(dsn)
        sock = socket.socket(fileno=os.dup(connection.pgconn.socket))
        sock.setblocking(False)
        _, wire = await asyncio.get_running_loop().create_unix_connection(cls, sock=sock)
        wire._connection = connection
        try:
            answer = wire._group(_parse(Statement(_ENTER_NAME, ENTER.encode(), (25, 25))), None)
            wire._calls[0].expected = 0
            await answer
        except BaseException:
            wire.close()
            raise
        return wire

    @property
    def under_way(self) -> int:
        return len(self._calls)

    async def call(
        self, enter: Sequence[bytes], statement: Statement, values: Sequence[bytes | None]
    ) -> tuple[Row, float]:
        """The first row of the statement, and the milliseconds PostgreSQL had it. Raises StatementRefused, ConnectionLost."""
        key = statement.key
        messages, new = b"", None
        if key in self._prepared:
            self._prepared.move_to_end(key)
        else:
            if len(self._prepared) >= MOST_STATEMENTS:
                messages = _close(self._prepared.popitem(last=False)[0])
            self._prepared[key] = None
            new = key
        messages += _bind(_ENTER_NAME, enter)
        if new is not None:
            messages += _parse(statement)
        try:
            return await self._group(messages + _bind(key, values), new)
        except StatementRefused as error:
            if error.sqlstate == _PREPARED_ALREADY:
                self._prepared[key] = None
            elif error.sqlstate in UNPREPARED:  # the call that was to prepare it failed before it came to that
                self._prepared.pop(key, None)
            raise

    def _group(self, messages: bytes, new: bytes | None) -> "asyncio.Future[tuple[Row, float]]":
        """Send with all others of this turn of the loop."""
        if not self.is_open:
            raise lost()
        now = time.perf_counter()
        if not self._calls:
            self.since = now
        call = _Call(self._loop.create_future(), new, now)
        self._calls.append(call)
        if not self._out:
            self._loop.call_soon(self._flush)
        self._out.append(messages + _SYNC)
        return call.done

    def _flush(self) -> None:
        if self._transport is not None and self.is_open:
            self._transport.write(b"".join(self._out) if len(self._out) > 1 else self._out[0])
        self._out = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one by behaviour only

    def connection_lost(self, _error: Exception | None) -> None:
        self.close()

    def data_received(self, data: bytes) -> None:
        if self._parts:
            self._parts.append(data)
            self._have += len(data)
            if self._have < self._need:
                return
            data = b"".join(self._parts)
            self._parts = []
        at, size = 0, len(data)
        while size - at >= 5:
            end = at + 1 + _int.unpack_from(data, at + 1)[0]
            if end > size:
                break
            self._message(data[at], data, at + 5, end)
            at = end
        if at < size:
            self._parts = [data[at:]]
            self._have = size - at
            self._need = 1 + _int.unpack_from(data, at + 1)[0] if self._have >= 5 else 5

    def _message(self, kind: int, data: bytes, at: int, end: int) -> None:
        if kind in _QUIET:
            return
        if not self._calls:
            self.close()  # nobody asked: what comes next cannot be told apart any more
            return
        call = self._calls[0]
        if kind == _ROW:
            if call.finished:  # the row before belongs to "enter"
                call.row = _columns(data, at)
        elif kind == _DONE:
            call.finished += 1
        elif kind == _READY:
            if data[at:end] == b"I":
                self._settle(call)
            else:  # a transaction that outlives its group would take its tenant along
                self.close()
        elif kind == _ERROR:
            call.error = call.error or _refused(data[at:end])
        elif kind == _PARSED:
            call.key = None
        else:
            self.close()

    def _settle(self, call: _Call) -> None:
        self._calls.popleft()
        began, self.since = self.since, time.perf_counter()
        if call.key is not None:
            self._prepared.pop(call.key, None)
        if call.error is None and call.finished != call.expected:
            call.error = lost()
            self.close()
        if call.done.done():  # its caller has gone
            return
        if call.error is not None:
            call.done.set_exception(call.error)
        else:
            call.done.set_result((call.row, (self.since - max(began, call.sent)) * 1e3))

    def close(self) -> None:
        """Forget the connection at once; whoever waits on it is told."""
        if not self.is_open:
            return
        self.is_open = False
        if self._transport is not None:
            self._transport.abort()
        if self._connection is not None:
            self._connection.pgconn.finish()
        while self._calls:
            done = self._calls.popleft().done
            if not done.done():
                done.set_exception(lost())


def _close(name: bytes) -> bytes:
    return b"C" + _int.pack(len(name) + 6) + b"S" + name + b"\0"


def _parse(statement: Statement) -> bytes:
    types = b"".join(map(_int.pack, statement.types))
    body = b"%s\0%s\0%s%s" % (statement.key, statement.text, _short.pack(len(statement.types)), types)
    return b"P" + _int.pack(len(body) + 4) + body


def _bind(name: bytes, values: Sequence[bytes | None]) -> bytes:
    """Bind and execute; everything in text form, both ways."""
    given = b"".join([b"\xff\xff\xff\xff" if each is None else _int.pack(len(each)) + each for each in values])
    body = b"\0%s\0\0\0%s%s\0\0" % (name, _short.pack(len(values)), given)
    return b"B" + _int.pack(len(body) + 4) + body + _EXECUTE


def _columns(data: bytes, at: int) -> Row:
    row: Row = []
    (count,) = _short.unpack_from(data, at)
    at += 2
    for _ in range(count):
        (size,) = _int.unpack_from(data, at)
        at += 4
        if size < 0:
            row.append(None)
        else:
            row.append(data[at : at + size])
            at += size
    return row


def _refused(body: bytes) -> StatementRefused | ConnectionLost:
    fields = {part[:1]: part[1:] for part in body.split(b"\0") if part}
    message = fields.get(b"M", b"").decode("utf-8", "replace")
    return refusal(fields.get(b"C", b"").decode("ascii", "replace"), message, fields.get(b"P"))
