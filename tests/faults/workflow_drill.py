"""A crash drill of durable workflows: runs that call an upstream, a kill -9 in the middle of them, a restart, and whether anything that
had ended was done again."""

import asyncio
import random
from collections import Counter
from typing import Any

import httpx2

from fakes.receiver import Receiver
from fixtures.server import RunningServer
from fixtures.waiting import until

NODES = 8
ENDED = {"succeeded", "failed", "cancelled"}


class WorkflowDrill:
    """`repeated` are nodes that were called again after they had ended; it must stay empty."""

    def __init__(self, server: RunningServer, upstream: Receiver, seed: int = 7) -> None:
        self.server = server
        self.upstream = upstream
        self.runs: list[str] = []
        self.settled: dict[tuple[str, str], int] = {}
        self.cut = 0
        self._dice = random.Random(seed)
        self._headers: dict[str, str] = {}

    async def start(self) -> None:
        """A connection to the upstream, and a chain of calls of it as a durable workflow."""
        await asyncio.to_thread(self.server.start)
        self._headers = await asyncio.to_thread(self.server.sign_in)
        key = (await self._post("/api/v1/keys", {"name": "drill", "scopes": ["apis.read", "apis.run"]}))["key"]
        config = {"type": "http", "url": f"http://127.0.0.1:{self.upstream.port}"}
        connection = await self._post(
            "/api/v1/assets", {"kind": "connection", "name": "up", "content": {"config": config}}
        )
        await self._post(f"/api/v1/assets/{connection['id']}/publish", {})
        nodes = [
            {
                "type": "logic",
                "id": f"n{number}",
                "logic": {"type": "http", "connection": "up", "method": "POST", "path": "/{{ run }}/" + f"n{number}"},
                "arguments": {"run": "ctx.run"},
            }
            for number in range(NODES)
        ]
        edges = [{"source": f"n{number}", "target": f"n{number + 1}", "port": ""} for number in range(NODES - 1)]
        logic = {"type": "workflow", "nodes": nodes, "edges": edges, "durable": True}
        api = await self._post("/api/v1/apis", {"name": "chain", "path": "chain", "method": "POST", "logic": logic})
        await self._post(f"/api/v1/apis/{api['id']}/publish", {})
        self._headers = {"X-API-Key": key}

    async def round(self, started: int) -> None:
        """Start some runs, kill the server while they are under way, and look at what had ended once it is back."""
        for _ in range(started):
            self.runs.append((await self._post("/runtime/chain", {}))["run_id"])
        enough = len(self.upstream.received) + self._dice.randint(1, NODES * started - 1)
        await until(lambda: len(self.upstream.received) >= enough, "so many calls have come", limit_s=60)
        await asyncio.to_thread(self.server.kill)
        self.cut += 1
        await asyncio.to_thread(self.server.start)
        await self._settle()

    async def end(self) -> dict[str, Any]:
        """Wait for every run to end; what came of them."""
        await until(self._all_ended, lambda: f"all runs end: {self.server.log_tail()}", limit_s=180, pause_s=0.5)
        calls = self._calls()
        states = Counter([(await self._get(f"/api/v1/workflow-runs/{run}"))["state"] for run in self.runs])
        return {
            "runs": len(self.runs),
            "states": dict(states),
            "kills": self.cut,
            "settled at a kill": len(self.settled),
            "repeated": [node for node, count in self.settled.items() if calls[node] != count],
            "cut off and done again": sum(count - 1 for count in calls.values()),
        }

    async def _settle(self) -> None:
        """Nodes whose row is there have ended: from here on they must not be called."""
        for run in self.runs:
            shown = await self._get(f"/api/v1/workflow-runs/{run}")
            calls = self._calls()
            for node in shown["nodes"]:
                if node["state"] == "succeeded":
                    self.settled.setdefault((run, node["node_id"]), calls[run, node["node_id"]])

    async def _all_ended(self) -> bool:
        states = [(await self._get(f"/api/v1/workflow-runs/{run}"))["state"] for run in self.runs]
        return all(state in ENDED for state in states)

    def _calls(self) -> Counter[tuple[str, str]]:
        paths = [request.path.strip("/").split("/") for request in self.upstream.received]
        return Counter((run, node) for run, node in paths)

    async def _post(self, path: str, body: Any) -> Any:
        return await self._ask("POST", path, body)

    async def _get(self, path: str) -> Any:
        return await self._ask("GET", path, None)

    async def _ask(self, method: str, path: str, body: Any) -> Any:
        async with httpx2.AsyncClient(base_url=self.server.url, timeout=30) as client:
            answer = await client.request(method, path, json=body, headers=self._headers)
        assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()
