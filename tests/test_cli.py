"""The command as people type it: start in the background, start again, stop."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from fixtures.server import RunningServer


def run(server: RunningServer, *words: str) -> subprocess.CompletedProcess[str]:
    """One command on the installation in the server's folder."""
    return subprocess.run(
        [sys.executable, *words], cwd=server.folder, env=server.environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def installation(tmp_path: Path) -> RunningServer:
    """A folder and a port; nothing runs there yet."""
    return RunningServer(tmp_path)


def test_a_detached_server_starts_once_and_stops(installation: RunningServer) -> None:
    try:
        first = run(installation, "-X", "importtime", "-m", "opsloom", "serve", "--detach")
        assert first.returncode == 0, first.stderr
        assert f"Opsloom is ready on {installation.url}" in first.stdout
        assert installation.is_ready()
        # The command only waits: whatever it loaded itself, people would wait for twice.
        assert "opsloom.settings" in first.stderr
        assert not [name for name in ("opsloom.server", "sqlalchemy", "fastapi") if name in first.stderr]
        again = run(installation, "-m", "opsloom", "serve", "--detach")
        assert again.returncode == 0
        assert "already running" in again.stdout
    finally:
        stopped = run(installation, "-m", "opsloom", "stop")
    assert stopped.stdout == "Opsloom has stopped.\n"
    assert not installation.is_ready()
    assert run(installation, "-m", "opsloom", "stop").stdout == "Opsloom is not running.\n"


def test_a_start_that_fails_says_why_and_ends(installation: RunningServer) -> None:
    installation.environment["OPSLOOM_DATABASE_URL"] = "postgresql://opsloom_app:secret@127.0.0.1:1/opsloom"
    failed = run(installation, "-m", "opsloom", "serve", "--detach")
    assert failed.returncode == 1
    said = " ".join((failed.stdout + failed.stderr).split())
    assert "127.0.0.1:1" in said
    assert "stopped while starting (exit 1)" in said
    assert "Traceback" not in said


def test_a_port_is_not_shared_with_whoever_would_share_it(installation: RunningServer) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", installation.port))
        other.listen()
        refused = run(installation, "-m", "opsloom", "serve")
    assert refused.returncode == 1
    said = " ".join((refused.stdout + refused.stderr).split())
    assert f"Could not listen on 127.0.0.1:{installation.port} (Address already in use). Set OPSLOOM_PORT" in said
    assert not (installation.folder / "data" / "postgres").exists(), "nothing was made before it was known"


def test_an_unknown_role_is_refused_by_name(installation: RunningServer) -> None:
    refused = run(installation, "-m", "opsloom", "serve", "--role", "cook")
    assert refused.returncode == 2
    assert all(word in refused.stderr for word in ("cook", "web", "engine", "worker", "all"))
