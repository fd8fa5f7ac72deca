"""What can go wrong with alerts."""

from opsloom.kit.errors import Conflict, NotFound


class AlertNotFound(NotFound):
    code, title = "alert_not_found", "No such alert"


class AlertStateConflict(Conflict):
    code, title = "alert_state_conflict", "The alert is not in a state for this"
