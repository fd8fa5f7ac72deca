"""What can go wrong with on-call schedules."""

from opsloom.kit.errors import InvalidInput, NotFound


class OncallScheduleNotFound(NotFound):
    code, title = "oncall_schedule_not_found", "No such on-call schedule"


class OncallOverrideNotFound(NotFound):
    code, title = "oncall_override_not_found", "No such override"


class OncallScheduleInvalid(InvalidInput):
    """A zone that does not exist, somebody who is no member, a span that is too long; `details` names the field."""

    code, title = "oncall_schedule_invalid", "The on-call schedule is not valid"


class CalendarFeedNotFound(NotFound):
    code, title = "calendar_feed_not_found", "No such calendar feed"


class ContactInvalid(InvalidInput):
    """A channel somebody wants to be reached by is not there, or not in force."""

    code, title = "contact_invalid", "Nobody can be reached that way"
