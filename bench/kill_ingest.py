"""kill -9 of the server during ingest, many times: counts acknowledged events that are missing, and events stored twice.

    python bench/kill_ingest.py [--rounds 100] [--database-every 5]

Every so many rounds the victim is PostgreSQL's postmaster instead of the server.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src"), str(ROOT / "tests")]

from faults.drill import BATCH, Drill  # noqa: E402
from fixtures.server import RunningServer  # noqa: E402


async def main(rounds: int, database_every: int) -> int:
    """Run the drill; the exit code says whether anything was lost."""
    drill = Drill(RunningServer(Path(tempfile.mkdtemp(prefix="opsloom-drill-"))), seed=int(time.time()))
    started = time.monotonic()
    try:
        await asyncio.to_thread(drill.start)
        for number in range(rounds):
            victim = drill.kill_database if (number + 1) % database_every == 0 else drill.kill_server
            await drill.round(number, victim)
            if (number + 1) % 10 == 0:
                print(f"  {number + 1} kills, {len(drill.acknowledged) * BATCH:,} events acknowledged", flush=True)
        missing, twice = await drill.missing(), await drill.counted_twice()
    finally:
        await asyncio.to_thread(drill.end)
    print(
        f"{rounds} kills in {time.monotonic() - started:.0f} s: {len(drill.acknowledged) * BATCH:,} acknowledged events, "
        f"{len(missing) * BATCH} missing, {twice} stored twice; {drill.broken} connections cut, refused {drill.refused}"
    )
    return 1 if missing or twice else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--database-every", type=int, default=5)
    given = parser.parse_args()
    sys.exit(asyncio.run(main(given.rounds, given.database_every)))
