"""kill -9 of workers in the middle of durable workflows: others take over, and nothing that ended is done again."""

from pathlib import Path

from fakes.receiver import Receiver, takes_a_while
from faults.workflow_drill import WorkflowDrill

KILLS = 3
RUNS_A_KILL = 2


async def test_runs_survive_kills_and_repeat_nothing_that_ended(tmp_path: Path) -> None:
    async with Receiver(otherwise=takes_a_while(0.04, b'{"done": true}')).serving() as upstream:
        drill = WorkflowDrill(tmp_path, upstream, workers=2)
        try:
            await drill.start()
            for _ in range(KILLS):
                await drill.kill(RUNS_A_KILL)
            found = await drill.end()
        finally:
            code = await drill.stop()
    assert code == 0
    assert found["states"] == {"succeeded": KILLS * RUNS_A_KILL}
    assert found["repeated"] == []
    assert found["settled at a kill"] > 0
