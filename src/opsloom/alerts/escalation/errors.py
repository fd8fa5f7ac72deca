"""What can go wrong with escalation policies."""

from opsloom.kit.errors import InvalidInput, NotFound


class EscalationPolicyNotFound(NotFound):
    code, title = "escalation_policy_not_found", "No such escalation policy"


class EscalationPolicyInvalid(InvalidInput):
    """It names a channel, schedule or person that is not there, or its steps are out of order; `details` names the place."""

    code, title = "escalation_policy_invalid", "The escalation policy is not valid"
