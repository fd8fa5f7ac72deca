"""Shifts as an iCalendar document (RFC 5545). Pure.

Times are written in UTC, so no zone rules travel with them. Lines end in CR LF and are folded at 75 octets, never within a character.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

_LONGEST = 75


@dataclass(frozen=True)
class Entry:
    """One event. `uid` stays the same for the same shift, so that a reader of the feed updates instead of adding."""

    uid: str
    start: datetime
    end: datetime
    summary: str
    description: str = ""


def calendar(name: str, entries: Iterable[Entry], made_at: datetime) -> str:
    """The whole document."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Opsloom//On-call//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    ]
    for entry in entries:
        lines.extend(_event(entry, made_at))
    lines.append("END:VCALENDAR")
    return "".join(f"{piece}\r\n" for line in lines for piece in _folded(line))


def _event(entry: Entry, made_at: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(entry.uid)}"
    yield f"DTSTAMP:{_stamp(made_at)}"
    yield f"DTSTART:{_stamp(entry.start)}"
    yield f"DTEND:{_stamp(entry.end)}"
    yield f"SUMMARY:{_text(entry.summary)}"
    if entry.description:
        yield f"DESCRIPTION:{_text(entry.description)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    """TEXT of 3.3.11; other control characters are not allowed in it."""
    clean = "".join(each for each in value.replace("\r\n", "\n") if each in "\n\t" or each.isprintable())
    escaped = clean.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """Pieces of at most 75 octets; each after the first begins with a blank."""
    piece, size = "", 0
    for character in line:
        width = len(character.encode())
        if size + width > _LONGEST:
            yield piece
            piece, size = " ", 1
        piece, size = piece + character, size + width
    yield piece
