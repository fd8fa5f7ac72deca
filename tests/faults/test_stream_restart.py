"""A reader of the stream sees every message exactly once and in order while the server is stopped, killed and started again
under it and others go on writing."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import UUID

import httpx2
import psycopg
from sqlalchemy import text

from fixtures.server import RunningServer
from fixtures.waiting import until
from opsloom.identity.scope import Scope
from opsloom.infra import stream
from opsloom.infra.db import Database
from opsloom.infra.db.bootstrap import APP, DATABASE
from opsloom.infra.db.embedded import EmbeddedPostgres
from opsloom.kit.errors import ConnectionLost

WRITERS = 3
ROWS = """
select txid::text || '-' || id, payload ->> 'n' from stream_messages
where tenant_id = %s and topic = 'alerts' and (txid, id) > (%s::text::xid8, %s) order by txid, id
"""


class Reader:
    """Connects, reads, and connects again with the last id it saw, as a browser does. `taken` are ids and numbers."""

    def __init__(self, server: RunningServer, headers: dict[str, str]) -> None:
        self._url = f"{server.url}/api/v1/stream?topics=alerts"
        self._headers = headers
        self.begin: str | None = None
        self.last: str | None = None
        self.taken: list[tuple[str, str]] = []
        self.connections = 0

    async def run(self) -> None:
        """Until cancelled."""
        async with httpx2.AsyncClient(timeout=30) as client:
            while True:
                with contextlib.suppress(httpx2.TransportError):
                    await self._read(client)
                await asyncio.sleep(0.05)

    async def _read(self, client: httpx2.AsyncClient) -> None:
        resume = {"Last-Event-ID": self.last} if self.last else {}
        async with client.stream("GET", self._url, headers=self._headers | resume) as answer:
            assert answer.status_code in {200, 503}, answer.status_code
            if answer.status_code == 200:
                self.connections += 1
                async for event in _events(answer):
                    self._take(event)

    def _take(self, event: dict[str, str]) -> None:
        if event.get("event") == "begin":
            assert self.begin is None, "only a reader who knows no place is told one"
            self.begin = event["id"]
        elif "data" in event:
            self.taken.append((event["id"], event["data"]))
        self.last = event.get("id", self.last)


async def _events(answer: httpx2.Response) -> AsyncIterator[dict[str, str]]:
    """Whole events only: what a cut connection left half-said does not count."""
    event: dict[str, str] = {}
    async for line in answer.aiter_lines():
        if line:
            name, _, value = line.partition(": ")
            event[name] = value
        else:
            yield event
            event = {}


class Writers:
    """Several at once, each with transactions of its own length, so that they commit in another order than they began."""

    def __init__(self, db: Database, tenant_id: UUID) -> None:
        self._db, self._tenant_id = db, tenant_id
        self._done = False
        self.committed = 0
        self.refused = 0
        self._tasks = [asyncio.ensure_future(self._write(random.Random(seed))) for seed in range(WRITERS)]

    async def _write(self, dice: random.Random) -> None:
        while not self._done:
            try:
                async with self._db.transaction(Scope.system(self._tenant_id)) as session:
                    for number in range(dice.randrange(1, 4)):
                        await stream.publish(session, self._tenant_id, "alerts", {"n": number})
                    await session.execute(text(f"select pg_sleep({dice.random() * 0.05})"))
            except ConnectionLost:
                self.refused += 1
                await asyncio.sleep(0.05)
            else:
                self.committed += 1

    async def finish(self) -> None:
        self._done = True
        await asyncio.gather(*self._tasks)


async def test_every_message_once_and_in_order_across_restarts(tmp_path: Path) -> None:
    server = RunningServer(tmp_path)
    await asyncio.to_thread(server.start)
    headers = await asyncio.to_thread(server.sign_in)
    me = httpx2.get(f"{server.url}/api/v1/me", headers=headers, timeout=30).json()
    node = EmbeddedPostgres(Path(server.environment["OPSLOOM_DATA_DIR"]))
    dsn = node.dsn.as_role(APP, database=DATABASE)
    db, reader = Database(dsn, pool_size=WRITERS), Reader(server, headers)
    reading = asyncio.ensure_future(reader.run())
    try:
        await until(lambda: reader.begin is not None, limit_s=30)
        await asyncio.to_thread(node.start)  # a second user of the database: it stays while the server is away
        await restarted(server, server.stop, reader)  # before the first message
        writers = Writers(db, UUID(me["tenant"]["id"]))
        await read_on(reader)
        for end in (server.stop, server.kill):
            before = writers.committed
            await restarted(server, end, reader)
            assert writers.committed > before, "they wrote on while nobody served"
            await read_on(reader)
        await asyncio.to_thread(node.leave)
        await restarted(server, server.stop, reader)  # takes the database with it
        assert writers.refused
        await read_on(reader)
        await writers.finish()
        stored = rows(node, me["tenant"]["id"], reader.begin)
        await until(lambda: len(reader.taken) >= len(stored), "the reader has caught up", limit_s=60)
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        await db.close()
        await asyncio.to_thread(server.stop)
    assert [taken[0] for taken in reader.taken] == [row[0] for row in stored]
    assert reader.connections >= 5


async def restarted(server: RunningServer, end: Callable[[], object], reader: Reader) -> None:
    """End it, start it, and wait until the reader is back."""
    connections = reader.connections
    await asyncio.to_thread(end)
    await asyncio.to_thread(server.start)
    await until(lambda: reader.connections > connections, "the reader is back", limit_s=60)


async def read_on(reader: Reader) -> None:
    """Until it has taken some more."""
    wanted = len(reader.taken) + 50
    await until(lambda: len(reader.taken) >= wanted, "messages arrive", limit_s=60)


def rows(node: EmbeddedPostgres, tenant_id: str, begin: str | None) -> list[tuple[str, str]]:
    """What is stored after the place where the reader began."""
    assert begin is not None
    dsn = node.dsn.as_role("postgres", database=DATABASE)
    with psycopg.connect(**dsn.psycopg()) as connection:
        found = connection.execute(ROWS, (tenant_id, *begin.split("-"))).fetchall()
    return [(str(place), str(number)) for place, number in found]
