"""kill -9 of the server, and of its PostgreSQL, while events stream in: whatever was answered 200 is there afterwards."""

from pathlib import Path

from faults.drill import Drill
from fixtures.server import RunningServer


async def test_no_acknowledged_event_is_lost_when_the_server_is_killed(tmp_path: Path) -> None:
    drill = Drill(RunningServer(tmp_path))
    try:
        drill.start()
        for number in range(6):
            await drill.round(number, drill.kill_server)
        missing = await drill.missing()
        assert missing == []
        assert len(drill.acknowledged) >= 6
        assert await drill.counted_twice() == 0
    finally:
        drill.end()


async def test_the_database_killed_during_ingest_is_told_and_heals(tmp_path: Path) -> None:
    drill = Drill(RunningServer(tmp_path))
    try:
        drill.start()
        for number in range(3):
            await drill.round(number, drill.kill_database)
        assert set(drill.refused) <= {429, 503}
        assert drill.refused.get(503)
        assert await drill.missing() == []
        assert await drill.counted_twice() == 0
    finally:
        drill.end()
