"""A published SQL API against a typical FastAPI + SQLAlchemy service, Datasette and pgbench, interleaved, on one machine.

The query everywhere: `select id, name, value from … where group_id = :g limit 20` over 100,000 rows. Opsloom answers with the
whole path: key, tenant, role, limits, breaker, log row. pgbench runs the same statement prepared, once as rows and once as
JSON, without HTTP: the limit. Datasette serves the same rows from SQLite; it is installed into a folder that is thrown away,
and is left out where that is not possible.

    python bench/apis.py [--seconds 4] [--rounds 3] [--connections 16] [--no-datasette]
"""

import argparse
import json
import os
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import psutil
import psycopg

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src"), str(ROOT / "tests")]

from fixtures.server import RunningServer, free_port  # noqa: E402
from opsloom.infra.db.bootstrap import DATABASE  # noqa: E402
from opsloom.infra.db.dsn import Dsn  # noqa: E402
from opsloom.infra.db.embedded import BIN, SUPERUSER, EmbeddedPostgres  # noqa: E402

QUERY = "select id, name, value from {table} where group_id = :g limit 20"
TABLES = """
create table bench_plain (id int primary key, group_id int not null, name text not null, value double precision not null);
insert into bench_plain select i, i % 1000, 'item ' || i, random() * 1000 from generate_series(1, 100000) i;
create index on bench_plain (group_id);
create table bench_readings (tenant_id uuid not null, id int not null, group_id int not null, name text not null,
                             value double precision not null, primary key (tenant_id, id));
alter table bench_readings enable row level security;
alter table bench_readings force row level security;
create policy tenant on bench_readings
    using (tenant_id = (select nullif(current_setting('opsloom.tenant', true), '')::uuid));
create index on bench_readings (tenant_id, group_id);
create view data.bench_readings with (security_invoker = true) as select id, group_id, name, value from bench_readings;
grant select on bench_readings, data.bench_readings to opsloom_api_reader, opsloom_app;
"""
PARAMETERS = [{"name": "g", "type": "integer", "required": True, "minimum": 0}]


@dataclass
class Contestant:
    """`plan` is what the load generator is told; None for pgbench."""

    name: str
    plan: dict[str, object] | None
    process: psutil.Process | None = None
    sql: str = ""
    per_s: list[float] = field(default_factory=list)
    p50_ms: list[float] = field(default_factory=list)
    p99_ms: list[float] = field(default_factory=list)
    cpu_us: list[float] = field(default_factory=list)


def fill(dsn: Dsn, tenant_id: str) -> None:
    """The same rows for everybody; Opsloom's belong to a tenant and lie behind row security."""
    with psycopg.connect(**dsn.psycopg(), autocommit=True) as connection:
        connection.execute(TABLES)
        connection.execute(
            "insert into bench_readings select %s, id, group_id, name, value from bench_plain", (tenant_id,)
        )
        connection.execute("vacuum analyze bench_plain, bench_readings")


def publish(url: str, headers: dict[str, str], path: str, ttl_s: int) -> None:
    """One API over the rows."""
    body = {
        "name": path,
        "path": path,
        "logic": {"type": "sql", "sql": QUERY.format(table="data.bench_readings")},
        "parameters": PARAMETERS,
        "cache": {"ttl_s": ttl_s},
    }
    made = httpx2.post(f"{url}/api/v1/apis", json=body, headers=headers)
    assert made.status_code == 201, made.text
    done = httpx2.post(f"{url}/api/v1/apis/{made.json()['id']}/publish", json={}, headers=headers)
    assert done.status_code == 200, done.text


def measure(each: Contestant, seconds: float, connections: int, dsn: Dsn) -> None:
    """One round of one contestant."""
    if each.plan is None:
        result = pgbench(each.sql, seconds, connections, dsn)
    else:
        assert each.process is not None
        before = _cpu(each.process)
        plan = each.plan | {"seconds": seconds, "connections": connections}
        command = [sys.executable, str(ROOT / "bench" / "apis_load.py"), json.dumps(plan)]
        result = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
        assert not result["failed"], f"{each.name}: {result['failed']} calls failed"
        each.cpu_us.append((_cpu(each.process) - before) / result["calls"] * 1e6)
    each.per_s.append(result["per_s"])
    each.p50_ms.append(result["p50_ms"])
    each.p99_ms.append(result["p99_ms"])


def pgbench(sql: str, seconds: float, connections: int, dsn: Dsn) -> dict[str, float]:
    """The same statement, prepared, over the socket, by PostgreSQL's own tool."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "query.sql"
        script.write_text("\\set g random(0, 999)\n" + sql + ";\n")
        command = [
            str(BIN / "pgbench"),
            "-n",
            "-M",
            "prepared",
            "-c",
            str(connections),
            "-j",
            "2",
            "-T",
            str(int(seconds)),
        ]
        command += [
            "-f",
            str(script),
            "-l",
            "--log-prefix",
            f"{folder}/log",
            "-h",
            dsn.host,
            "-U",
            dsn.user,
            dsn.database,
        ]
        shown = subprocess.run(command, capture_output=True, check=True, text=True, cwd=folder).stdout
        lines = (line for file in Path(folder).glob("log*") for line in file.read_text().splitlines())
        times = sorted(int(line.split()[2]) / 1e3 for line in lines)
    per_s = float(shown.split("tps = ")[1].split()[0])
    return {"per_s": per_s, "p50_ms": times[len(times) // 2], "p99_ms": times[int(len(times) * 0.99)]}


def _cpu(process: psutil.Process) -> float:
    family = [process, *process.children(recursive=True)]
    times = (each.cpu_times() for each in family if "postgres" not in each.name())
    return sum(each.user + each.system for each in times)


def datasette(folder: Path, dsn: Dsn, port: int) -> "subprocess.Popen[bytes] | None":
    """Datasette over the same rows in SQLite, with a canned query; None where it cannot be installed."""
    home = folder / "datasette"
    installed = [
        subprocess.run(command, capture_output=True, check=False).returncode == 0
        for command in (
            [sys.executable, "-m", "venv", str(home)],
            [str(home / "bin" / "pip"), "install", "-q", "--disable-pip-version-check", "datasette"],
        )
    ]
    if not all(installed):
        print("Datasette could not be installed and is left out.")
        return None
    with psycopg.connect(**dsn.psycopg()) as connection, sqlite3.connect(folder / "plain.db") as rows:
        rows.execute("create table bench_plain (id integer primary key, group_id integer, name text, value real)")
        found = connection.execute("select id, group_id, name, value from bench_plain").fetchall()
        rows.executemany("insert into bench_plain values (?, ?, ?, ?)", found)
        rows.execute("create index bench_plain_group on bench_plain (group_id)")
    canned = {"databases": {"plain": {"queries": {"q": {"sql": QUERY.format(table="bench_plain")}}}}}
    (folder / "datasette.json").write_text(json.dumps(canned))
    command = [str(home / "bin" / "datasette"), "serve", str(folder / "plain.db"), "-p", str(port)]
    with (folder / "datasette.log").open("wb") as log:
        return subprocess.Popen([*command, "--metadata", str(folder / "datasette.json")], stdout=log, stderr=log)


def typical_service(folder: Path, dsn: Dsn, port: int) -> "subprocess.Popen[bytes]":
    """The typical service on the same PostgreSQL."""
    address = f"postgresql+asyncpg://{dsn.user}@/{dsn.database}?host={dsn.host}&port={dsn.port}"
    command = [str(Path(sys.executable).parent / "granian"), "--interface", "asgi", "--port", str(port)]
    with (folder / "typical.log").open("wb") as log:
        return subprocess.Popen(
            [*command, "--no-access-log", "bench.apis_typical:app"],
            cwd=ROOT,
            env=os.environ | {"TYPICAL_DATABASE": address},
            stdout=log,
            stderr=log,
        )


def web_process_mb(server: RunningServer, plan: dict[str, object], connections: int) -> float:
    """Memory of a process that only answers requests, under the same load."""
    port = free_port()
    web = subprocess.Popen(
        [sys.executable, "-m", "opsloom", "serve", "--role", "web"],
        env=server.environment | {"OPSLOOM_PORT": str(port)},
        cwd=server.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _until_listening(port)
        for path in ("/runtime/bench/rows?g={g}", "/runtime/bench/kept?g={g}"):
            asked = plan | {"port": port, "path": path, "seconds": 2, "connections": connections}
            command = [sys.executable, str(ROOT / "bench" / "apis_load.py"), json.dumps(asked)]
            subprocess.run(command, capture_output=True, check=True)
        return psutil.Process(web.pid).memory_info().rss / 2**20
    finally:
        web.terminate()
        web.wait(30)


def show(contestants: list[Contestant], rss_mb: float, web_mb: float) -> None:
    """Medians, and the ratios that matter."""
    rate = {each.name: statistics.median(each.per_s) for each in contestants}
    typical, limit = rate["typical service"], rate["pgbench, JSON"]
    print(f"\n{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}")
    print(f"{'':<26}{'calls/s':>9}{'x typical':>11}{'of pgbench':>12}{'p50 ms':>9}{'p99 ms':>9}{'CPU µs':>9}")
    for each in contestants:
        p50, p99 = statistics.median(each.p50_ms), statistics.median(each.p99_ms)
        cpu = f"{statistics.median(each.cpu_us):.0f}" if each.cpu_us else ""
        ours = rate[each.name]
        print(f"{each.name:<26}{ours:>9,.0f}{ours / typical:>11.1f}{ours / limit:>12.2f}{p50:>9.1f}{p99:>9.1f}{cpu:>9}")
    print(f"Memory (RSS) of the server process, which does everything, after the load: {rss_mb:.0f} MB")
    print(f"Memory (RSS) of a web process under the same load: {web_mb:.0f} MB")
    print(json.dumps({"bench": "apis", "calls_per_s": {name: round(value) for name, value in rate.items()}}))


def _until_listening(port: int) -> None:
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("a contestant did not start")


def race(contestants: list[Contestant], rounds: int, run: Callable[[Contestant, bool], None]) -> None:
    """All in turns; the first round warms up and does not count."""
    for number in range(rounds + 1):
        for each in contestants:
            run(each, number > 0)
            if not number:
                each.per_s.clear(), each.p50_ms.clear(), each.p99_ms.clear(), each.cpu_us.clear()
            else:
                print(f"  round {number}: {each.name:<24} {each.per_s[-1]:>8,.0f} calls/s", flush=True)


def main(seconds: float, rounds: int, connections: int, *, with_datasette: bool) -> None:
    """Set up, compare, show, tidy up."""
    folder = Path(tempfile.mkdtemp(prefix="opsloom-bench-"))
    server, port = RunningServer(folder), free_port()
    server.start()
    dsn = EmbeddedPostgres(folder / "data").dsn.as_role(SUPERUSER, database=DATABASE)
    typical = typical_service(folder, dsn, port)
    other: subprocess.Popen[bytes] | None = None
    try:
        headers = server.sign_in()
        fill(dsn, httpx2.get(f"{server.url}/api/v1/me", headers=headers).json()["tenant"]["id"])
        publish(server.url, headers, "bench/rows", 0)
        publish(server.url, headers, "bench/kept", 3600)
        new_key = {"name": "bench", "scopes": ["apis.run"]}
        key = httpx2.post(f"{server.url}/api/v1/keys", json=new_key, headers=headers).json()["key"]
        _until_listening(port)
        assert server.process is not None
        ours, theirs = psutil.Process(server.process.pid), psutil.Process(typical.pid)
        asked = {"port": server.port, "headers": {"X-API-Key": key}}
        rows = QUERY.format(table="bench_plain")
        contestants = [
            Contestant("Opsloom", asked | {"path": "/runtime/bench/rows?g={g}"}, ours),
            Contestant("Opsloom, cached", asked | {"path": "/runtime/bench/kept?g={g}"}, ours),
            Contestant("typical service", {"port": port, "headers": {}, "path": "/q?g={g}"}, theirs),
            Contestant("pgbench, rows", None, sql=rows),
            Contestant(
                "pgbench, JSON", None, sql=f"select coalesce(json_agg(row_to_json(q)), '[]')::text from ({rows}) q"
            ),
        ]
        if with_datasette:
            beside = free_port()
            other = datasette(folder, dsn, beside)
            if other is not None:
                _until_listening(beside)
                plan: dict[str, object] = {"port": beside, "headers": {}, "path": "/plain/q.json?_shape=array&g={g}"}
                contestants.insert(3, Contestant("Datasette", plan, psutil.Process(other.pid)))
        race(contestants, rounds, lambda each, warm: measure(each, seconds if warm else 1.0, connections, dsn))
        show(contestants, ours.memory_info().rss / 2**20, web_process_mb(server, asked, connections))
    finally:
        if other is not None:
            other.terminate()
            other.wait(10)
        typical.terminate()
        typical.wait(10)
        server.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--no-datasette", action="store_true")
    given = parser.parse_args()
    main(given.seconds, given.rounds, given.connections, with_datasette=not given.no_datasette)
