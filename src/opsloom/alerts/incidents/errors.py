"""What can go wrong with incidents."""

from opsloom.kit.errors import Conflict, InvalidInput, NotFound


class IncidentNotFound(NotFound):
    code, title = "incident_not_found", "No such incident"


class IncidentStateConflict(Conflict):
    """It is not in a state for this, or it has been merged into another one."""

    code, title = "incident_state_conflict", "The incident is not in a state for this"


class IncidentAlertsInvalid(InvalidInput):
    """The alerts named are not the incident's, or are all it has."""

    code, title = "incident_alerts_invalid", "These alerts cannot be split off"
