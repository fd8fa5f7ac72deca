"""The embedded server: started, shared, killed, revived, stopped by the last one."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from opsloom.infra.db import bootstrap, migrate, safety
from opsloom.infra.db.embedded import EmbeddedPostgres


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    made = EmbeddedPostgres(tmp_path / "data")
    made.start()
    yield made
    made.leave()
    made.stop()


def test_a_killed_server_is_noticed_and_revived_with_its_data(server: EmbeddedPostgres) -> None:
    with psycopg.connect(**server.dsn.psycopg(), autocommit=True) as connection:
        connection.execute("create table kept (n int)")
        connection.execute("insert into kept values (7)")
    pid = server._postmaster_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert server.revive()
    assert not server.revive()
    with psycopg.connect(**server.dsn.psycopg()) as connection:
        assert connection.execute("select n from kept").fetchone() == (7,)


@pytest.mark.skipif(os.geteuid() != 0, reason="only as root does it run as a user of its own")
def test_a_folder_above_that_was_closed_meanwhile_does_not_keep_it_down(server: EmbeddedPostgres) -> None:
    pid = server._postmaster_pid()
    assert pid is not None
    server.root.parent.chmod(0o700)
    os.kill(pid, signal.SIGKILL)
    assert server.revive()
    assert server.answers()


def test_the_last_user_stops_it(server: EmbeddedPostgres) -> None:
    second = EmbeddedPostgres(server.root)
    second.start()
    second.leave()
    assert server.answers()
    server.leave()
    assert not server.answers()


def test_a_user_that_was_killed_does_not_keep_it_running(server: EmbeddedPostgres) -> None:
    script = (
        "import os, sys; from pathlib import Path; from opsloom.infra.db.embedded import EmbeddedPostgres;"
        "EmbeddedPostgres(Path(sys.argv[1])).start(); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(server.root)], check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL
    server.leave()
    assert not server.answers()


def test_a_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    made = EmbeddedPostgres(deep)
    try:
        assert len(str(made.start().host)) < 90
        assert made.answers()
    finally:
        made.leave()


def test_the_socket_is_closed_to_other_users(server: EmbeddedPostgres) -> None:
    folder = Path(server.dsn.host)
    assert folder.stat().st_mode & 0o077 == 0
    with psycopg.connect(**server.dsn.psycopg()) as connection:
        assert connection.execute("show listen_addresses").fetchone() == ("",)


def test_bootstrap_twice_is_harmless_and_the_roles_are_weak(server: EmbeddedPostgres) -> None:
    bootstrap.bootstrap_embedded(server.dsn)
    owner = bootstrap.bootstrap_embedded(server.dsn)
    migrate.upgrade(owner)
    assert migrate.upgrade(owner).at_head
    app = owner.as_role(bootstrap.APP)
    assert safety.unsafe_role(app) == []
    superuser = server.dsn.as_role("postgres", database=owner.database)
    assert [each.code for each in safety.unsafe_role(superuser)] == ["role_superuser", "role_bypassrls"]
    assert [each.code for each in safety.unsafe_role(owner)] == ["role_owns_tables"]
