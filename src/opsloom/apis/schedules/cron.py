"""When a schedule is due, on the clock of its time zone (`kit.cron` says what a change of clocks does). Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from opsloom.apis.schedules.errors import ScheduleInvalid
from opsloom.kit import cron as clock_work
from opsloom.kit.cron import CronInvalid
from opsloom.kit.errors import FieldProblem

LATE_S = 60.0
"""A moment that is noticed later than this was missed."""


def moments(cron: str, zone: str, after: datetime, count: int) -> list[datetime]:
    """The next so many moments after one, in UTC. Raises ScheduleInvalid."""
    return list(islice(_instants(cron, zone, after), count))


def next_moment(cron: str, zone: str, after: datetime) -> datetime:
    """The next moment. Raises ScheduleInvalid, also for what is never due."""
    found = moments(cron, zone, after, 1)
    if not found:
        raise _invalid("cron", f"“{cron}” is never due")
    return found[0]


def last_moment(cron: str, zone: str, due: datetime, now: datetime) -> tuple[datetime, int]:
    """The latest moment from `due` on that is not after `now`, and how many there were before it. It counts at most so many as
    a year of minutes has."""
    latest, passed = due, 0
    for moment in islice(_instants(cron, zone, due), 366 * 24 * 60):
        if moment > now:
            break
        latest, passed = moment, passed + 1
    return latest, passed


def is_missed(due: datetime, now: datetime) -> bool:
    """Whether it is too late to call it on time."""
    return now - due > timedelta(seconds=LATE_S)


def _instants(cron: str, zone: str, after: datetime) -> Iterator[datetime]:
    try:
        return clock_work.moments(cron, zone, after)
    except CronInvalid as error:
        raise _invalid(error.field, str(error)) from None


def _invalid(field: str, detail: str) -> ScheduleInvalid:
    problem = FieldProblem(pointer=f"/{field}", detail=detail, code="invalid")
    return ScheduleInvalid(f"The schedule is not valid: {detail}.", details=[problem])
