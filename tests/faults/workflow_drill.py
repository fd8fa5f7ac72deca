"""A crash drill of durable workflows: workers of one server take turns at runs that call an upstream, one of them gets a kill -9 in the
middle of that, another takes its place, and at the end it is counted whether anything that had ended was done again.

Workers are forked from a process that has loaded the program already, so that a kill costs a moment and not a start.
"""

import asyncio
import multiprocessing
import os
import random
import sys
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import httpx2

from fakes.receiver import Receiver
from fixtures.server import RunningServer
from fixtures.waiting import until

NODES = 6
ENDED = {"succeeded", "failed", "cancelled"}
WEB = (sys.executable, "-m", "opsloom", "serve", "--role", "web")


def work(environment: Mapping[str, str], log: Path) -> None:
    """A worker, until it is killed."""
    from opsloom.server import serve  # loaded beforehand by the process that forks
    from opsloom.settings import ServeRole, load_settings

    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.environ.update(environment)
    serve(load_settings(), ServeRole.WORKER, print)


class WorkflowDrill:
    """`settled` are nodes that had ended at a kill, with how often they had been called."""

    def __init__(self, folder: Path, upstream: Receiver, *, workers: int, seed: int = 7) -> None:
        settings = {"OPSLOOM_EGRESS_ALLOW": "127.0.0.0/8", "OPSLOOM_WORKFLOW_RUNS_PER_TENANT": "200"}
        self.server = RunningServer(folder, program=WEB, **settings)
        self.upstream = upstream
        self.runs: dict[str, dict[str, Any]] = {}
        self.settled: dict[tuple[str, str], int] = {}
        self.cut = 0
        self._log = folder / "worker.log"
        self._wanted = workers
        self._fork = multiprocessing.get_context("forkserver")
        self._workers: list[ForkServerProcess] = []
        self._kills: list[datetime] = []
        self._dice = random.Random(seed)
        self._client = httpx2.AsyncClient(base_url=self.server.url, timeout=30)

    async def start(self) -> None:
        """A connection to the upstream, a chain of calls of it as a durable workflow, and the workers."""
        await asyncio.to_thread(self.server.start)
        self._client.headers.update(await asyncio.to_thread(self.server.sign_in))
        key = (await self._ask("POST", "/api/v1/keys", {"name": "drill", "scopes": ["apis.read", "apis.run"]}))["key"]
        config = {"type": "http", "url": f"http://127.0.0.1:{self.upstream.port}"}
        connection = {"kind": "connection", "name": "up", "content": {"config": config}}
        made = await self._ask("POST", "/api/v1/assets", connection)
        await self._ask("POST", f"/api/v1/assets/{made['id']}/publish", {})
        call = {"type": "http", "connection": "up", "method": "POST"}
        nodes = [
            {"type": "logic", "id": f"n{number}", "logic": call | {"path": "/{{ run }}/" + f"n{number}"},
             "arguments": {"run": "ctx.run"}}
            for number in range(NODES)
        ]  # fmt: skip
        edges = [{"source": f"n{number}", "target": f"n{number + 1}", "port": ""} for number in range(NODES - 1)]
        logic = {"type": "workflow", "nodes": nodes, "edges": edges, "durable": True}
        api = await self._ask(
            "POST", "/api/v1/apis", {"name": "chain", "path": "chain", "method": "POST", "logic": logic}
        )
        await self._ask("POST", f"/api/v1/apis/{api['id']}/publish", {})
        del self._client.headers["authorization"]
        self._client.headers["x-api-key"] = key
        self._fork.set_forkserver_preload(["opsloom.server"])
        self._workers = [self._worker() for _ in range(self._wanted)]

    async def kill(self, started: int) -> None:
        """Start some runs, kill a worker somewhere in the middle of the calls, and look at what has ended by now."""
        for _ in range(started):
            self.runs[(await self._ask("POST", "/runtime/chain", {}))["run_id"]] = {}
        enough = len(self.upstream.received) + self._dice.randint(1, NODES * started - 1)
        await until(lambda: len(self.upstream.received) >= enough, self._said, limit_s=60)
        victim = self._dice.randrange(self._wanted)
        self._workers[victim].kill()
        self._kills.append(datetime.now(UTC))
        self._workers[victim].join()
        self._workers[victim] = self._worker()
        self.cut += 1
        await self._look()

    async def end(self) -> dict[str, Any]:
        """Wait for every run to end; what came of them, and the longest that a run waited to be taken over (in seconds)."""
        await until(self._all_ended, self._said, limit_s=180, pause_s=0.5)
        calls = self._calls()
        return {
            "runs": len(self.runs),
            "states": dict(Counter(run["state"] for run in self.runs.values())),
            "kills": self.cut,
            "settled at a kill": len(self.settled),
            "repeated": [node for node, count in self.settled.items() if calls[node] != count],
            "cut off and done again": sum(count - 1 for count in calls.values()),
            "longest until taken over": round(max(self._still(run) for run in self.runs.values()), 1),
        }

    async def stop(self) -> int:
        """End everything; the web process's exit code."""
        for worker in self._workers:
            worker.kill()
            worker.join()
        await self._client.aclose()
        return await asyncio.to_thread(self.server.stop)

    def _worker(self) -> ForkServerProcess:
        environment = {name: value for name, value in self.server.environment.items() if name.startswith("OPSLOOM_")}
        process = self._fork.Process(target=work, args=(environment, self._log))
        process.start()
        return process

    async def _look(self) -> None:
        """Nodes whose row is there have ended: from here on they must not be called."""
        for run_id, known in self.runs.items():
            if known.get("state") in ENDED:
                continue
            shown = self.runs[run_id] = await self._ask("GET", f"/api/v1/workflow-runs/{run_id}")
            calls = self._calls()
            for node in shown["nodes"]:
                if node["state"] == "succeeded":
                    self.settled.setdefault((run_id, node["node_id"]), calls[run_id, node["node_id"]])

    async def _all_ended(self) -> bool:
        await self._look()
        return all(run["state"] in ENDED for run in self.runs.values())

    def _still(self, run: Mapping[str, Any]) -> float:
        """Seconds from a kill between two nodes to the beginning of the second (the time that counts, where it was done again). Where
        more than one fell between them, more than one take-over did."""
        ended, longest = datetime.fromisoformat(run["created_at"]), 0.0
        for node in run["nodes"]:
            began = datetime.fromisoformat(node["started_at"])
            between = [moment for moment in self._kills if ended < moment < began]
            if len(between) == 1:
                longest = max(longest, (began - between[0]).total_seconds())
            ended = datetime.fromisoformat(node["ended_at"])
        return longest

    def _said(self) -> str:
        return f"the runs go on: {self._log.read_text()[-3000:]}"

    def _calls(self) -> Counter[tuple[str, str]]:
        paths = [request.path.strip("/").split("/") for request in self.upstream.received]
        return Counter((run, node) for run, node in paths)

    async def _ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = await self._client.request(method, path, json=body)
        assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()
