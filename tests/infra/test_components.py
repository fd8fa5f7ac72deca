"""A component that fails is started again and remembered; stopping is bounded."""

import asyncio

from opsloom.infra.components import Supervisor


class Falters:
    name = "falters"

    def __init__(self) -> None:
        self.runs = 0
        self.steady = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        self.runs += 1
        if self.runs < 3:
            raise OSError("not yet")
        self.steady.set()
        await stop.wait()


class Deaf:
    name = "deaf"

    async def run(self, _stop: asyncio.Event) -> None:
        await asyncio.Event().wait()


async def test_a_failing_component_is_restarted_and_its_error_kept() -> None:
    component = Falters()
    supervisor = Supervisor([component])
    supervisor.start()
    await asyncio.wait_for(component.steady.wait(), 10)
    state = supervisor.states["falters"]
    assert (state.running, state.restarts, state.last_error) == (True, 2, "OSError: not yet")
    await supervisor.stop()
    assert not state.running


async def test_one_that_does_not_listen_is_cancelled() -> None:
    supervisor = Supervisor([Deaf()])
    supervisor.start()
    await supervisor.stop(limit_s=0.05)
    assert not supervisor.states["deaf"].running
