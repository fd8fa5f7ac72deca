"""Latency of management reads at a fixed rate, counted from when each request was due, so that a stall is not hidden.

The limit beside it: `/healthz` at the same rate in the same run, which is the server and the client without any work.

    python bench/read_latency.py [--rate 50] [--seconds 20]
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
from pathlib import Path

import httpx2

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src"), str(ROOT / "tests")]

from bench.paced import line, measure  # noqa: E402

from fixtures.server import RunningServer  # noqa: E402

READS = ("/api/v1/items", "/api/v1/events?limit=50", "/api/v1/rules", "/api/v1/alerts", "/api/v1/alerts/summary", "/api/v1/me",
         "/api/v1/channels", "/api/v1/metrics/series")  # fmt: skip
TARGET_MS = 50


async def fill(client: httpx2.AsyncClient) -> None:
    """Some thousand events to list."""
    for batch in range(5):
        events = [{"source": "/bench", "type": "made", "id": f"{batch}-{n}", "data": {"n": n}} for n in range(1000)]
        (await client.post("/api/v1/events", json=events)).raise_for_status()


async def run(server: RunningServer, rate: float, seconds: float) -> None:
    """Warm up, measure the limit, measure the reads."""
    async with httpx2.AsyncClient(base_url=server.url, headers=server.sign_in(), timeout=30) as client:
        await fill(client)
        await measure(client, READS, rate, 3)
        limit = await measure(client, ("/healthz",), rate, seconds / 2)
        reads = await measure(client, READS, rate, seconds)
    p99 = statistics.quantiles(reads, n=100)[98]
    print(f"management reads at {rate:.0f} requests/s, the host monitor and the engine running")
    print(line("/healthz (the limit)", limit))
    print(line("reads", reads))
    print(f"  p99 {p99:.1f} ms   target at most {TARGET_MS} ms: {'met' if p99 <= TARGET_MS else 'MISSED'}")


def main(rate: float, seconds: float) -> None:
    """On a server of its own."""
    with tempfile.TemporaryDirectory(prefix="opsloom-reads-") as name:
        server = RunningServer(Path(name))
        server.start()
        try:
            asyncio.run(run(server, rate, seconds))
        finally:
            server.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=50)
    parser.add_argument("--seconds", type=float, default=20)
    given = parser.parse_args()
    main(given.rate, given.seconds)
