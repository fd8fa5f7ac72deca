"""What the system pages show."""

from datetime import datetime

from opsloom.kit.model import Shown


class ComponentView(Shown):
    """A background component of this process."""

    name: str
    running: bool
    restarts: int
    last_error: str | None


class BreakerShown(Shown):
    """A circuit breaker; `name` is what a reset takes."""

    name: str
    state: str
    failures: int
    retry_after_s: float


class DatabaseView(Shown):
    """The database as this process sees it."""

    version: str
    size_bytes: int
    connections: int
    pool: dict[str, int]


class SystemHealth(Shown):
    """One process and what it leans on."""

    version: str
    started_at: datetime
    database: DatabaseView
    components: list[ComponentView]
    breakers: list[BreakerShown]
    jobs: dict[str, int]
    stream_subscribers: int
    memory_bytes: int


class JobShown(Shown):
    """A background job of this tenant. `at` is when it may run next."""

    id: int
    task: str
    status: str
    attempts: int
    at: datetime | None
