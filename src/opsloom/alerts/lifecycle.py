"""The life of an alert as a table of allowed steps. Pure: given a state and a wish it says the next state or that it is refused."""

from enum import StrEnum
from typing import Final


class Severity(StrEnum):
    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class AlertState(StrEnum):
    """`expired` ends what never became a fact worth telling: a pending run that broke off, or a rule taken away."""

    PENDING = "pending"
    FIRING = "firing"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    EXPIRED = "expired"


OPEN: Final = (AlertState.PENDING, AlertState.FIRING, AlertState.ACKNOWLEDGED)


class Step(StrEnum):
    """What can happen to an alert: the first four by its rule, the next two by a person, the last by taking the rule away."""

    PEND = "pend"
    FIRE = "fire"
    CLEAR = "clear"
    DROP = "drop"
    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"
    WITHDRAW = "withdraw"


_NEXT: Final[dict[tuple[AlertState | None, Step], AlertState]] = {
    (None, Step.PEND): AlertState.PENDING,
    (None, Step.FIRE): AlertState.FIRING,
    (AlertState.PENDING, Step.FIRE): AlertState.FIRING,
    (AlertState.PENDING, Step.DROP): AlertState.EXPIRED,
    (AlertState.PENDING, Step.WITHDRAW): AlertState.EXPIRED,
    (AlertState.FIRING, Step.CLEAR): AlertState.RESOLVED,
    (AlertState.FIRING, Step.ACKNOWLEDGE): AlertState.ACKNOWLEDGED,
    (AlertState.FIRING, Step.RESOLVE): AlertState.RESOLVED,
    (AlertState.FIRING, Step.WITHDRAW): AlertState.EXPIRED,
    (AlertState.ACKNOWLEDGED, Step.CLEAR): AlertState.RESOLVED,
    (AlertState.ACKNOWLEDGED, Step.RESOLVE): AlertState.RESOLVED,
    (AlertState.ACKNOWLEDGED, Step.WITHDRAW): AlertState.EXPIRED,
}


def next_state(state: AlertState | None, step: Step) -> AlertState | None:
    """The state after a step, or None when the step has no meaning there (an alert closed by a person stays closed)."""
    return _NEXT.get((state, step))
