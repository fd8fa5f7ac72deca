"""When a schedule is due: five fields of cron on the clock of a time zone. Pure.

Invariant: moments are strictly increasing instants. On the day an hour is left out, what is set for a time inside it is due once, at
the hour's end; on the day an hour comes twice, it is due the first time only. Fields that begin with a star in the minute or hour
(every so often) follow the instants instead: they lose the hour that is left out and have the one that comes twice. So does Debian's cron.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

from opsloom.apis.schedules.errors import ScheduleInvalid
from opsloom.kit.errors import FieldProblem

LATE_S = 60.0
"""A moment that is noticed later than this was missed."""


def moments(cron: str, zone: str, after: datetime, count: int) -> list[datetime]:
    """The next so many moments after one, in UTC. Raises ScheduleInvalid."""
    return list(islice(_instants(cron, _zone(zone), after), count))


def next_moment(cron: str, zone: str, after: datetime) -> datetime:
    """The next moment. Raises ScheduleInvalid, also for what is never due."""
    found = moments(cron, zone, after, 1)
    if not found:
        raise _invalid("/cron", f"“{cron}” is never due")
    return found[0]


def last_moment(cron: str, zone: str, due: datetime, now: datetime) -> tuple[datetime, int]:
    """The latest moment from `due` on that is not after `now`, and how many there were before it. It counts at most so many as
    a year of minutes has."""
    latest, passed = due, 0
    for moment in islice(_instants(cron, _zone(zone), due), 366 * 24 * 60):
        if moment > now:
            break
        latest, passed = moment, passed + 1
    return latest, passed


def is_missed(due: datetime, now: datetime) -> bool:
    """Whether it is too late to call it on time."""
    return now - due > timedelta(seconds=LATE_S)


def _instants(cron: str, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    if len(cron.split()) != 5:
        raise _invalid("/cron", "a schedule has five fields: minute, hour, day, month, weekday")
    try:
        found = CronSim(cron, after.astimezone(zone))
    except CronSimError as error:
        raise _invalid("/cron", f"“{cron}” cannot be read: {error}") from None
    before = after
    for moment in found:
        instant = moment.astimezone(UTC)
        if instant > before:
            yield instant
            before = instant


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise _invalid("/zone", f"there is no time zone “{name}”") from None


def _invalid(pointer: str, detail: str) -> ScheduleInvalid:
    problem = FieldProblem(pointer=pointer, detail=detail, code="invalid")
    return ScheduleInvalid(f"The schedule is not valid: {detail}.", details=[problem])
