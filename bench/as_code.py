"""Export of 10,000 assets: over HTTP, and by the command line into a folder; then the plan of that folder.

The limits beside it: the same contents read from the database alone, and the same YAML written by ruamel.yaml (a part of it, scaled).

    python bench/as_code.py
"""

import io
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import httpx2
import psycopg
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests"), str(ROOT)]

from bench.assets import APIS, CHANNELS, RULES, fill  # noqa: E402

from fixtures.server import EMAIL, RunningServer  # noqa: E402
from opsloom.infra.db.bootstrap import DATABASE  # noqa: E402
from opsloom.infra.db.embedded import SUPERUSER, EmbeddedPostgres  # noqa: E402

EXPORT_S = 10.0
SAMPLE = 300
T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds, and what came out."""
    begin = time.perf_counter()
    found = work()
    return time.perf_counter() - begin, found


def line(name: str, seconds: float, target: float | None = None) -> None:
    """One figure, held against a target."""
    said = "" if target is None else f"   at most {target:.0f} s: {'met' if seconds <= target else 'MISSED'}"
    print(f"  {name:46} {seconds:6.2f} s{said}")


def by_ruamel(files: dict[str, str]) -> float:
    """Seconds that the usual library would take to write these, from a sample of them."""
    yaml = YAML(typ="safe", pure=True)
    documents = [yaml.load(text) for text in list(files.values())[:: max(1, len(files) // SAMPLE)]]
    seconds, _ = timed(lambda: [yaml.dump(document, io.StringIO()) for document in documents])
    return seconds / len(documents) * len(files)


def run(server: RunningServer, dsn: dict[str, object], folder: Path) -> None:
    """Warm up, then each."""
    many = RULES + APIS + CHANNELS
    with httpx2.Client(base_url=server.url, headers=server.sign_in(), timeout=300) as client:

        def export() -> dict[str, str]:
            answer = client.post("/api/v1/assets/export", json={})
            assert answer.status_code == 200, answer.text
            files: dict[str, str] = answer.json()["files"]
            return files

        timed(export)
        exports = [timed(export) for _ in range(3)]
        files = exports[0][1]
        assert len(files) >= many, len(files)
        size = sum(len(text.encode()) for text in files.values()) / 1e6
        print(f"{len(files):,} files, {size:.1f} MB; the engine and the host monitor running")
        with psycopg.connect(**dsn) as connection:  # type: ignore[arg-type]
            query = "select a.*, v.content from assets a"
            query += " left join asset_versions v on v.asset_id = a.id and v.version = a.published_version"
            line("the contents from the database (a limit)", timed(lambda: connection.execute(query).fetchall())[0])
        line("written by ruamel.yaml (scaled)", by_ruamel(files))
        line("export over HTTP, slowest of three", max(seconds for seconds, _ in exports), EXPORT_S)
        key = server.command("key", "create", "bench", "--for", EMAIL).strip()
        environment = {"OPSLOOM_URL": server.url, "OPSLOOM_API_KEY": key}
        line(
            "opsloom export into an empty folder",
            timed(lambda: server.command("export", str(folder), **environment))[0],
            EXPORT_S,
        )
        seconds, planned = timed(lambda: server.run("plan", str(folder), "--publish", **environment))
        assert planned.returncode == 2, planned.stderr  # a tenth of the assets are drafts
        line("opsloom plan of the folder", seconds)


def main() -> None:
    """On a server of its own."""
    with tempfile.TemporaryDirectory(prefix="opsloom-as-code-") as name:
        folder = Path(name)
        server = RunningServer(folder)
        server.start()
        try:
            dsn = EmbeddedPostgres(folder / "data").dsn.as_role(SUPERUSER, database=DATABASE).psycopg()
            fill(dsn)
            run(server, dsn, folder / "files")
        finally:
            server.stop()


if __name__ == "__main__":
    main()
