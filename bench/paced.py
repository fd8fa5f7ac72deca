"""Requests at a steady rate, each timed from the moment it was due: a server that falls behind cannot hide it."""

import asyncio
import statistics
import time
from itertools import cycle

import httpx2


async def measure(client: httpx2.AsyncClient, paths: tuple[str, ...], rate: float, seconds: float) -> list[float]:
    """Milliseconds from due time to the end of the answer, for each request."""
    times: list[float] = []
    begin = time.perf_counter() + 0.2

    async def one(path: str, due: float) -> None:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        answer = await client.get(path)
        times.append((time.perf_counter() - due) * 1000)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"

    due = [begin + n / rate for n in range(int(rate * seconds))]
    await asyncio.gather(*(one(path, at) for path, at in zip(cycle(paths), due, strict=False)))
    return times


def line(name: str, times: list[float], target: float | None = None) -> str:
    """The quantiles in one line, held against a target."""
    cuts = statistics.quantiles(times, n=100)
    said = "" if target is None else f"   p99 at most {target:.0f} ms: {'met' if cuts[98] <= target else 'MISSED'}"
    figures = f"p50 {cuts[49]:6.1f}  p95 {cuts[94]:6.1f}  p99 {cuts[98]:6.1f}  max {max(times):6.1f} ms"
    return f"  {name:34} {figures}   ({len(times)} requests){said}"
