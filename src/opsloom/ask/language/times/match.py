"""What reading a time expression results in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from opsloom.ask.language.times.moment import TimeNote


class TimeKind(StrEnum):
    WINDOW = "window"
    NOW = "now"  # "currently": the latest value is wanted
    FUTURE = "future"
    STEP = "step"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class TimeMatch:
    kind: TimeKind
    start_at: int  # place in the text
    end_at: int
    phrase: str
    start: datetime | None = None  # UTC
    end: datetime | None = None
    step_s: int | None = None
    notes: tuple[TimeNote, ...] = ()
