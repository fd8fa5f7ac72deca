"""The database is killed under load; the server is told to stop under load. Nothing acknowledged is lost."""

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx2
import psycopg
import pytest

from fixtures.server import RunningServer
from fixtures.waiting import wait_for


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path_factory.mktemp("served"))
    running.start()
    yield running
    running.stop()


class Sender(threading.Thread):
    """Sends single events one after the other and keeps what was acknowledged and what was refused how."""

    def __init__(self, served: RunningServer, name: str) -> None:
        super().__init__(daemon=True)
        self._served, self.source = served, name
        self._headers = served.sign_in()
        self.acknowledged: list[str] = []
        self.statuses: list[int] = []
        self.cut_off = 0
        self.done = threading.Event()

    def run(self) -> None:
        number = 0
        with httpx2.Client(timeout=30) as client:
            while not self.done.is_set() and number < 20_000:
                number += 1
                event = {"source": self.source, "id": str(number), "type": "test.load"}
                try:
                    answer = client.post(f"{self._served.url}/api/v1/events", json=event, headers=self._headers)
                except httpx2.TransportError:
                    self.cut_off += 1
                    if self.cut_off > 200:
                        return
                    continue
                self.statuses.append(answer.status_code)
                if answer.status_code == 200:
                    self.acknowledged.append(str(number))

    def finish(self) -> None:
        self.done.set()
        self.join(60)


def _stored(socket: str, source: str) -> set[str]:
    with psycopg.connect(host=socket, user="postgres", dbname="opsloom") as connection:
        rows = connection.execute("select event_id from events where source = %s", (source,)).fetchall()
    return {row[0] for row in rows}


def test_a_killed_database_costs_no_acknowledged_event_and_comes_back(served: RunningServer) -> None:
    socket = served.socket_folder
    postmaster = served.postmaster_pid
    senders = [Sender(served, f"outage-{number}") for number in range(4)]
    for sender in senders:
        sender.start()
    wait_for(lambda: all(len(sender.acknowledged) > 20 for sender in senders), "load before the kill", limit_s=60)
    os.kill(postmaster, signal.SIGKILL)
    before = [len(sender.acknowledged) for sender in senders]
    wait_for(lambda: any(503 in sender.statuses for sender in senders), "503 while it is away", limit_s=60)
    wait_for(
        lambda: all(len(sender.acknowledged) > count + 20 for sender, count in zip(senders, before, strict=True)),
        "load after it came back",
        limit_s=60,
    )
    for sender in senders:
        sender.finish()
    assert {status for sender in senders for status in sender.statuses} <= {200, 503}
    assert not any(sender.cut_off for sender in senders)
    for sender in senders:
        assert set(sender.acknowledged) <= _stored(socket, sender.source)
    served.wait_ready()


def test_readiness_says_why_while_the_database_is_away(served: RunningServer) -> None:
    postmaster = served.postmaster_pid
    headers = served.sign_in()
    os.kill(postmaster, signal.SIGKILL)
    seen: list[httpx2.Response] = []

    def refused() -> bool:
        seen.append(httpx2.get(f"{served.url}/api/v1/me", headers=headers, timeout=30))
        return seen[-1].status_code == 503

    wait_for(refused, "a refusal", limit_s=60)
    assert seen[-1].headers["content-type"] == "application/problem+json"
    assert seen[-1].json()["code"] == "connection_lost"
    assert int(seen[-1].headers["retry-after"]) >= 1
    served.wait_ready()


def test_sigterm_under_load_ends_requests_in_flight_and_exits_in_time(tmp_path: Path) -> None:
    served = RunningServer(tmp_path)
    served.start()
    socket = served.socket_folder
    senders = [Sender(served, f"stop-{number}") for number in range(4)]
    for sender in senders:
        sender.start()
    wait_for(lambda: all(len(sender.acknowledged) > 20 for sender in senders), "load before the stop", limit_s=60)
    address = f"{served.url}/api/v1/stream?topics=events"
    with httpx2.stream("GET", address, headers=served.sign_in(), timeout=30) as stream:
        assert stream.status_code == 200
        status = served.stop(20)
    for sender in senders:
        sender.finish()
    assert status == 0
    assert {code for sender in senders for code in sender.statuses} <= {200, 503}
    served.start()
    try:
        for sender in senders:
            assert set(sender.acknowledged) <= _stored(socket, sender.source)
    finally:
        served.stop()
