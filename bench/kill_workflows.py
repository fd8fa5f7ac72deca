"""kill -9 of workers in the middle of durable workflows, many times: counts nodes that were done again after they had ended.

python bench/kill_workflows.py [--kills 200] [--workers 4] [--minutes 30]
"""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src"), str(ROOT / "tests")]

from fakes.receiver import Receiver, takes_a_while  # noqa: E402
from faults.workflow_drill import WorkflowDrill  # noqa: E402
from opsloom.apis.workflows.turns import LEASE_S  # noqa: E402


async def main(kills: int, workers: int, minutes: float) -> int:
    """Run the drill, so many kills or so long; the exit code says whether anything was repeated or did not end."""
    started = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="opsloom-drill-"))
    async with Receiver(otherwise=takes_a_while(0.04, b'{"done": true}')).serving() as upstream:
        drill = WorkflowDrill(folder, upstream, workers=workers, seed=int(time.time()))
        try:
            await drill.start()
            for number in range(kills):
                await drill.kill(2)
                if (number + 1) % 20 == 0:
                    print(f"  {number + 1} kills, {len(drill.settled)} nodes had ended at one", flush=True)
                if time.monotonic() - started > minutes * 60:
                    break
            await drill.end()
            await drill.kill(2 * workers)  # one alone, from which it is seen how long its runs wait
            found = await drill.end()
        finally:
            await drill.stop()
    print(f"{drill.cut} kills of {workers} workers in {time.monotonic() - started:.0f} s: {found}")
    print(f"longest until taken over: {found['longest until taken over']} s (lease {LEASE_S:g} s)")
    return 1 if found["repeated"] or found["states"] != {"succeeded": len(drill.runs)} else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--minutes", type=float, default=40)
    arguments = parser.parse_args()
    sys.exit(asyncio.run(main(arguments.kills, arguments.workers, arguments.minutes)))
