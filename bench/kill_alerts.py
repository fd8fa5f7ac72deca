"""kill -9 of the server and of its PostgreSQL while events become alerts and alerts become webhooks: counts what is lost or doubled.

    python bench/kill_alerts.py [--rounds 50] [--database-every 3]

Every acknowledged event must lead to one alert and to one message at a receiver that counts. A message may come twice only where
the process was killed between its sending and its record: then both carry the same id and the ledger says so.
"""

import argparse
import asyncio
import json
import re
import sys
import tempfile
import time
import uuid
from collections import Counter, defaultdict
from pathlib import Path

import httpx2

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src"), str(ROOT / "tests")]

from bench.ingest_load import Sent  # noqa: E402

from fakes.receiver import Receiver  # noqa: E402
from faults.drill import Drill  # noqa: E402
from fixtures.server import RunningServer  # noqa: E402
from fixtures.waiting import until  # noqa: E402

PAUSE_S = 0.02
ANSWER_S = 5
"""A request that hangs on what was killed is given up, so that the next one can be answered."""
SETTLE_S = 300
"""A message whose sender was killed goes out again when its lease is over."""

RULE = {
    "name": "Drill",
    "kind": "threshold",
    "source": {"type": "event", "event_type": "drill.hit"},
    "condition": "data['level'] > 0",
    "keys": ["subject"],
    "title": "hit {{ subject }}",
}


class AlertDrill(Drill):
    """`acknowledged` are the subjects of the events that were answered 200, one event each."""

    # One event at a time, while the server also delivers everything of the rounds before.
    patience_s = 300.0

    def __init__(self, server: RunningServer, receiver: Receiver, seed: int) -> None:
        super().__init__(server, seed)
        self.receiver = receiver

    def prepare(self) -> None:
        """A channel to the receiver and a rule that tells it."""
        with httpx2.Client(base_url=self.server.url, headers=self.headers, timeout=30) as client:
            config = {"type": "webhook", "url": self.receiver.url}
            limit = {"messages": 10_000, "per_s": 1}
            channel = client.post("/api/v1/channels", json={"name": "Counted", "config": config, "limit": limit})
            assert channel.status_code == 201, channel.text
            told = [{"type": "notify", "channel": channel.json()["slug"]}]
            rule = client.post("/api/v1/rules", json=RULE | {"actions": told})
            assert rule.status_code == 201, rule.text
            published = client.post(f"/api/v1/rules/{rule.json()['id']}/publish", json={})
            assert published.status_code == 200, published.text

    async def load(self, enough: asyncio.Event) -> Sent:
        """One event after the other, each about a subject of its own."""
        sent = Sent(acknowledged=self.acknowledged)
        async with httpx2.AsyncClient(base_url=self.server.url, headers=self.headers, timeout=ANSWER_S) as client:
            while not enough.is_set():
                subject = uuid.uuid4().hex[:16]
                event = {
                    "source": "drill",
                    "id": subject,
                    "type": "drill.hit",
                    "subject": subject,
                    "data": {"level": 1},
                }
                try:
                    answer = await client.post("/api/v1/events", json=event)
                except httpx2.HTTPError:
                    sent.broken += 1
                    if self.server.process is None or self.server.process.poll() is not None:
                        return sent
                    continue
                if answer.status_code == 200:
                    self.acknowledged.append(subject)
                else:
                    sent.refused[answer.status_code] = sent.refused.get(answer.status_code, 0) + 1
                await asyncio.sleep(PAUSE_S)
        return sent

    def told(self) -> dict[str, Counter[str]]:
        """By subject of a firing: how often each message id came."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for request in self.receiver.received:
            about = re.search(rb"hit ([0-9a-f]{16})", request.body)
            if about and json.loads(request.body)["type"] == "alert.firing":
                found[about[1].decode()][request.headers["webhook-id"]] += 1
        return found

    async def settled(self) -> None:
        """Until every acknowledged event was told of, and no line of the ledger is open."""
        open_lines = "select count(*) as n from deliveries where status in ('pending', 'sending') and $1::int > 0"

        async def done() -> bool:
            if not self.told().keys() >= set(self.acknowledged):
                return False
            return int((await self.ask(open_lines, 1))[0]["n"]) == 0

        await until(done, limit_s=SETTLE_S, pause_s=1)


async def main(rounds: int, database_every: int) -> int:
    """Run the drill; the exit code says whether something was lost, or doubled without a mark."""
    folder, started = Path(tempfile.mkdtemp(prefix="opsloom-drill-")), time.monotonic()
    async with Receiver().serving() as receiver:
        server = RunningServer(folder, OPSLOOM_EGRESS_ALLOW="127.0.0.1")
        drill = AlertDrill(server, receiver, seed=int(time.time()))
        try:
            await asyncio.to_thread(drill.start)
            await asyncio.to_thread(drill.prepare)
            for number in range(rounds):
                victim = drill.kill_database if (number + 1) % database_every == 0 else drill.kill_server
                await drill.round(number, victim)
                if (number + 1) % 10 == 0:
                    print(f"  {number + 1} kills, {len(drill.acknowledged):,} events acknowledged", flush=True)
            try:
                await drill.settled()
            except AssertionError:  # what is missing is counted below
                print("  not everything settled in time", flush=True)
            return await _counted(drill, rounds, time.monotonic() - started)
        finally:
            await asyncio.to_thread(drill.end)


async def _counted(drill: AlertDrill, rounds: int, took_s: float) -> int:
    told = drill.told()
    lost = [subject for subject in drill.acknowledged if subject not in told]
    several = [subject for subject, ids in told.items() if len(ids) > 1]
    repeated = {one for ids in told.values() for one, times in ids.items() if times > 1}
    rows = await drill.ask("select count(*) as n from deliveries where maybe_repeated and $1::int > 0", 1)
    marked = int(rows[0]["n"])
    doubled = "select labels->>'subject' as s from alerts where $1::int > 0 group by 1 having count(*) > 1"
    twice = await drill.ask(doubled, 1)
    print(
        f"{rounds} kills in {took_s:.0f} s: {len(drill.acknowledged):,} acknowledged events, {len(lost)} never told, "
        f"{len(twice)} with two alerts, {len(several)} told under two ids; {len(repeated)} messages came twice under "
        f"one id, {marked} marked in the ledger; {drill.broken} connections cut, refused {drill.refused}"
    )
    return 1 if lost or twice or several or len(repeated) > marked else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--database-every", type=int, default=3)
    given = parser.parse_args()
    sys.exit(asyncio.run(main(given.rounds, given.database_every)))
