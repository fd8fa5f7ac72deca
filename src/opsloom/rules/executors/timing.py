"""When the assets that need an executor want it to run."""

from itertools import islice
from typing import Final

from opsloom.kit import cron
from opsloom.kit.clock import SystemClock
from opsloom.kit.cron import CronInvalid
from opsloom.kit.due import CatchUp
from opsloom.kit.errors import FieldProblem
from opsloom.rules.executors.errors import TimetableInvalid
from opsloom.rules.executors.poll import MetricPoll
from opsloom.rules.executors.work import Timing
from opsloom.rules.model import QuerySource

_FIELDS: Final = {"cron": "/source/cron", "zone": "/source/time_zone"}


def of_query(source: QuerySource) -> Timing:
    """Raises TimetableInvalid with the field, also for what is never due."""
    try:
        found = list(islice(cron.moments(source.cron, source.time_zone, SystemClock().now()), 1))
    except CronInvalid as error:
        raise _invalid(_FIELDS[error.field], str(error)) from None
    if not found:
        raise _invalid(_FIELDS["cron"], f"“{source.cron}” is never due")
    return Timing(source.missed, source.cron, source.time_zone)


def of_poll(poll: MetricPoll) -> Timing:
    """What a poll did not see cannot be asked for later."""
    return Timing(CatchUp.SKIP, every_s=poll.every_s)


def _invalid(pointer: str, detail: str) -> TimetableInvalid:
    problem = FieldProblem(pointer=pointer, detail=detail, code="invalid")
    return TimetableInvalid(f"The times are not valid: {detail}.", details=[problem])
