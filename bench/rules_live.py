"""The whole way of an event: HTTP, durable, judged by rules, alert committed, webhook sent. Latencies, and what a storm does.

    python bench/rules_live.py [--rate 20000] [--seconds 20] [--storm 20]

A steady part at `--rate` events a second, then a storm as fast as the connections carry it. Twenty threshold rules and an average
over a minute watch; one event in each batch of 1,000 is about a subject of its own and fires. Times are the server's own: from the
receipt of the deciding event to the record of its alert, and from there to the first attempt at the receiver.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import asyncpg
import httpx2

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src"), str(ROOT / "tests")]

from bench.cpu import cpu_seconds  # noqa: E402
from bench.ingest_load import MARK, Sent, Target, drive, sample_events  # noqa: E402

from fakes.receiver import Receiver  # noqa: E402
from fixtures.server import RunningServer  # noqa: E402
from fixtures.waiting import until  # noqa: E402
from opsloom.infra.db.bootstrap import DATABASE  # noqa: E402
from opsloom.infra.db.embedded import SUPERUSER, EmbeddedPostgres  # noqa: E402

SIZE, CONNECTIONS, DRAIN_S = 1_000, 4, 300
HIT = {
    "source": "bench",
    "id": MARK.decode(),
    "type": "live.hit",
    "subject": MARK.decode(),
    "data": {"value": 1},
}
BEHIND = """select exists(select 1 from engine_progress p join events e on e.tenant_id = p.tenant_id
                          and (e.txid, e.seq) > (p.event_txid::text::xid8, p.event_seq)) as behind"""
DECIDED = """select extract(epoch from t.recorded_at - e.received_at) * 1000 as decision_ms,
                    extract(epoch from a.started_at - t.recorded_at) * 1000 as send_ms
             from alert_transitions t join alerts l on l.id = t.alert_id and t.to_state = 'firing'
             join events e on e.subject = l.labels->>'subject' and e.type = 'live.hit'
             left join deliveries d on d.transition_id = t.id
             left join delivery_attempts a on a.delivery_id = d.id and a.number = 1
             where e.received_at > now() - make_interval(secs => $1)"""


def rules(channel: str) -> list[dict[str, object]]:
    """What watches."""
    metered = {"source": {"type": "event", "event_type": "http.request"}, "keys": ["subject"]}
    found: list[dict[str, object]] = [
        {"name": f"Slow {n}", "kind": "threshold", **metered, "condition": f"data['value'] > {2_000 + n}"}
        for n in range(19)
    ]
    average = [{"name": "mean", "function": "avg", "of": "data['value']"}]
    window = {"type": "tumbling", "size_s": 60}
    found.append(
        {"name": "Mean", "kind": "aggregate", **metered, "window": window, "measures": average, "having": "mean > 5000"}
    )
    source = {"type": "event", "event_type": "live.hit"}
    told = [{"type": "notify", "channel": channel}]
    hit = {"name": "Hit", "kind": "threshold", "source": source, "condition": "data['value'] > 0", "keys": ["subject"]}
    return [*found, hit | {"actions": told}]


class Live:
    """A server with rules and a receiver, and its database."""

    def __init__(self, server: RunningServer, receiver: Receiver) -> None:
        self.server, self.receiver = server, receiver
        self.headers: dict[str, str] = {}

    async def prepare(self) -> None:
        """Rules in force and a channel."""
        await asyncio.to_thread(self.server.start)
        self.headers = self.server.sign_in()
        async with httpx2.AsyncClient(base_url=self.server.url, headers=self.headers, timeout=60) as client:
            config = {"type": "webhook", "url": self.receiver.url}
            body = {"name": "Counted", "config": config, "limit": {"messages": 10_000, "per_s": 1}}
            channel = await client.post("/api/v1/channels", json=body)
            assert channel.status_code == 201, channel.text
            for rule in rules(channel.json()["slug"]):
                made = await client.post("/api/v1/rules", json=rule)
                assert made.status_code == 201, made.text
                done = await client.post(f"/api/v1/rules/{made.json()['id']}/publish", json={})
                assert done.status_code == 200, done.text
        data = Path(self.server.environment["OPSLOOM_DATA_DIR"])
        dsn = EmbeddedPostgres(data).dsn.as_role(SUPERUSER, database=DATABASE)
        self.database: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(**dsn.asyncpg())

    async def load(self, seconds: float, per_s: float, connections: int) -> tuple[Sent, float]:
        """What came back, and how long after the last event everything was judged, in seconds."""
        common = [{name: each[name] for name in each if name != "time"} for each in sample_events(SIZE - 1)]
        pace = per_s / SIZE / connections
        target = Target(self.server.port, "/api/v1/events", self.headers, SIZE, (*common, HIT), pace)
        enough = asyncio.Event()
        asyncio.get_running_loop().call_later(seconds, enough.set)
        sent = await drive(target, connections, enough)
        ended = time.monotonic()

        async def judged() -> bool:
            return not (await self.database.fetch(BEHIND))[0]["behind"]

        await until(judged, limit_s=DRAIN_S, pause_s=0.25)
        return sent, time.monotonic() - ended

    async def told(self, count: int) -> None:
        """Until so many messages came."""
        await until(lambda: len(self.receiver.received) >= count, limit_s=DRAIN_S, pause_s=0.1)

    async def latencies(self, since_s: float) -> tuple[list[float], list[float]]:
        """Milliseconds to the decision and from there to the first sending, of what came since."""
        rows = await self.database.fetch(DECIDED, since_s)
        return [float(row["decision_ms"]) for row in rows], [
            float(row["send_ms"]) for row in rows if row["send_ms"] is not None
        ]


def line(name: str, times: list[float], p50: float | None, p99: float) -> str:
    """Quantiles held against their targets."""
    cuts = statistics.quantiles(times, n=100)
    met = cuts[98] <= p99 and (p50 is None or cuts[49] <= p50)
    asked = f"p50 at most {p50:.0f}, p99 {p99:.0f}" if p50 is not None else f"p99 at most {p99:.0f}"
    said = f"p50 {cuts[49]:8,.0f}  p99 {cuts[98]:8,.0f}  max {max(times):8,.0f} ms"
    return f"  {name:28} {said}  ({asked}: {'met' if met else 'MISSED'})"


async def main(rate: float, seconds: float, storm_s: float) -> None:
    """Measure and tell."""
    async with Receiver().serving() as receiver:
        live = Live(
            RunningServer(Path(tempfile.mkdtemp(prefix="opsloom-bench-")), OPSLOOM_EGRESS_ALLOW="127.0.0.1"), receiver
        )
        try:
            await live.prepare()
            await live.load(2, rate / 4, CONNECTIONS)
            began, before, spent_s = time.monotonic(), len(receiver.received), cpu_seconds(live.server)
            sent, behind_s = await live.load(seconds, rate, CONNECTIONS)
            await live.told(before + len(sent.acknowledged))
            spent_us = (cpu_seconds(live.server) - spent_s) / sent.events * 1e6
            decision, send = await live.latencies(time.monotonic() - began)
            print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}; 21 rules, batches of {SIZE:,}")
            print(
                f"steady: {sent.events / seconds:,.0f} events/s of {rate:,.0f} asked, refused {sent.refused}, all judged "
                f"{behind_s:.1f} s after the last, {len(decision)} alerts, {spent_us:.0f} µs CPU an event (server and PostgreSQL)"
            )
            print(line("received to alert", decision, 150, 1_000))
            print(line("alert to first sending", send, None, 2_000))
            flood, drained_s = await live.load(storm_s, float("inf"), 16)
            stored = int(
                (await live.database.fetch("select count(*) as n from events where type <> 'live.hit'"))[0]["n"]
            )
            print(
                f"storm: {flood.events / storm_s:,.0f} events/s taken over {storm_s:.0f} s, refused {flood.refused}, "
                f"{flood.broken} cut, judged {drained_s:.1f} s after the last"
            )
            figures = {"events_per_s": round(sent.events / seconds), "storm_per_s": round(flood.events / storm_s)}
            print(json.dumps({"bench": "rules_live", **figures, "stored": stored}))
        finally:
            await asyncio.to_thread(live.server.stop)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=20_000)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--storm", type=float, default=20)
    given = parser.parse_args()
    asyncio.run(main(given.rate, given.seconds, given.storm))
