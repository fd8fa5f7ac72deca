"""Between datetimes, which people and tables use, and microseconds, which the engine counts in."""

from datetime import UTC, datetime, timedelta
from typing import Final

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO: Final = timedelta(microseconds=1)


def to_micros(moment: datetime) -> int:
    """Microseconds since 1970-01-01 UTC."""
    return (moment - EPOCH) // _MICRO


def to_datetime(micros: int) -> datetime:
    """The aware datetime, UTC."""
    return EPOCH + timedelta(microseconds=micros)
