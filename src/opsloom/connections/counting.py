"""How often connections are used, how long it takes and what comes of it; by type, never by tenant or name."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import Histogram

from opsloom.connections.content import ConnectionType
from opsloom.infra.telemetry import span
from opsloom.kit.errors import OpsloomError

_SECONDS = Histogram(
    "opsloom_connection_seconds", "Time of uses of connections, by type, use and outcome.", ["type", "use", "outcome"]
)


@contextmanager
def counted(kind: ConnectionType, use: str) -> Iterator[None]:
    """A span and a measurement around one use."""
    began = time.monotonic()
    outcome = "cancelled"
    try:
        with span(f"connection.{use}", type=kind.value):
            yield
        outcome = "succeeded"
    except OpsloomError as error:
        outcome = error.code
        raise
    finally:
        _SECONDS.labels(kind.value, use, outcome).observe(time.monotonic() - began)
