"""Events into the database: Opsloom over HTTP, a typical service over HTTP, and the limit: the driver alone.

All in interleaved rounds on one embedded PostgreSQL, durable (a commit a batch, fsync on), the load generator on the same
cores. The limit writes the same rows with the same indexes into Opsloom's own table, as a role that row security does not
bind: once with COPY, once with the product's own insert statement; no HTTP, no JSON to read, no checks.

    python bench/ingest.py [--seconds 6] [--rounds 3] [--size 1000] [--connections 4]
"""

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import orjson
import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src"), str(ROOT / "tests")]

from bench.ingest_load import MARK, Sent, Target, drive, sample_events  # noqa: E402

from fixtures.server import RunningServer, free_port  # noqa: E402
from opsloom.events import repository  # noqa: E402
from opsloom.events.commit import id_at  # noqa: E402
from opsloom.events.decode import decode  # noqa: E402
from opsloom.infra.db.bootstrap import DATABASE  # noqa: E402
from opsloom.infra.db.dsn import Dsn  # noqa: E402
from opsloom.infra.db.embedded import SUPERUSER, EmbeddedPostgres  # noqa: E402
from opsloom.kit.ids import new_id  # noqa: E402

TARGET_PER_S = 20_000
COLUMNS = [
    "tenant_id",
    "id",
    "source",
    "event_id",
    "type",
    "subject",
    "severity",
    "time",
    "received_at",
    "data",
    "attributes",
]


@dataclass
class Contestant:
    """`run` works for that many seconds and returns how many events were stored and each batch's time."""

    name: str
    run: Callable[[float], Awaitable[Sent]]
    process: psutil.Process | None
    rates: list[float] = field(default_factory=list)
    batch_s: list[float] = field(default_factory=list)
    cpu_us: list[float] = field(default_factory=list)
    all_cpu_us: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Load:
    """What every contestant is given."""

    seconds: float
    rounds: int
    size: int
    connections: int


class DriverOnly:
    """Rows that were read beforehand, written by asyncpg alone over as many connections as the others get writers."""

    def __init__(self, dsn: Dsn, size: int) -> None:
        self._dsn = dsn
        self._size = size
        self._events = decode(
            orjson.dumps(sample_events(size)), {"content-type": "application/json"}, datetime.now(UTC)
        ).events

    async def copy(self, seconds: float) -> Sent:
        """COPY in binary form."""
        return await self._both(seconds, self._copy_batch)

    async def insert(self, seconds: float) -> Sent:
        """The product's statement."""
        return await self._both(seconds, self._insert_batch)

    async def _both(self, seconds: float, batch: Callable[[asyncpg.Connection], Awaitable[None]]) -> Sent:
        sent = Sent()
        await asyncio.gather(*(self._repeat(seconds, batch, sent) for _ in range(2)))
        return sent

    async def _repeat(self, seconds: float, batch: Callable[[asyncpg.Connection], Awaitable[None]], sent: Sent) -> None:
        connection = await asyncpg.connect(**self._dsn.asyncpg())
        await connection.set_type_codec(
            "jsonb", schema="pg_catalog", format="binary", encoder=lambda text: b"\x01" + text.encode(), decoder=bytes
        )
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            started = time.perf_counter()
            async with connection.transaction():
                await batch(connection)
            sent.seconds.append(time.perf_counter() - started)
            sent.events += self._size
        await connection.close()

    async def _copy_batch(self, connection: asyncpg.Connection) -> None:
        tenant, now, mark = new_id(), datetime.now(UTC), new_id().hex[: len(MARK)]
        rows = [
            (
                tenant,
                new_id(),
                e.source,
                e.event_id.replace(MARK.decode(), mark),
                e.type,
                e.subject,
                e.severity,
                e.time,
                now,
                e.data,
                e.attributes,
            )
            for e in self._events
        ]
        await connection.copy_records_to_table("events", records=rows, columns=COLUMNS)

    async def _insert_batch(self, connection: asyncpg.Connection) -> None:
        now = datetime.now(UTC)
        await repository.insert(connection, new_id(), now, id_at(now), self._events)


async def compare(contestants: list[Contestant], load: Load, postgres: psutil.Process) -> None:
    """Rounds in turn, so that a noisy neighbour hits all alike; CPU times, so that he hardly counts."""
    own = psutil.Process()
    for number in range(load.rounds + 1):
        for each in contestants:
            process = each.process or own
            cpu, all_cpu, started = _cpu(process), _cpu(postgres, *{process, own}), time.perf_counter()
            sent = await each.run(load.seconds if number else 1.0)
            elapsed = time.perf_counter() - started
            if number == 0 or not sent.events:
                continue  # the first round warms up
            each.rates.append(sent.events / elapsed)
            each.batch_s += sent.seconds
            each.cpu_us.append((_cpu(process) - cpu) / sent.events * 1e6)
            each.all_cpu_us.append((_cpu(postgres, *{process, own}) - all_cpu) / sent.events * 1e6)
            print(f"  round {number}: {each.name:<34} {each.rates[-1]:>9,.0f} events/s", flush=True)


def _cpu(*processes: psutil.Process) -> float:
    """Seconds of these and what they started, without PostgreSQL unless it is asked for by its postmaster."""
    total = 0.0
    for process in processes:
        is_postmaster = process.name() == "postgres"
        started = [] if process.pid == os.getpid() else process.children(recursive=True)
        for each in (process, *started):
            with contextlib.suppress(psutil.NoSuchProcess):
                times = each.cpu_times()
                if is_postmaster:
                    # Sessions that have ended count at whoever waited for them.
                    total += times.user + times.system + times.children_user + times.children_system
                elif each.name() != "postgres":
                    total += times.user + times.system
    return total


def show(contestants: list[Contestant], load: Load) -> None:
    """A table of medians, and the ratios that matter."""
    rate = {each.name: statistics.median(each.rates) for each in contestants}
    limit = max(rate[name] for name in rate if name.startswith("limit"))
    cores, busy = os.cpu_count(), os.getloadavg()[0]
    print(
        f"\nDurable ingest, batches of {load.size}, {load.connections} connections, {cores} cores, load average {busy:.1f}"
    )
    print(f"{'':<36}{'events/s':>10}{'of limit':>10}{'batch p50':>11}{'batch p99':>11}{'own CPU':>13}{'all CPU':>13}")
    for each in contestants:
        times = sorted(each.batch_s)
        p50, p99 = times[len(times) // 2] * 1e3, times[int(len(times) * 0.99)] * 1e3
        cpu, all_cpu = statistics.median(each.cpu_us), statistics.median(each.all_cpu_us)
        speed = f"{rate[each.name]:>10,.0f}{rate[each.name] / limit:>10.2f}{p50:>8,.0f} ms{p99:>8,.0f} ms"
        print(f"{each.name:<36}{speed}{cpu:>7.1f} µs/ev{all_cpu:>7.1f} µs/ev")
    ours, typical = contestants[0], contestants[1]
    print(
        f"\nOpsloom is {rate[ours.name] / rate[typical.name]:.1f}x the typical service and {rate[ours.name] / limit:.2f} of the limit."
    )
    reached = "reached in this run" if rate[ours.name] >= TARGET_PER_S else "not reached in this run"
    cpu = statistics.median(ours.all_cpu_us)
    print(
        f"Server, PostgreSQL and load generator together take {cpu:.1f} µs of CPU an event: "
        f"{1e6 / cpu:,.0f} events a CPU second (an idle machine's two cores have two of them a second)."
    )
    print(f"Target of {TARGET_PER_S:,} events/s: {reached}.")
    print(json.dumps({"bench": "ingest", "events_per_s": {name: round(value) for name, value in rate.items()}}))


def typical_service(dsn: Dsn, folder: Path) -> tuple[subprocess.Popen[bytes], int]:
    """Start the contestant under the same HTTP server as Opsloom."""
    port = free_port()
    address = f"postgresql+asyncpg://{dsn.user}@/{dsn.database}?host={dsn.host}&port={dsn.port}"
    command = [
        str(Path(sys.executable).parent / "granian"),
        "--interface",
        "asgi",
        "--port",
        str(port),
        "--no-access-log",
    ]
    with (folder / "typical.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "bench.ingest_typical:app"],
            cwd=ROOT,
            env=os.environ | {"TYPICAL_DATABASE": address},
            stdout=log,
            stderr=log,
        )
    return process, port


async def main(load: Load) -> None:
    """Set up, compare, show, tidy up."""
    folder = Path(tempfile.mkdtemp(prefix="opsloom-bench-"))
    server = RunningServer(folder)
    server.start()
    dsn = EmbeddedPostgres(folder / "data").dsn.as_role(SUPERUSER, database=DATABASE)
    typical, port = typical_service(dsn, folder)
    try:
        target = Target(server.port, "/api/v1/events", server.sign_in(), load.size)
        other = Target(port, "/events", {}, load.size)
        await _until_listening(port)
        driver = DriverOnly(dsn, load.size)
        assert server.process is not None
        contestants = [
            Contestant("Opsloom", _http(target, load), psutil.Process(server.process.pid)),
            Contestant("FastAPI + SQLAlchemy bulk insert", _http(other, load), psutil.Process(typical.pid)),
            Contestant("limit: same insert, driver alone", driver.insert, None),
            Contestant("limit: COPY, driver alone", driver.copy, None),
        ]
        postmaster = int((folder / "data" / "postgres" / "postmaster.pid").read_text().split()[0])
        await compare(contestants, load, psutil.Process(postmaster))
        show(contestants, load)
    finally:
        typical.terminate()
        typical.wait(10)
        server.stop()


def _http(target: Target, load: Load) -> Callable[[float], Awaitable[Sent]]:
    async def run(seconds: float) -> Sent:
        until = asyncio.Event()
        asyncio.get_running_loop().call_later(seconds, until.set)
        sent = await drive(target, load.connections, until)
        assert not sent.broken, f"{sent.broken} connections broke"
        if sent.refused:
            print(f"  refused: {sent.refused}")
        return sent

    return run


async def _until_listening(port: int) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.1)
            else:
                writer.close()
                return


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--size", type=int, default=1000)
    parser.add_argument("--connections", type=int, default=4)
    given = parser.parse_args()
    asyncio.run(main(Load(given.seconds, given.rounds, given.size, given.connections)))
