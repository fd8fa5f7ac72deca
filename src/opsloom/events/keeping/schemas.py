"""What is said of keeping."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from opsloom.kit.model import Wire


class EventBounds(Wire):
    """How many events are kept; None is no bound of the tenant's own, and the server's days hold anyway."""

    days: Annotated[int | None, Field(ge=1, le=3650)] = None
    max_rows: Annotated[int | None, Field(ge=1, le=10**12)] = None
    max_bytes: Annotated[int | None, Field(ge=1, le=10**15)] = None


class EventBoundsShown(EventBounds):
    """`server_days` is the most there can be. What is kept was counted at `measured_at`, `oldest_at` is as of now."""

    server_days: int
    oldest_at: datetime | None
    kept_rows: int | None
    kept_bytes: int | None
    measured_at: datetime | None
    changed_at: datetime | None
    changed_by: str | None
