"""The same chain of steps on DBOS, run in a virtual environment of its own: prints runs a second and CPU a run.

python bench/workflows_dbos.py URL RUNS STEPS AT_ONCE
"""

import asyncio
import resource
import sys
import time

from dbos import DBOS, DBOSConfig

URL, RUNS, STEPS, AT_ONCE = sys.argv[1], *map(int, sys.argv[2:5])
CONFIG: DBOSConfig = {"name": "bench", "system_database_url": URL, "sys_db_pool_size": AT_ONCE, "log_level": "ERROR"}
DBOS(config=CONFIG)


@DBOS.step()
async def step(number: int) -> int:
    """What a node of ours does: a number and one more."""
    return number + 1


@DBOS.workflow()
async def chain(number: int) -> int:
    """The chain."""
    for _ in range(STEPS):
        number = await step(number)
    return number


async def main() -> None:
    """So many at once, each begun when another has ended."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        async with places:
            handle = await DBOS.start_workflow_async(chain, number)
            assert await handle.get_result() == number + STEPS

    await asyncio.gather(*(one(number) for number in range(AT_ONCE)))  # warm
    used, begun = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    await asyncio.gather(*(one(number) for number in range(RUNS)))
    took = time.perf_counter() - begun
    now = resource.getrusage(resource.RUSAGE_SELF)
    cpu_s = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
    print(f"{RUNS / took:.1f} {cpu_s / RUNS * 1e3:.2f}")


DBOS.launch()
asyncio.run(main())
DBOS.destroy()
