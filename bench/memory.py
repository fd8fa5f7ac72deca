"""Idle memory of everything a default start runs: the server and its PostgreSQL, as proportional set size (shared pages once).

python bench/memory.py [--settle 60]
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from fixtures.server import RunningServer  # noqa: E402

TARGET_MB = 400


def pss_mb(process: psutil.Process) -> float:
    """A process's share of memory."""
    return float(process.memory_full_info().pss) / 2**20


def postgres_of(folder: Path) -> list[psutil.Process]:
    """The database's processes: the one started on this folder, and its children."""
    for process in psutil.process_iter(["cmdline"]):
        if str(folder / "data" / "postgres") in (process.info["cmdline"] or []):
            return [process, *process.children(recursive=True)]
    return []


def main(settle_s: float) -> None:
    """Start, let it measure the machine for a while, count."""
    with tempfile.TemporaryDirectory(prefix="opsloom-memory-") as name:
        server = RunningServer(Path(name))
        server.start()
        try:
            assert server.process is not None
            time.sleep(settle_s)
            own = pss_mb(psutil.Process(server.process.pid))
            database = [pss_mb(each) for each in postgres_of(Path(name))]
        finally:
            server.stop()
    total = own + sum(database)
    print(f"idle memory after {settle_s:.0f} s (proportional set size)")
    print(f"  server                      {own:7.0f} MB")
    print(f"  PostgreSQL, {len(database):2} processes    {sum(database):7.0f} MB")
    print(
        f"  together                    {total:7.0f} MB   target at most {TARGET_MB} MB: {'met' if total <= TARGET_MB else 'MISSED'}"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settle", type=float, default=60)
    main(parser.parse_args().settle)
