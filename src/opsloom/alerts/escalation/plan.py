"""Which step of an escalation policy is due when. Pure.

Every moment is counted from the instant the incident opened, so a late step delays none after it, and a clock that leaps moves
none: step `s` of round `r` is due at opened + r · round + minutes(s). A round lasts as long as its last step's minutes plus
`repeat_after`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Ladder:
    """The steps' minutes since the incident opened, in order, and how often they are gone through again."""

    after: Sequence[timedelta]
    repeats: int = 0
    repeat_after: timedelta = timedelta(minutes=30)


@dataclass(frozen=True, order=True)
class Rung:
    """A step of a round, and when it is due."""

    at: datetime
    round: int
    step: int

    @property
    def key(self) -> str:
        """Names the rung within the incident's episode."""
        return f"{self.round}.{self.step}"


def rung(ladder: Ladder, opened_at: datetime, round_: int, step: int) -> Rung | None:
    """A rung of the ladder, None past its end."""
    if not 0 <= round_ <= ladder.repeats or not 0 <= step < len(ladder.after):
        return None
    whole = ladder.after[-1] + ladder.repeat_after
    return Rung(opened_at + round_ * whole + ladder.after[step], round_, step)


def following(ladder: Ladder, opened_at: datetime, round_: int, step: int) -> Rung | None:
    """The rung after one; None when that was the last."""
    return rung(ladder, opened_at, round_, step + 1) or rung(ladder, opened_at, round_ + 1, 0)


def rungs(ladder: Ladder, opened_at: datetime) -> Iterator[Rung]:
    """All of them, in order."""
    found = rung(ladder, opened_at, 0, 0)
    while found is not None:
        yield found
        found = following(ladder, opened_at, found.round, found.step)
