"""A backup is the whole installation; restoring one is all or nothing."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from fixtures.server import RunningServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    made = RunningServer(tmp_path)
    made.start()
    yield made
    made.stop()


def _names(server: RunningServer) -> list[str]:
    answer = httpx2.get(f"{server.url}/api/v1/keys", headers=server.sign_in(), timeout=30)
    return sorted(key["name"] for key in answer.json()["items"])


def _make_key(server: RunningServer, name: str) -> None:
    body = {"name": name, "scopes": ["events.read"]}
    answer = httpx2.post(f"{server.url}/api/v1/keys", json=body, headers=server.sign_in(), timeout=30)
    assert answer.status_code == 201, answer.text


def test_a_restored_backup_is_what_was_there_then(server: RunningServer, tmp_path: Path) -> None:
    target = tmp_path / "all.opsloom"
    _make_key(server, "before")
    server.command("backup", str(target))
    assert target.stat().st_mode & 0o077 == 0
    _make_key(server, "after")
    server.stop()
    server.command("restore", "--yes", str(target))
    server.start()
    assert _names(server) == ["before"]
    assert '"ok": true' in server.command("doctor", "--json")


def test_a_broken_backup_changes_nothing(server: RunningServer, tmp_path: Path) -> None:
    target = tmp_path / "all.opsloom"
    _make_key(server, "kept")
    server.command("backup", str(target))
    whole = target.read_bytes()
    (tmp_path / "half").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "noise").write_bytes(b"not a backup")
    server.stop()
    for broken in ("half", "noise", "missing"):
        with pytest.raises(AssertionError, match=r"backup|failed|no file"):
            server.command("restore", "--yes", str(tmp_path / broken))
    server.start()
    assert _names(server) == ["kept"]
