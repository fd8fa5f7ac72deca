"""Processor seconds of a running server, which a busy machine hardly changes."""

from pathlib import Path

import psutil

from fixtures.server import RunningServer


def cpu_seconds(server: RunningServer) -> float:
    """Of the server and of its PostgreSQL, whose ended sessions count at the postmaster."""
    assert server.process is not None
    data = Path(server.environment["OPSLOOM_DATA_DIR"])
    postmaster = int((data / "postgres" / "postmaster.pid").read_text().split()[0])
    total = 0.0
    for root in (psutil.Process(server.process.pid), psutil.Process(postmaster)):
        for each in (root, *root.children(recursive=True)):
            times = each.cpu_times()
            total += times.user + times.system
        ended = root.cpu_times()
        total += ended.children_user + ended.children_system if root.pid == postmaster else 0.0
    return total
