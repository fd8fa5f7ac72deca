"""What can go wrong with alerts."""

from opsloom.kit.errors import Conflict, InvalidInput, NotFound, PreconditionFailed


class AlertNotFound(NotFound):
    code, title = "alert_not_found", "No such alert"


class AlertStateConflict(Conflict):
    code, title = "alert_state_conflict", "The alert is not in a state for this"


class AlertChanged(PreconditionFailed):
    """`extensions` name the revision it has now."""

    code, title = "alert_changed", "The alert changed in the meantime"


class AssigneeUnknown(NotFound):
    code, title = "assignee_unknown", "Nobody to assign it to"


class AcknowledgeLinkInvalid(NotFound):
    """Not a link that this server gave out, or a changed one."""

    code, title = "acknowledge_link_invalid", "The link is not valid"


class AcknowledgeLinkExpired(NotFound):
    """The link's time is over."""

    status, code, title = 410, "acknowledge_link_expired", "The link has expired"


class PostedAlertInvalid(InvalidInput):
    """`details` name the place in what was posted."""

    code, title = "posted_alert_invalid", "The alerts cannot be taken"
