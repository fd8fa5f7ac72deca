"""Which interval a step covers, and what had to be assumed for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from opsloom.ask.language.times.match import TimeMatch
from opsloom.ask.plan import Note, NoteCode, TimeWindow

DEFAULT_METRIC = timedelta(hours=1)
DEFAULT_EVENTS = timedelta(hours=24)
DEFAULT_LATEST = timedelta(minutes=15)


def window_of(match: TimeMatch, zone: ZoneInfo) -> TimeWindow:
    """The interval of a time expression that was read."""
    assert match.start is not None
    assert match.end is not None
    return TimeWindow(start=match.start, end=match.end, zone=zone.key, phrase=match.phrase)


def assumed(now: datetime, length: timedelta, zone: ZoneInfo) -> TimeWindow:
    """The interval taken when the question names none."""
    return TimeWindow(start=now - length, end=now, zone=zone.key, assumed=True)


def notes_of(matches: tuple[TimeMatch, ...]) -> list[Note]:
    """What the time grammar had to decide."""
    return [Note(code=NoteCode(note.value), text=match.phrase) for match in matches for note in match.notes]
