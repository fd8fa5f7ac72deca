"""An upstream that hangs holds what waits for it, and nothing of those that have nothing to do with it."""

import asyncio
from typing import Any

from apis.http.conftest import Upstream
from fakes.receiver import hangs
from fixtures.waiting import until
from opsloom.apis.scripts.sandbox import SIZES, Sandbox

HANGING = SIZES.most + 4
WAITS = "import http\nasync def main(params, input, ctx):\n    return await http.get('upstream', '/')\n"
QUICK = "def main(params, input, ctx):\n    return 1\n"


async def test_calls_and_scripts_that_hang_leave_the_others_alone(upstream: Upstream) -> None:
    builder = upstream.builder

    async def scripted(path: str, code: str, **more: Any) -> None:
        made = await upstream.send(
            "/apis", {"name": path, "path": path, "logic": {"type": "script", "code": code, **more}}
        )
        assert (await upstream.send(f"/apis/{made.json()['id']}/publish", {})).status_code == 200

    upstream.receiver.otherwise = hangs
    for number in range(HANGING):
        await scripted(f"waits/{number}", WAITS, connections=["upstream"])
    await upstream.publish("calls", {"path": "/"})
    await scripted("quick", QUICK)
    await builder.publish("fast", "select 1 as one")
    paths = [*(f"waits/{number}" for number in range(HANGING)), *["calls"] * 10]
    hanging = [asyncio.ensure_future(builder.call(path)) for path in paths]
    await until(lambda: len(upstream.receiver.received) >= 4)
    answered = [await builder.call(path) for _ in range(8) for path in ("quick", "fast")]
    assert [answer.status_code for answer in answered] == [200] * 16
    assert any(not task.done() for task in hanging)
    for task in hanging:
        task.cancel()
    await asyncio.gather(*hanging, return_exceptions=True)
    await builder.core.part(Sandbox).close()
