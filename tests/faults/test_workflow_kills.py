"""kill -9 of the server in the middle of durable workflows: they go on, and nothing that ended is done again."""

from pathlib import Path

from fakes.receiver import Receiver, takes_a_while
from faults.workflow_drill import WorkflowDrill
from fixtures.server import RunningServer

KILLS = 2
RUNS_A_KILL = 2


async def test_runs_survive_kills_and_repeat_nothing_that_ended(tmp_path: Path) -> None:
    server = RunningServer(tmp_path, OPSLOOM_EGRESS_ALLOW="127.0.0.0/8")
    async with Receiver(otherwise=takes_a_while(0.04, b'{"done": true}')).serving() as upstream:
        drill = WorkflowDrill(server, upstream)
        await drill.start()
        for _ in range(KILLS):
            await drill.round(RUNS_A_KILL)
        found = await drill.end()
    assert server.stop() == 0
    assert found["states"] == {"succeeded": KILLS * RUNS_A_KILL}
    assert found["repeated"] == []
    assert found["settled at a kill"] > 0
