"""Durable runs a second against DBOS: the same chain of steps, the same PostgreSQL, one after the other in the same run.

Every step adds one and is kept before the next one starts. Ours is called over HTTP with a key and goes through the job queue; DBOS is a
library in its own process, installed into a virtual environment that is thrown away. The time is from the first call to the last end.
With `--dbos PYTHON` an interpreter that has dbos is used instead.

    python bench/workflows.py [--runs 200] [--steps 3] [--at-once 16] [--rounds 3] [--dbos PYTHON]
"""

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx2
import psutil
import psycopg

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src"), str(ROOT / "tests")]

from fixtures.server import RunningServer  # noqa: E402
from opsloom.infra.db.bootstrap import DATABASE  # noqa: E402
from opsloom.infra.db.dsn import Dsn  # noqa: E402
from opsloom.infra.db.embedded import SUPERUSER, EmbeddedPostgres  # noqa: E402

ENDED = "select count(*) from workflow_runs where state = 'succeeded'"


def prepared(server: RunningServer, steps: int) -> str:
    """The chain, published, and a script that does nothing; a key to call them with."""
    headers = server.sign_in()
    with httpx2.Client(base_url=server.url, headers=headers, timeout=60) as client:

        def post(path: str, body: Any) -> Any:
            answer = client.post(path, json=body)
            assert answer.status_code < 300, answer.text
            return answer.json()

        nodes = [{"type": "value", "id": "n0", "value": "params.n + 1"}]
        nodes += [{"type": "value", "id": f"n{i}", "value": f"nodes.n{i - 1} + 1"} for i in range(1, steps)]
        edges = [{"source": f"n{i}", "target": f"n{i + 1}", "port": ""} for i in range(steps - 1)]
        logic = {"type": "workflow", "nodes": nodes, "edges": edges, "durable": True}
        parameters = [{"name": "n", "type": "integer"}]
        script = {"type": "script", "code": "def main(params, input, ctx):\n    return 1\n"}
        for name, each in (("chain", logic), ("nothing", script)):
            body = {"name": name, "path": name, "method": "POST", "parameters": parameters, "logic": each}
            post(f"/api/v1/apis/{post('/api/v1/apis', body)['id']}/publish", {})
        return str(post("/api/v1/keys", {"name": "bench", "scopes": ["apis.read", "apis.run"]})["key"])


async def ours(server: RunningServer, key: str, runs: int, at_once: int) -> float:
    """Runs a second, from the first call to the last end."""
    places = asyncio.Semaphore(at_once)
    dsn = superuser(server)
    async with (
        httpx2.AsyncClient(base_url=server.url, headers={"X-API-Key": key}, timeout=120) as client,
        await psycopg.AsyncConnection.connect(**dsn.psycopg(), autocommit=True) as database,
    ):

        async def ended() -> int:
            row = await (await database.execute(ENDED)).fetchone()
            assert row is not None
            return int(row[0])

        async def one(number: int) -> None:
            async with places:
                answer = await client.post("/runtime/chain", json={"n": number})
                assert answer.status_code == 202, answer.text

        before, begun = await ended(), time.perf_counter()
        await asyncio.gather(*(one(number) for number in range(runs)))
        while await ended() < before + runs:
            assert time.perf_counter() - begun < 300, "the runs do not end"
            await asyncio.sleep(0.02)
        return runs / (time.perf_counter() - begun)


def script_overhead(server: RunningServer, key: str, calls: int) -> tuple[float, float]:
    """Milliseconds of a call of a script that does nothing: as the caller sees it, and as the server says it took (p50)."""
    seen, said = [], []
    with httpx2.Client(base_url=server.url, headers={"X-API-Key": key}, timeout=60) as client:
        for _ in range(calls):
            begun = time.perf_counter()
            answer = client.post("/runtime/nothing", json={})
            seen.append((time.perf_counter() - begun) * 1e3)
            said.append(float(answer.headers["server-timing"].rpartition("total;dur=")[2]))
    return statistics.median(seen), statistics.median(said)


def superuser(server: RunningServer) -> Dsn:
    """The embedded database, as who may see every tenant's rows."""
    return EmbeddedPostgres(server.folder / "data").dsn.as_role(SUPERUSER, database=DATABASE)


def dbos(python: str, dsn: Dsn, arguments: argparse.Namespace) -> tuple[float, float]:
    """Runs a second and milliseconds of CPU a run."""
    parts = dsn.psycopg()
    url = f"postgresql+psycopg://{parts['user']}@/bench_dbos?host={parts['host']}&port={parts.get('port', 5432)}"
    numbers = map(str, (arguments.runs, arguments.steps, arguments.at_once))
    command = [python, str(ROOT / "bench" / "workflows_dbos.py"), url, *numbers]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    per_s, cpu_ms = done.stdout.split()[-2:]
    return float(per_s), float(cpu_ms)


def with_dbos(folder: Path) -> str:
    """An interpreter that has it."""
    uv = str(Path(sys.executable).parent / "uv")
    subprocess.run([uv, "venv", "-q", "--python", "3.11", str(folder)], check=True)
    python = str(folder / "bin" / "python")
    subprocess.run([uv, "pip", "install", "-q", "--python", python, "dbos"], check=True)
    return python


def main(arguments: argparse.Namespace) -> None:
    """Turn about, so that what the machine does meanwhile hits both."""
    folder = Path(tempfile.mkdtemp(prefix="opsloom-workflows-"))
    python = arguments.dbos or with_dbos(folder / "dbos")
    server = RunningServer(folder)
    server.start()
    try:
        key = prepared(server, arguments.steps)
        assert server.process is not None
        process = psutil.Process(server.process.pid)
        asyncio.run(ours(server, key, arguments.at_once, arguments.at_once))
        mine, cpu, theirs = [], [], []
        for _ in range(arguments.rounds):
            used = sum(process.cpu_times()[:2])
            mine.append(asyncio.run(ours(server, key, arguments.runs, arguments.at_once)))
            cpu.append((sum(process.cpu_times()[:2]) - used) / arguments.runs * 1e3)
            theirs.append(dbos(python, superuser(server), arguments))
        seen, said = script_overhead(server, key, 200)
    finally:
        server.stop()
    rate, other = statistics.median(mine), statistics.median(each[0] for each in theirs)
    print(
        f"chain of {arguments.steps} steps, {arguments.runs} runs, {arguments.at_once} at once, median of {arguments.rounds}"
    )
    print(f"Opsloom  {rate:8.1f} durable runs/s   {statistics.median(cpu):6.2f} ms of the server's CPU a run")
    print(
        f"DBOS     {other:8.1f} durable runs/s   {statistics.median(each[1] for each in theirs):6.2f} ms of its CPU a run"
    )
    print(f"ratio    {rate / other:8.2f}   (target 3)")
    print(f"script that does nothing: p50 {seen:.2f} ms as called, {said:.2f} ms as the server says (target 1)")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--at-once", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--dbos", help="an interpreter with dbos")
    main(parser.parse_args())
