"""One piece of work in a driver's thread, which can be stopped from outside, also while the driver still connects."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, local
from typing import Any

from opsloom.connections.sql.flavour import Flavour
from opsloom.kit.errors import DeadlinePassed

_POLITE_S = 1.0
_ATTEMPTS = 60
_here = local()


class Job:
    """One piece of work; `stop` may come from another thread at any moment."""

    def __init__(self, flavour: Flavour) -> None:
        self._flavour = flavour
        self._lock = Lock()
        self._raw: Any = None
        self._over = Event()
        self.stopped = False

    def hold(self, raw: Any) -> None:
        """The driver's connection the work runs on, or waits for. Raises DeadlinePassed if it was stopped before."""
        with self._lock:
            if self.stopped:
                raise DeadlinePassed("It was stopped before it began.")
            self._raw = raw

    def release(self) -> None:
        """The work is done with the connection."""
        with self._lock:
            self._raw = None
        self._over.set()

    def stop(self) -> None:
        """End the work: politely, then by ending the connection; again, while it goes on, for a request to stop is lost on a
        driver that is between two statements."""
        self.stopped = True
        for _ in range(_ATTEMPTS):
            if not self._tell(self._flavour.interrupt) or self._over.wait(_POLITE_S):
                return
            self._tell(self._flavour.cut)

    def _tell(self, how: Callable[[Any], None]) -> bool:
        """Whether there was a connection to tell."""
        with self._lock:
            if self._raw is None:
                return False
            how(self._raw)
            return True


@contextmanager
def doing(job: Job) -> Iterator[None]:
    """What runs in this thread inside the block is `job`."""
    _here.job = job
    try:
        yield
    finally:
        _here.job = None
        job.release()


def connecting(raw: Any) -> None:
    """A driver's connection is about to greet its server: from here on it can be cut. Raises DeadlinePassed if that is over."""
    job: Job | None = getattr(_here, "job", None)
    if job is not None:
        job.hold(raw)
