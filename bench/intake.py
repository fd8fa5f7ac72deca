"""Other systems' formats into the database over HTTP: log records and metrics of OTLP, and Prometheus remote write.

Each is durable when it is answered. Events/s beside the server's and PostgreSQL's CPU an item, which a busy machine hardly changes.

    python bench/intake.py [--seconds 5] [--size 1000] [--connections 4]
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src"), str(ROOT / "tests")]

from bench.cpu import cpu_seconds  # noqa: E402
from bench.ingest_load import Sent, Target, drive  # noqa: E402

from events.telemetry import PROTOBUF, logs, metrics, write  # noqa: E402
from fixtures.server import RunningServer  # noqa: E402

BODIES = 60  # more than are sent in a round, or repetitions would be counted for events
SERIES = 50


@dataclass(frozen=True)
class Load:
    seconds: float
    size: int
    connections: int


def log_bodies(load: Load, start: datetime) -> tuple[bytes, ...]:
    """Records of one service, no two alike."""
    made = []
    for number in range(BODIES):
        messages = [f"request {number}-{n} took too long" for n in range(load.size)]
        made.append(logs(start + timedelta(milliseconds=number), *messages).SerializeToString())
    return tuple(made)


def metric_bodies(load: Load, start: datetime) -> tuple[bytes, ...]:
    """Gauges of twenty services, each body a moment of its own."""
    made = []
    for number in range(BODIES):
        request = metrics(start + timedelta(milliseconds=number), {})
        for service in range(load.size // SERIES):
            values = {f"gauge.{n}": float(n) for n in range(SERIES)}
            moment = start + timedelta(milliseconds=number)
            request.MergeFrom(metrics(moment, values, service=f"service-{service}"))
        made.append(request.SerializeToString())
    return tuple(made)


def write_bodies(load: Load, start: datetime) -> tuple[bytes, ...]:
    """Samples of twenty hosts, each body a moment of its own."""
    series = [
        ({"__name__": f"node_{n}", "instance": f"host-{host}:9100", "job": "node"}, float(n))
        for host in range(load.size // SERIES)
        for n in range(SERIES)
    ]
    return tuple(write(start + timedelta(milliseconds=number), *series) for number in range(BODIES))


async def main(load: Load) -> None:
    """Measure one after the other."""
    folder = Path(tempfile.mkdtemp(prefix="opsloom-bench-"))
    server = RunningServer(folder)
    server.start()
    headers = server.sign_in() | {"content-type": PROTOBUF}
    snappy = headers | {"content-encoding": "snappy"}
    start = datetime.now(UTC) - timedelta(minutes=5)
    contestants = (
        ("OTLP logs, protobuf", "/ingest/otlp/v1/logs", headers, log_bodies(load, start)),
        ("OTLP metrics, protobuf", "/ingest/otlp/v1/metrics", headers, metric_bodies(load, start)),
        ("Prometheus remote write 1.0", "/ingest/prometheus/write", snappy, write_bodies(load, start)),
    )
    found = {}
    try:
        for name, path, sent_with, made in contestants:
            target = Target(server.port, path, sent_with, load.size, made=made)
            before, started = cpu_seconds(server), time.perf_counter()
            sent = await _timed(target, load)
            elapsed, cpu = time.perf_counter() - started, cpu_seconds(server) - before
            new = min(sent.events, BODIES * load.size)
            found[name] = round(sent.events / elapsed)
            share = "" if new == sent.events else f" ({new / sent.events:.0%} of them new)"
            print(
                f"{name:<30}{sent.events / elapsed:>9,.0f} items/s{cpu / sent.events * 1e6:>8.1f} µs CPU an item{share}"
            )
            assert not sent.refused, f"refused: {sent.refused}"
        print(json.dumps({"bench": "intake", "items_per_s": found}))
    finally:
        server.stop()


async def _timed(target: Target, load: Load) -> Sent:
    until = asyncio.Event()
    asyncio.get_running_loop().call_later(load.seconds, until.set)
    return await drive(target, load.connections, until)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--size", type=int, default=1000)
    parser.add_argument("--connections", type=int, default=4)
    given = parser.parse_args()
    asyncio.run(main(Load(given.seconds, given.size, given.connections)))
