"""What slow APIs do to quick ones (a statement, a script): they are called at a steady rate alone, beside 20 statements that hang in the
database and 20 scripts that hang at an upstream, each with every call they may have, and beside callers of whom one in a hundred asks a
statement of 200 ms.

The three are taken in turns, and the figures are medians of the rounds; requests are timed from when they were due.

    python bench/apis_isolation.py [--seconds 3] [--rounds 3] [--rate 100]
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx2
import psycopg

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src"), str(ROOT / "tests")]

from bench.paced import measure  # noqa: E402

from fakes.receiver import Receiver, hangs  # noqa: E402
from fixtures.server import RunningServer  # noqa: E402
from opsloom.infra.db.bootstrap import DATABASE  # noqa: E402
from opsloom.infra.db.embedded import SUPERUSER, EmbeddedPostgres  # noqa: E402

HANGING = 20
CALLS_EACH = 4
# A statement that takes time and no processor, as one that waits for a lock or a disk does.
WAITS = """
create function data.wait_ms(ms int) returns int language plpgsql stable as $$ begin perform pg_sleep(ms / 1000.0); return ms; end $$;
create view data.bench_slow as select data.wait_ms(200) as waited;
create view data.bench_hang as select data.wait_ms(600000) as waited;
grant execute on function data.wait_ms(int) to opsloom_api_reader, opsloom_app;
grant select on data.bench_slow, data.bench_hang to opsloom_api_reader, opsloom_app;
"""


QUICK = {"statement": "/runtime/quick", "script": "/runtime/script"}
WAITS_FOR_IT = "import http\nasync def main(params, input, ctx):\n    return await http.get('up', '/')\n"


def publish(url: str, headers: dict[str, str], path: str, logic: dict[str, Any] | str, timeout_ms: int) -> None:
    """One API, as many calls at once as any may have by itself."""
    made_of = {"type": "sql", "sql": logic} if isinstance(logic, str) else logic
    body = {"name": path, "path": path, "logic": made_of, "limits": {"timeout_ms": timeout_ms}}
    made = httpx2.post(f"{url}/api/v1/apis", json=body, headers=headers)
    assert made.status_code == 201, made.text
    done = httpx2.post(f"{url}/api/v1/apis/{made.json()['id']}/publish", json={}, headers=headers)
    assert done.status_code == 200, done.text


def connect(url: str, headers: dict[str, str], port: int) -> None:
    """A connection to the upstream that hangs."""
    config = {"type": "http", "url": f"http://127.0.0.1:{port}"}
    content = {"config": config, "limits": {"pool": 50}}
    made = httpx2.post(
        f"{url}/api/v1/assets", json={"kind": "connection", "name": "up", "content": content}, headers=headers
    )
    assert made.status_code == 201, made.text
    done = httpx2.post(f"{url}/api/v1/assets/{made.json()['id']}/publish", json={}, headers=headers)
    assert done.status_code == 200, done.text


@asynccontextmanager
async def beside(client: httpx2.AsyncClient, paths: list[str]) -> AsyncIterator[None]:
    """Callers who ask these all the time; what they are answered does not matter, but they wait where they are told to."""

    async def ask(path: str) -> None:
        while True:
            with suppress(httpx2.HTTPError):
                answer = await client.get(path)
                await asyncio.sleep(float(answer.headers.get("retry-after", 0.1)))

    tasks = [asyncio.ensure_future(ask(path)) for path in paths for _ in range(CALLS_EACH)]
    await asyncio.sleep(1.0)  # until they hang
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def mixed() -> tuple[str, ...]:
    """A hundred requests, one of them slow."""
    return ("/runtime/quick",) * 99 + ("/runtime/slow",)


async def compare(client: httpx2.AsyncClient, seconds: float, rounds: int, rate: float) -> None:
    """The rounds, and what came of them."""
    hanging = [f"/runtime/{kind}/{number}" for kind in ("hang", "waits") for number in range(HANGING)]
    found: dict[tuple[str, str], list[tuple[float, float]]] = {}

    async def note(name: str) -> None:
        for kind, path in QUICK.items():
            cuts = statistics.quantiles(await measure(client, (path,), rate, seconds), n=100)
            found.setdefault((kind, name), []).append((cuts[94], cuts[98]))

    for path in QUICK.values():
        await measure(client, (path,), rate, 1.0)
    for _ in range(rounds):
        await note("alone")
        async with beside(client, hanging):
            await note("beside hanging ones")
        quick = sorted(await measure(client, mixed(), rate, seconds))[: int(rate * seconds * 0.99)]
        cuts = statistics.quantiles(quick, n=100)
        found.setdefault(("statement", "1 % of 200 ms"), []).append((cuts[94], cuts[98]))
    p95 = {name: statistics.median(each[0] for each in rows) for name, rows in found.items()}
    p99 = {name: statistics.median(each[1] for each in rows) for name, rows in found.items()}
    print(
        f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}; quick APIs at {rate:.0f} calls/s, every one answered"
    )
    for kind, name in found:
        print(f"  {kind:<10} {name:<20} p95 {p95[kind, name]:6.1f} ms   p99 {p99[kind, name]:6.1f} ms")
    for kind in QUICK:
        times = p99[kind, "beside hanging ones"] / p99[kind, "alone"]
        said = "met" if times <= 1.5 else "MISSED"
        print(f"  {kind}: beside hanging APIs p99 is {times:.2f} times what it is alone; at most 1.5: {said}")
    kept = p95["statement", "1 % of 200 ms"]
    print(
        f"  beside slow statements p95 of the quick calls is {kept:.1f} ms; at most 15: {'met' if kept <= 15 else 'MISSED'}"
    )


async def _with_client(server: RunningServer, key: str, given: argparse.Namespace) -> None:
    limits = httpx2.Limits(max_connections=300, max_keepalive_connections=300)
    async with httpx2.AsyncClient(base_url=server.url, headers={"X-API-Key": key}, limits=limits, timeout=30) as client:
        await compare(client, given.seconds, given.rounds, given.rate)


async def main(given: argparse.Namespace) -> None:
    """Set up, compare, tidy up."""
    folder = Path(tempfile.mkdtemp(prefix="opsloom-bench-"))
    server = RunningServer(folder, OPSLOOM_EGRESS_ALLOW="127.0.0.0/8")
    await asyncio.to_thread(server.start)
    try:
        async with Receiver(otherwise=hangs).serving() as upstream:
            key = await asyncio.to_thread(prepared, server, upstream.port)
            await _with_client(server, key, given)
    finally:
        await asyncio.to_thread(server.stop)


def prepared(server: RunningServer, upstream_port: int) -> str:
    """All APIs, published; a key to call them with."""
    headers = server.sign_in()
    dsn = EmbeddedPostgres(server.folder / "data").dsn.as_role(SUPERUSER, database=DATABASE)
    with psycopg.connect(**dsn.psycopg(), autocommit=True) as connection:
        connection.execute(WAITS)
    connect(server.url, headers, upstream_port)
    publish(server.url, headers, "quick", "select g as n from generate_series(1, 20) g", 5_000)
    script = "def main(params, input, ctx):\n    return 1\n"
    publish(server.url, headers, "script", {"type": "script", "code": script}, 5_000)
    publish(server.url, headers, "slow", "select waited from data.bench_slow", 5_000)
    waits = {"type": "script", "code": WAITS_FOR_IT, "connections": ["up"]}
    for number in range(HANGING):
        publish(server.url, headers, f"hang/{number}", "select waited from data.bench_hang", 10_000)
        publish(server.url, headers, f"waits/{number}", waits, 10_000)
    made = httpx2.post(f"{server.url}/api/v1/keys", json={"name": "bench", "scopes": ["apis.run"]}, headers=headers)
    return str(made.json()["key"])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rate", type=float, default=100)
    asyncio.run(main(parser.parse_args()))
