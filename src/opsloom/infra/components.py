"""Keeps the background components of a process alive: one that raises is logged, counted and started again."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from prometheus_client import Counter, Gauge

from opsloom.infra.core import Component
from opsloom.infra.telemetry import get_logger, note_failure

log = get_logger(__name__)

_RESTARTS = Counter("opsloom_component_restarts_total", "Restarts of a background component.", ["component"])
_UP = Gauge("opsloom_component_up", "1 while a background component runs.", ["component"])
LONGEST_PAUSE_S = 10.0
HEALTHY_AFTER_S = 30.0


@dataclass
class ComponentState:
    """For the health page."""

    name: str
    running: bool = False
    restarts: int = 0
    last_error: str | None = None


class Supervisor:
    """Runs components until told to stop."""

    def __init__(self, components: Sequence[Component]) -> None:
        self._components = list(components)
        self.states = {component.name: ComponentState(component.name) for component in components}
        self._stop = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Start them all on the running loop."""
        self._tasks = [asyncio.create_task(self._keep(each), name=each.name) for each in self._components]

    async def stop(self, limit_s: float = 12.0) -> None:
        """Ask all to end; cancel those that have not within the limit."""
        self._stop.set()
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=limit_s)
        for task in late:
            log.warning("component.cancelled", component=task.get_name())
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _keep(self, component: Component) -> None:
        state = self.states[component.name]
        pause = 0.2
        while not self._stop.is_set():
            started = time.monotonic()
            state.running = True
            _UP.labels(component.name).set(1)
            try:
                await component.run(self._stop)
            except Exception as error:  # boundary: a component may fail in any way; it is recorded and restarted
                state.last_error = f"{type(error).__name__}: {error}"
                note_failure(f"component:{component.name}", error)
                log.error("component.failed", component=component.name, cause=state.last_error, exc_info=True)
            finally:
                state.running = False
                _UP.labels(component.name).set(0)
            if self._stop.is_set():
                return
            state.restarts += 1
            _RESTARTS.labels(component.name).inc()
            pause = 0.2 if time.monotonic() - started > HEALTHY_AFTER_S else min(LONGEST_PAUSE_S, pause * 2)
            await _sleep_unless(self._stop, pause)


async def _sleep_unless(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
