"""The life of an alert as a table of allowed steps. Pure: given a state and a wish it says the next state or that it is refused."""

from enum import StrEnum
from typing import Final


class Severity(StrEnum):
    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class Origin(StrEnum):
    """Who says that something is wrong: a rule of ours, or a sender at the Alertmanager interface."""

    RULE = "rule"
    POSTED = "posted"


class MuteKind(StrEnum):
    """What can keep an alert from being told."""

    SILENCE = "silence"
    WINDOW = "window"
    INHIBITION = "inhibition"


class AlertState(StrEnum):
    """`expired` ends what nobody says is over: a pending run that broke off, a rule taken away, a sender that fell silent."""

    PENDING = "pending"
    FIRING = "firing"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    EXPIRED = "expired"


OPEN: Final = (AlertState.PENDING, AlertState.FIRING, AlertState.ACKNOWLEDGED)


class Step(StrEnum):
    """What can happen to an alert: the first four by its rule, the next three by a person; then its rule was taken away, or
    whoever spoke of it fell silent."""

    PEND = "pend"
    FIRE = "fire"
    CLEAR = "clear"
    DROP = "drop"
    ACKNOWLEDGE = "acknowledge"
    UNACKNOWLEDGE = "unacknowledge"
    RESOLVE = "resolve"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"


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
    (AlertState.FIRING, Step.LAPSE): AlertState.EXPIRED,
    (AlertState.ACKNOWLEDGED, Step.UNACKNOWLEDGE): AlertState.FIRING,
    (AlertState.ACKNOWLEDGED, Step.CLEAR): AlertState.RESOLVED,
    (AlertState.ACKNOWLEDGED, Step.RESOLVE): AlertState.RESOLVED,
    (AlertState.ACKNOWLEDGED, Step.WITHDRAW): AlertState.EXPIRED,
    (AlertState.ACKNOWLEDGED, Step.LAPSE): AlertState.EXPIRED,
}


def next_state(state: AlertState | None, step: Step) -> AlertState | None:
    """The state after a step, or None when the step has no meaning there (an alert closed by a person stays closed)."""
    return _NEXT.get((state, step))
