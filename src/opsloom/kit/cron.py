"""When something is due: five fields of cron on the clock of a time zone. Pure.

Invariant: moments are strictly increasing instants. On the day an hour is left out, what is set for a time inside it is due once, at
the hour's end; on the day an hour comes twice, it is due the first time only. Fields that begin with a star in the minute or hour
(every so often) follow the instants instead: they lose the hour that is left out and have the one that comes twice. So does Debian's cron.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError


class CronInvalid(ValueError):
    """`field` is `cron` or `zone`, the text says what is wrong with it."""

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(detail)
        self.field = field


def moments(cron: str, zone: str, after: datetime) -> Iterator[datetime]:
    """Every moment after one, in UTC, without end where there is none. Raises CronInvalid, at once."""
    return _instants(_read(cron, after.astimezone(zone_of(zone))), after)


def zone_of(name: str) -> ZoneInfo:
    """An IANA time zone. Raises CronInvalid."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise CronInvalid("zone", f"there is no time zone “{name}”") from None


def _read(cron: str, start: datetime) -> CronSim:
    if len(cron.split()) != 5:
        raise CronInvalid("cron", "a schedule has five fields: minute, hour, day, month, weekday")
    try:
        return CronSim(cron, start)
    except CronSimError as error:
        raise CronInvalid("cron", f"“{cron}” cannot be read: {error}") from None


def _instants(found: CronSim, after: datetime) -> Iterator[datetime]:
    before = after
    for moment in found:
        instant = moment.astimezone(UTC)
        if instant > before:
            yield instant
            before = instant
