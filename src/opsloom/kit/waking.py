"""How a component rests between two pieces of work."""

import asyncio
from typing import Literal


async def woken(wake: asyncio.Event, stopping: asyncio.Future[Literal[True]], seconds: float | None = None) -> None:
    """Wait until there is something to do, the process stops, or the time is over; the next wait is for what comes then."""
    waking = asyncio.ensure_future(wake.wait())
    await asyncio.wait({waking, stopping}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    waking.cancel()
    wake.clear()
