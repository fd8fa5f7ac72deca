"""kill -9 of the server in the middle of durable workflows, many times: counts nodes that were done again after they had ended.

python bench/kill_workflows.py [--rounds 200] [--minutes 60]
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
from fixtures.server import RunningServer  # noqa: E402


async def main(rounds: int, minutes: float) -> int:
    """Run the drill, so many rounds or so long; the exit code says whether anything was repeated or did not end."""
    server = RunningServer(Path(tempfile.mkdtemp(prefix="opsloom-drill-")), OPSLOOM_EGRESS_ALLOW="127.0.0.0/8")
    started = time.monotonic()
    async with Receiver(otherwise=takes_a_while(0.04, b'{"done": true}')).serving() as upstream:
        drill = WorkflowDrill(server, upstream, seed=int(time.time()))
        try:
            await drill.start()
            for number in range(rounds):
                await drill.round(3)
                if (number + 1) % 10 == 0:
                    print(f"  {number + 1} kills, {len(drill.settled)} nodes had ended at one", flush=True)
                if time.monotonic() - started > minutes * 60:
                    break
            found = await drill.end()
        finally:
            await asyncio.to_thread(server.stop)
    print(f"{drill.cut} kills in {time.monotonic() - started:.0f} s: {found}")
    return 1 if found["repeated"] or found["states"] != {"succeeded": len(drill.runs)} else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=60)
    arguments = parser.parse_args()
    sys.exit(asyncio.run(main(arguments.rounds, arguments.minutes)))
