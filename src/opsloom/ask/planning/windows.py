"""Which interval a step covers, and what had to be assumed for it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from opsloom.ask.language.times.match import TimeMatch
from opsloom.ask.plan import Note, NoteCode, TimeWindow
from opsloom.ask.planning.reading import Reading

DEFAULT_METRIC = timedelta(hours=1)
DEFAULT_EVENTS = timedelta(hours=24)
DEFAULT_LATEST = timedelta(minutes=15)
DEFAULT_CAUSE = timedelta(hours=3)
EVERYTHING = timedelta(days=400)
_ALL = re.compile(
    r"전체|모든|지금까지|현재까지|역대|통틀어|총\s|\b(?:all|ever|in total|overall|so far|entire|whole|total)\b",
    re.IGNORECASE,
)


def window_of(match: TimeMatch, zone: ZoneInfo) -> TimeWindow:
    """The interval of a time expression that was read."""
    assert match.start is not None
    assert match.end is not None
    return TimeWindow(start=match.start, end=match.end, zone=zone.key, phrase=match.phrase)


def assumed(now: datetime, length: timedelta, zone: ZoneInfo) -> TimeWindow:
    """The interval taken when the question names none."""
    return TimeWindow(start=now - length, end=now, zone=zone.key, assumed=True)


def asks_for_all(reading: Reading) -> bool:
    """Whether the question says that it means everything there is."""
    return _ALL.search(reading.source.text) is not None


def window_or(reading: Reading, now: datetime, length: timedelta) -> tuple[TimeWindow, list[Note]]:
    """The interval named, or the default one with the note that says so."""
    if reading.windows:
        return window_of(reading.windows[0], reading.zone), []
    code = NoteCode.WHOLE_HISTORY if length == EVERYTHING else NoteCode.WINDOW_ASSUMED
    return assumed(now, length, reading.zone), [Note(code=code)]


def notes_of(matches: tuple[TimeMatch, ...]) -> list[Note]:
    """What the time grammar had to decide."""
    return [Note(code=NoteCode(note.value), text=match.phrase) for match in matches for note in match.notes]
