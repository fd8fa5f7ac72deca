"""Reads every time expression of a question into half-open intervals.

Invariant: the result depends only on (text, now, zone); each returned interval has start < end, never ends after `now` unless it is marked
FUTURE, and carries the words it was read from, so an answer can always state what it covers. Words that look like time but cannot be read
are returned as UNREADABLE, never dropped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from opsloom.ask.language.times import english, korean
from opsloom.ask.language.times.calendar import Span, exact_seconds, midnight, shift, to_utc
from opsloom.ask.language.times.match import TimeKind, TimeMatch
from opsloom.ask.language.times.meaning import (
    Atom,
    BareNumber,
    Clock,
    DayOffset,
    During,
    Length,
    Now,
    Range,
    RangeOp,
    Recent,
    StepMark,
    Unit,
    Unreadable,
    Weekday,
    ZoneWord,
)
from opsloom.ask.language.times.moment import Moment, TimeNote, resolve
from opsloom.ask.language.times.scan import scan
from opsloom.ask.language.times.sharing import lend, month_day, share

_RULES = (*korean.RULES, *english.RULES)
_FILLER = re.compile(r"[\s,]*(?:(?:의|에|은|는|날|때|시간|on|in|at|of|the|during)[\s,]*)?", re.IGNORECASE)
_JOINERS = re.compile(r"\s*(?:와|과|하고|랑|이랑|,)?\s*")
JUST_NOW = timedelta(minutes=5)
MAX_STEP_S = 31 * 86_400


def find_zone(text: str, default: ZoneInfo) -> tuple[ZoneInfo, tuple[int, int] | None]:
    """The time zone a question names ("UTC", "한국 시간"), else the asker's."""
    for atom in scan(text, _RULES):
        if isinstance(atom.meaning, ZoneWord):
            return ZoneInfo(atom.meaning.name), (atom.start, atom.end)
    return default, None


def find_times(text: str, now: datetime, zone: ZoneInfo) -> list[TimeMatch]:
    """Every time expression in reading order. `now` is aware; `text` is normalised, with codes masked, and short (cost is linear in it)."""
    atoms = [atom for atom in scan(text, _RULES) if not isinstance(atom.meaning, ZoneWord)]
    return _Reader(text, atoms, now, zone).read()


@dataclass(frozen=True)
class _Side:
    """One side of a range: a moment, or a bare number waiting for the other side to say that it is an hour."""

    moment: Moment
    bare: bool = False


class _Reader:
    """Recursive descent over atoms: range, then rolling window, then a single moment."""

    def __init__(self, text: str, atoms: list[Atom], now: datetime, zone: ZoneInfo) -> None:
        self.text, self.atoms, self.zone = text, atoms, zone
        self.now_utc = now.astimezone(UTC)
        self.now = now.astimezone(zone).replace(tzinfo=None)  # wall clock
        self.at = 0
        self.lender: Moment | None = None

    def read(self) -> list[TimeMatch]:
        found: list[TimeMatch] = []
        while self.at < len(self.atoms):
            begun = self.at
            match = self._prefixed_range() or self._rolling() or self._single() or self._moment_or_range()
            if match is not None:
                found.append(match)
            if self.at == begun:
                self.at += 1
        return found

    # looking ahead

    def _peek(self, ahead: int = 0) -> Atom | None:
        index = self.at + ahead
        return self.atoms[index] if index < len(self.atoms) else None

    def _near(self, end: int, atom: Atom | None, filler: re.Pattern[str] = _FILLER) -> bool:
        return atom is not None and filler.fullmatch(self.text, end, atom.start) is not None

    def _op(self, end: int, *ops: RangeOp, filler: re.Pattern[str] = _FILLER) -> Atom | None:
        """Takes the next atom when it is one of these range words and stands next to the last one."""
        atom = self._peek()
        if (
            atom is not None
            and isinstance(atom.meaning, Range)
            and atom.meaning.op in ops
            and self._near(end, atom, filler)
        ):
            self.at += 1
            return atom
        return None

    # readings

    def _single(self) -> TimeMatch | None:
        atom = self._peek()
        if atom is None:
            return None
        match atom.meaning:
            case Now(just):
                self.at += 1
                if just:
                    return self._window(Span(self.now - JUST_NOW, self.now), atom.start, atom.end)
                return self._match(TimeKind.NOW, atom.start, atom.end)
            case StepMark(length):
                self.at += 1
                step = int(exact_seconds(length) or (self.now - shift(self.now, length, -1)).total_seconds())
                return replace(self._match(TimeKind.STEP, atom.start, atom.end), step_s=min(max(step, 1), MAX_STEP_S))
            case Unreadable():
                self.at += 1
                return self._match(TimeKind.UNREADABLE, atom.start, atom.end)
        return None

    def _rolling(self) -> TimeMatch | None:
        """ "last 10 minutes", "최근 2시간 30분 동안", "10분간", or a bare "10분"."""
        first = self._peek()
        if first is None or not isinstance(first.meaning, Recent | During | Length):
            return None
        mark = self.at
        marked = not isinstance(first.meaning, Length)
        if marked:
            self.at += 1
            weekday = self._peek()
            if weekday is not None and isinstance(weekday.meaning, Weekday) and self._near(first.end, weekday):
                self.atoms[self.at] = Atom(replace(weekday.meaning, previous=True), first.start, weekday.end)
                return None
        lengths, end = self._lengths(first.end if marked else None)
        if not lengths:
            self.at = mark
            return None
        start = first.start
        during = self._peek()
        if during is not None and isinstance(during.meaning, During | Recent) and self._near(end, during):
            marked, end = True, during.end
            self.at += 1
        notes = [TimeNote.VAGUE_LENGTH] if any(length.vague for length in lengths) else []
        if not marked:
            notes.append(TimeNote.ASSUMED_PAST)
        return self._window(
            Span(self._back(lengths, self.now), self.now), start, end, tuple(notes), elapsed=self._elapsed(lengths)
        )

    def _lengths(self, after: int | None) -> tuple[list[Length], int]:
        """Lengths that add up: "2시간 30분", "1 hour and 30 minutes"."""
        lengths: list[Length] = []
        end = after if after is not None else 0
        while (atom := self._peek()) is not None:
            joined = isinstance(atom.meaning, Range) and atom.meaning.op is RangeOp.AND and lengths
            following = self._peek(1) if joined else atom
            gap_end = end if lengths or after is not None else atom.start
            if following is None or not isinstance(following.meaning, Length) or not self._near(gap_end, atom):
                break
            lengths.append(following.meaning)
            end = following.end
            self.at += 2 if joined else 1
        return lengths, end

    def _elapsed(self, lengths: list[Length]) -> float | None:
        """Seconds when every length is shorter than a day: those are elapsed time, not wall-clock time."""
        seconds = [exact_seconds(length) for length in lengths]
        return (
            sum(value for value in seconds if value is not None)
            if all(value is not None for value in seconds)
            else None
        )

    def _back(self, lengths: list[Length], moment: datetime) -> datetime:
        for length in lengths:
            moment = shift(moment, replace(length, amount=min(length.amount, 99_999)), -1)
        return moment

    def _prefixed_range(self) -> TimeMatch | None:
        opener = self._peek()
        if opener is None or not isinstance(opener.meaning, Range):
            return None
        op = opener.meaning.op
        if op not in (RangeOp.FROM_BEFORE, RangeOp.BETWEEN_BEFORE, RangeOp.UNTIL_BEFORE, RangeOp.EARLIER_BEFORE):
            return None
        mark = self.at
        self.at += 1
        left = self._side(opener.end)
        if left is None:
            self.at = mark
            return None
        if op is RangeOp.UNTIL_BEFORE or op is RangeOp.EARLIER_BEFORE:
            return self._until(left, opener.start, left.moment.end, op is RangeOp.EARLIER_BEFORE)
        joint = self._op(
            left.moment.end,
            RangeOp.UNTIL_BEFORE,
            RangeOp.DASH,
            *([RangeOp.AND] if op is RangeOp.BETWEEN_BEFORE else []),
        )
        right = self._side(joint.end) if joint else None
        if joint and right is None:
            self.at -= 1
        if right is None:
            return self._since(left, opener.start, left.moment.end)
        return self._between(left, right, opener.start, right.moment.end)

    def _moment_or_range(self) -> TimeMatch | None:
        left = self._side(None)
        if left is None or left.bare:
            return None
        start, end = left.moment.start, left.moment.end
        closing = self._op(end, RangeOp.UNTIL_AFTER, RangeOp.EARLIER_AFTER)
        if closing is not None:
            return self._until(left, start, closing.end, closing.meaning == Range(RangeOp.EARLIER_AFTER))
        joint = self._op(end, RangeOp.FROM_AFTER, RangeOp.DASH, RangeOp.UNTIL_BEFORE)
        if joint is not None:
            return self._open_range(left, joint, start)
        return self._between_after(left, start) or self._inside(left.moment) or self._resolved(left.moment)

    def _open_range(self, left: _Side, joint: Atom, start: int) -> TimeMatch | None:
        mark = self.at
        lengths, end = self._lengths(joint.end) if joint.meaning == Range(RangeOp.FROM_AFTER) else ([], 0)
        if lengths and self._op(end, RangeOp.UNTIL_AFTER) is None:
            return self._from_for(left, lengths, start, end)
        self.at = mark
        right = self._side(joint.end)
        if right is None:
            if joint.meaning == Range(RangeOp.FROM_AFTER):
                return self._since(left, start, joint.end)
            self.at -= 1
            return self._resolved(left.moment)
        closing = self._op(right.moment.end, RangeOp.UNTIL_AFTER, RangeOp.BETWEEN_AFTER)
        return self._between(left, right, start, closing.end if closing else right.moment.end)

    def _between_after(self, left: _Side, start: int) -> TimeMatch | None:
        """ "어제 3시와 5시 사이": the closing word alone tells a range from two separate moments."""
        mark = self.at
        following = self._peek()
        if following is not None and self._near(left.moment.end, following, _JOINERS):
            right = self._side(following.start)
            closing = self._op(right.moment.end, RangeOp.BETWEEN_AFTER) if right else None
            if right is not None and closing is not None:
                return self._between(left, right, start, closing.end)
        self.at = mark
        return None

    def _inside(self, day: Moment) -> TimeMatch | None:
        """ "yesterday from 9 to 11": a range of clock times inside a day named before it."""
        opener = self._peek()
        if opener is None or day.clock is not None or not day.names_day or not self._near(day.end, opener):
            return None
        mark = self.at
        self.lender = day
        match = self._prefixed_range()
        self.lender = None
        if match is None:
            self.at = mark
            return None
        return replace(match, start_at=day.start, phrase=self.text[day.start : match.end_at])

    def _side(self, after: int | None) -> _Side | None:
        atom = self._peek()
        if atom is None or (
            after is not None and not self._near(after, atom, re.compile(r"\s*(?:the\s)?(?:와|과|,)?\s*"))
        ):
            return None
        if isinstance(atom.meaning, BareNumber):
            self.at += 1
            return _Side(Moment(atom.start, atom.end, clock=Clock(atom.meaning.number)), bare=True)
        if isinstance(atom.meaning, Now):
            self.at += 1
            return _Side(Moment(atom.start, atom.end, ago=Length(0, Unit.SECOND)))
        moment = self._moment(after)
        return _Side(moment) if moment else None

    def _moment(self, after: int | None) -> Moment | None:
        first = self._peek()
        if first is None:
            return None
        moment = Moment(first.start, first.end)
        end = after if after is not None else first.start
        taken = 0
        while (atom := self._peek()) is not None and (taken == 0 or self._near(end, atom)):
            day_number = after is not None and taken == 0 and isinstance(atom.meaning, Length)
            grown = (
                replace(moment, day_of_month=month_day(atom.meaning))
                if day_number
                else moment.add(atom.meaning, atom.start, atom.end)
            )
            if grown is None or (day_number and grown.day_of_month is None):
                break
            moment, end = replace(grown, end=max(grown.end, atom.end)), atom.end
            self.at += 1
            taken += 1
        return moment if taken else None

    # from sides to intervals

    def _resolved(self, moment: Moment) -> TimeMatch:
        reading = resolve(moment, self.now)
        if reading is None:
            return self._match(TimeKind.UNREADABLE, moment.start, moment.end)
        return self._window(reading.span, moment.start, moment.end, reading.notes)

    def _since(self, left: _Side, start: int, end: int) -> TimeMatch | None:
        reading = resolve(lend(self.lender, left.moment), self.now)
        if reading is None:
            return self._match(TimeKind.UNREADABLE, start, end)
        begin = self._exact_point(left.moment) or reading.span.start
        return self._window(
            Span(begin, max(self.now, reading.span.end if begin >= self.now else self.now)), start, end, reading.notes
        )

    def _exact_point(self, moment: Moment) -> datetime | None:
        """ "since 10 minutes ago" begins at the point itself, not half a unit earlier."""
        if moment.ago is not None and (seconds := exact_seconds(moment.ago)) is not None:
            return self.now - timedelta(seconds=min(seconds, 4e8))
        return None

    def _until(self, right: _Side, start: int, end: int, before: bool) -> TimeMatch | None:
        if right.bare:
            return None
        moment = right.moment
        if moment.clock is not None and not moment.names_day:
            moment = replace(moment, day=DayOffset(0))  # "before 3 pm" is about today even while 3 pm lies ahead
        reading = resolve(moment, self.now)
        if reading is None:
            return self._match(TimeKind.UNREADABLE, start, end)
        close = self._exact_point(moment) or (
            reading.span.start if before or reading.span.instant else reading.span.end
        )
        begin = midnight(close) if reading.span.instant and close != midnight(close) else close - timedelta(days=7)
        return self._window(Span(begin, close), start, end, (*reading.notes, TimeNote.ASSUMED_START))

    def _from_for(self, left: _Side, lengths: list[Length], start: int, end: int) -> TimeMatch:
        reading = resolve(left.moment, self.now)
        if reading is None:
            return self._match(TimeKind.UNREADABLE, start, end)
        begin = self._exact_point(left.moment) or reading.span.start
        close = begin
        for length in lengths:
            close = shift(close, length, 1)
        return self._window(Span(begin, close), start, end, reading.notes)

    def _between(self, left: _Side, right: _Side, start: int, end: int) -> TimeMatch | None:
        first, second = share(lend(self.lender, left.moment), right.moment)
        if left.bare and right.bare and not (first.names_day or second.names_day):
            return None
        opening, closing = resolve(first, self.now), resolve(second, self.now)
        if opening is None or closing is None:
            return self._match(TimeKind.UNREADABLE, start, end)
        begin = self._exact_point(first) or opening.span.start
        close = self._exact_point(second) or (closing.span.start if closing.span.instant else closing.span.end)
        if close <= begin and closing.span.instant and not right.moment.names_day:
            close += timedelta(days=1)  # "어제 밤 10시부터 2시까지" ends on the next day
            if begin > self.now or close - begin > timedelta(days=1):
                begin, close = begin - timedelta(days=1), close - timedelta(days=1)
        if close <= begin:
            return self._match(TimeKind.UNREADABLE, start, end)
        return self._window(Span(begin, close), start, end, tuple(dict.fromkeys((*opening.notes, *closing.notes))))

    def _match(self, kind: TimeKind, start: int, end: int) -> TimeMatch:
        return TimeMatch(kind, start, end, self.text[start:end])

    def _window(
        self, span: Span, start: int, end: int, notes: tuple[TimeNote, ...] = (), *, elapsed: float | None = None
    ) -> TimeMatch:
        now = self.now_utc
        opening = now - timedelta(seconds=elapsed) if elapsed is not None else to_utc(span.start, self.zone)
        closing = to_utc(span.end, self.zone)
        match = self._match(TimeKind.WINDOW, start, end)
        if opening >= now:
            return replace(match, kind=TimeKind.FUTURE, start=opening, end=closing, notes=notes)
        closing = min(closing, now)
        if closing <= opening:
            return replace(match, kind=TimeKind.UNREADABLE)
        return replace(match, start=opening.astimezone(UTC), end=closing.astimezone(UTC), notes=notes)
