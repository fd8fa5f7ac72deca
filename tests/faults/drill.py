"""A crash drill: load on a real server, a kill in the middle of it, a restart, and the count of what is missing."""

import asyncio
import contextlib
import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import asyncpg
from bench.ingest_load import Sent, Target, drive

from fixtures.server import RunningServer
from fixtures.waiting import until
from opsloom.infra.db.bootstrap import DATABASE
from opsloom.infra.db.dsn import Dsn
from opsloom.infra.db.embedded import SUPERUSER, EmbeddedPostgres

BATCH = 20
CONNECTIONS = 4


class Drill:
    """`acknowledged` are the marks of the batches that were answered 200; every one of them must be stored."""

    patience_s = 60.0
    """How long the next answers may take, on a machine that is busy with bringing everything back."""

    def __init__(self, server: RunningServer, seed: int = 20) -> None:
        self.server = server
        self.acknowledged: list[str] = []
        self.refused: dict[int, int] = {}
        self.broken = 0
        self._dice = random.Random(seed)
        self.headers: dict[str, str] = {}
        self._data = Path(server.environment["OPSLOOM_DATA_DIR"])

    def start(self) -> None:
        """Bring the server up and get a key that survives its restarts."""
        self.server.start()
        self.headers = self.server.sign_in()

    def end(self) -> None:
        """Stop the server and its PostgreSQL, whatever happened before."""
        if self.server.process is not None and self.server.process.poll() is not None:
            self.server.start()
        self.server.stop()

    async def load(self, enough: asyncio.Event) -> Sent:
        """Batches over several connections until there is enough or they are cut."""
        target = Target(self.server.port, "/api/v1/events", self.headers, BATCH)
        return await drive(target, CONNECTIONS, enough, self.acknowledged)

    async def round(self, number: int, kill: Callable[[], None]) -> None:
        """Load, kill after a random while of at least one answered batch, bring it back, and keep what was answered."""
        enough = asyncio.Event()
        load = asyncio.ensure_future(self.load(enough))
        before = len(self.acknowledged)
        wanted = before + self._dice.randrange(2, 13)
        await until(lambda: len(self.acknowledged) >= wanted or load.done(), limit_s=self.patience_s)
        assert not load.done(), f"round {number}: the load ended early: {self.server.log_tail()}"
        moment = time.monotonic() + self._dice.random() * 0.05  # anywhere between two answers
        while time.monotonic() < moment:
            await asyncio.sleep(0.001)
        kill()
        if self.server.process is not None and self.server.process.poll() is None:
            await self._until_stored_again(load)
        enough.set()
        sent = await load
        for status, count in sent.refused.items():
            self.refused[status] = self.refused.get(status, 0) + count
        self.broken += sent.broken
        await asyncio.to_thread(self._revive)

    async def _until_stored_again(self, load: "asyncio.Future[object]") -> None:
        """The server lives: the load goes on until batches are acknowledged again."""
        await until(lambda: asyncio.to_thread(self.server.is_ready), limit_s=self.patience_s, pause_s=0.05)
        before = len(self.acknowledged)
        await until(lambda: len(self.acknowledged) >= before + 3 or load.done(), limit_s=self.patience_s)

    def _revive(self) -> None:
        if self.server.process is not None and self.server.process.poll() is not None:
            self.server.launch()
        self.server.wait_ready()

    def kill_server(self) -> None:
        """kill -9 of the server process."""
        self.server.kill()

    def kill_database(self) -> None:
        """kill -9 of the postmaster, as the kernel does when memory runs out."""
        pid = int((self._data / "postgres" / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, signal.SIGKILL)

    async def missing(self) -> list[str]:
        """Acknowledged batches that are not stored whole."""
        counts = await self.ask(
            "select right(event_id, 16) as mark, count(*) as events from events group by 1 having count(*) = $1", BATCH
        )
        whole = {row["mark"] for row in counts}
        return [mark for mark in self.acknowledged if mark not in whole]

    async def counted_twice(self) -> int:
        """Events stored more than once."""
        rows = await self.ask(
            "select count(*) - count(distinct (source, event_id)) as twice from events where $1::int > 0", 1
        )
        return int(rows[0]["twice"])

    async def ask(self, sql: str, *values: object) -> list[asyncpg.Record]:
        """Straight to the database, as its superuser: what is on disk, not what the server says."""
        dsn: Dsn = EmbeddedPostgres(self._data).dsn.as_role(SUPERUSER, database=DATABASE)
        connection = await self._connected(dsn)
        try:
            return list(await connection.fetch(sql, *values))
        finally:
            await connection.close()

    async def _connected(self, dsn: Dsn) -> "asyncpg.Connection[asyncpg.Record]":
        """Also right after a kill, while the server is starting its database again."""
        made: list[asyncpg.Connection[asyncpg.Record]] = []

        async def connected() -> bool:
            with contextlib.suppress(OSError, asyncpg.PostgresError):
                made.append(await asyncpg.connect(**dsn.asyncpg()))
            return bool(made)

        await until(connected, limit_s=60, pause_s=0.05)
        return made[0]
