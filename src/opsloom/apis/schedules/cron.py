"""When a schedule is due, on the clock of its time zone (`kit.cron` says what a change of clocks does). Pure."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from opsloom.apis.schedules.errors import ScheduleInvalid
from opsloom.kit import cron as clock_work
from opsloom.kit.cron import CronInvalid
from opsloom.kit.errors import FieldProblem


def moments(cron: str, zone: str, after: datetime, count: int) -> list[datetime]:
    """The next so many moments after one, in UTC. Raises ScheduleInvalid."""
    return list(islice(_instants(cron, zone, after), count))


def next_moment(cron: str, zone: str, after: datetime) -> datetime:
    """The next moment. Raises ScheduleInvalid, also for what is never due."""
    found = moments(cron, zone, after, 1)
    if not found:
        raise _invalid("cron", f"“{cron}” is never due")
    return found[0]


def _instants(cron: str, zone: str, after: datetime) -> Iterator[datetime]:
    try:
        return clock_work.moments(cron, zone, after)
    except CronInvalid as error:
        raise _invalid(error.field, str(error)) from None


def _invalid(field: str, detail: str) -> ScheduleInvalid:
    problem = FieldProblem(pointer=f"/{field}", detail=detail, code="invalid")
    return ScheduleInvalid(f"The schedule is not valid: {detail}.", details=[problem])
