"""Shapes of baselines over HTTP."""

from typing import Annotated

from pydantic import Field, StringConstraints

from opsloom.kit.model import Shown, Text, Wire


class BaselineShown(Shown):
    """What is known of a key. Judging begins after `needed` points; `spread` is how far an ordinary value may be from `level`.

    `profile` has the usual value of each half hour of the UTC day, empty where it has not been met; no detector but the
    calibrated one has one.
    """

    key: str
    points: int
    needed: int
    level: float | None
    spread: float | None
    profile: list[float | None]


class ResetRequest(Wire):
    """Which baseline is learnt anew; without a key all of the rule's are."""

    key: Annotated[Text, StringConstraints(min_length=1, max_length=2_000)] | None = Field(default=None)


class ResetShown(Shown):
    """How many baselines were forgotten."""

    forgotten: int
