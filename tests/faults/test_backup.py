"""A backup is the whole installation; restoring one is all or nothing."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import psycopg
import pytest

from fixtures.server import RunningServer
from fixtures.waiting import wait_for


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


def test_a_restored_backup_is_what_was_there_then_and_a_broken_one_changes_nothing(
    server: RunningServer, tmp_path: Path
) -> None:
    target = tmp_path / "all.opsloom"
    _make_key(server, "before")
    server.command("backup", str(target))
    assert target.stat().st_mode & 0o077 == 0
    _make_key(server, "after")
    whole = target.read_bytes()
    (tmp_path / "half").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "noise").write_bytes(b"not a backup")
    server.stop()
    for broken in ("half", "noise", "missing"):
        with pytest.raises(AssertionError, match=r"backup|failed|no file"):
            server.command("restore", "--yes", str(tmp_path / broken))
    server.start()
    assert _names(server) == ["after", "before"]
    server.stop()
    server.command("restore", "--yes", str(target))
    server.start()
    assert _names(server) == ["before"]
    assert '"ok": true' in server.command("doctor", "--json")


RULE = {
    "name": "Payment failed",
    "kind": "threshold",
    "source": {"type": "event", "event_type": "payment"},
    "condition": "data.amount > 100",
    "keys": ["subject"],
    "title": "A payment of {{ subject }} failed",
}


def _fired(server: RunningServer, who: str) -> bool:
    alerts = httpx2.get(f"{server.url}/api/v1/alerts", headers=server.sign_in(), timeout=30).json()["items"]
    return f"A payment of {who} failed" in [alert["title"] for alert in alerts]


def _pay(server: RunningServer, who: str) -> None:
    event = {"source": "shop", "id": who, "type": "payment", "subject": who, "data": {"amount": 500}}
    answer = httpx2.post(f"{server.url}/api/v1/events", json=event, headers=server.sign_in(), timeout=30)
    assert answer.status_code == 200, answer.text
    wait_for(lambda: _fired(server, who), limit_s=60)


def test_a_backup_of_a_busy_server_works_on_a_fresh_one(server: RunningServer, tmp_path: Path) -> None:
    """The fresh one is thousands of transactions behind; what comes in there must still come after what was restored."""
    headers = server.sign_in()
    rule = httpx2.post(f"{server.url}/api/v1/rules", json=RULE, headers=headers, timeout=30).json()
    httpx2.post(f"{server.url}/api/v1/rules/{rule['id']}/publish", json={}, headers=headers, timeout=30)
    with psycopg.connect(host=server.socket_folder, user="postgres", dbname="opsloom", autocommit=True) as connection:
        for _ in range(3000):
            connection.execute("select pg_current_xact_id()")
    _pay(server, "before")
    server.command("backup", str(tmp_path / "all.opsloom"))
    fresh_folder = tmp_path / "fresh"
    fresh_folder.mkdir()
    fresh = RunningServer(fresh_folder)
    fresh.command("restore", "--yes", str(tmp_path / "all.opsloom"))
    fresh.start()
    try:
        assert _fired(fresh, "before")
        _pay(fresh, "after")
    finally:
        fresh.stop()
