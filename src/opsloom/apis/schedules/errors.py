"""What can go wrong with a schedule."""

from opsloom.kit.errors import InvalidInput, NotFound


class ScheduleInvalid(InvalidInput):
    """A schedule's moments or time zone cannot be read, or it is never due; `details` names the field."""

    code, title = "schedule_invalid", "The schedule is not valid"


class ScheduleNotFound(NotFound):
    """No such schedule in this tenant."""

    code, title = "schedule_not_found", "No such schedule"
