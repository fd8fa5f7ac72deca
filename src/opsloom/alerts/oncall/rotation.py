"""Who is on call, from layers of rotations, overrides and a time zone. Pure.

A layer hands over at wall-clock moments of its zone: the n-th is the first day at the hand-over time plus n turns. A moment that the
clock leaves out (spring) is the instant at which it leaps; one that it shows twice (autumn) is the first of the two. So moments
never go back, turns tile time, and at each instant exactly one member has a layer's turn (after its start, before its end). Times of
day that restrict a layer are wall-clock times in the same way. A later layer is preferred to an earlier one, an override to all
layers; what nobody covers is a gap.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)


class TurnUnit(StrEnum):
    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"


_UNIT = {TurnUnit.HOURS: timedelta(hours=1), TurnUnit.DAYS: ONE_DAY, TurnUnit.WEEKS: timedelta(weeks=1)}


@dataclass(frozen=True)
class Hours:
    """When a layer is on duty: on these weekdays (Monday is 0) from a time of day to the next time it is `end`."""

    weekdays: frozenset[int]
    start: time
    end: time


@dataclass(frozen=True)
class Layer:
    """A rotation. `until` is the first day on which it is over."""

    name: str
    members: tuple[UUID, ...]
    first_day: date
    handover: time = time(9)
    every: int = 1
    unit: TurnUnit = TurnUnit.WEEKS
    hours: tuple[Hours, ...] = ()
    until: date | None = None

    @property
    def turn(self) -> timedelta:
        """How long a turn is on the wall clock."""
        return self.every * _UNIT[self.unit]


@dataclass(frozen=True)
class Override:
    """Somebody stands in for whoever it would have been."""

    id: UUID
    user_id: UUID
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Plan:
    """A schedule. Of two overrides at one instant the later one in the list counts."""

    zone: ZoneInfo
    layers: tuple[Layer, ...]
    overrides: tuple[Override, ...] = ()


@dataclass(frozen=True)
class Shift:
    """Half-open. `user_id` None: nobody. `layer` is its place in the schedule, None for an override or a gap."""

    start: datetime
    end: datetime
    user_id: UUID | None
    layer: int | None = None
    override_id: UUID | None = None


@dataclass(frozen=True)
class Rota:
    """What a schedule says of a stretch of time: the final word, and each layer on its own."""

    final: list[Shift]
    layers: list[list[Shift]] = field(default_factory=list)


def instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a wall-clock time; see the top for times that are left out or shown twice."""
    local = wall.replace(tzinfo=zone, fold=0)
    found = local.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == wall:
        return found
    # Left out: the offsets before and after put it on either side of the leap.
    low, high = sorted((found, wall.replace(tzinfo=zone, fold=1).astimezone(UTC)))
    offset = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        low, high = (middle, high) if middle.astimezone(zone).utcoffset() == offset else (low, middle)
    return high.replace(microsecond=0)


def _moment(layer: Layer, zone: ZoneInfo, number: int) -> datetime:
    return instant(datetime.combine(layer.first_day, layer.handover) + number * layer.turn, zone)


def _number_at(layer: Layer, zone: ZoneInfo, at: datetime) -> int:
    """Which turn has an instant; negative before the layer's start."""
    wall = at.astimezone(zone).replace(tzinfo=None)
    number = int((wall - datetime.combine(layer.first_day, layer.handover)) // layer.turn)
    while _moment(layer, zone, number + 1) <= at:
        number += 1
    while _moment(layer, zone, number) > at:
        number -= 1
    return number


def _turns(layer: Layer, zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime, UUID]]:
    """The turns within a stretch, cut to it."""
    if layer.until is not None:
        end = min(end, instant(datetime.combine(layer.until, time(0)), zone))
    number = max(0, _number_at(layer, zone, start))
    begin = _moment(layer, zone, number)
    while begin < end:
        after = _moment(layer, zone, number + 1)
        cut = max(begin, start), min(after, end)
        if cut[0] < cut[1]:
            yield *cut, layer.members[number % len(layer.members)]
        number, begin = number + 1, after


def _duty(layer: Layer, zone: ZoneInfo, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """When the layer's hours let it be on duty, joined and in order."""
    if not layer.hours:
        return [(start, end)]
    first = start.astimezone(zone).date() - timedelta(days=2)
    days = (end.astimezone(zone).date() - first).days + 2
    spans = []
    for day in (first + timedelta(days=n) for n in range(days)):
        for hours in layer.hours:
            if day.weekday() in hours.weekdays:
                last = day if hours.end > hours.start else day + ONE_DAY
                begins = instant(datetime.combine(day, hours.start), zone)
                ends = instant(datetime.combine(last, hours.end), zone)
                spans.append((max(begins, start), min(ends, end)))
    return _joined(sorted(span for span in spans if span[0] < span[1]))


def _joined(spans: Sequence[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    joined: list[tuple[datetime, datetime]] = []
    for begins, ends in spans:
        if joined and begins <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], ends))
        else:
            joined.append((begins, ends))
    return joined


def shifts_of(plan: Plan, place: int, start: datetime, end: datetime) -> list[Shift]:
    """One layer's shifts within a stretch: turns cut to the hours of duty."""
    layer = plan.layers[place]
    duty = _duty(layer, plan.zone, start, end)
    made = []
    for begins, ends, user_id in _turns(layer, plan.zone, start, end):
        for from_, to in duty[max(0, bisect_right(duty, begins, key=lambda span: span[0]) - 1) :]:
            if from_ >= ends:
                break
            if max(from_, begins) < min(to, ends):
                made.append(Shift(max(from_, begins), min(to, ends), user_id, place))
    return made


def rota(plan: Plan, start: datetime, end: datetime) -> Rota:
    """The whole schedule within a stretch; the final shifts tile it, gaps among them."""
    layers = [shifts_of(plan, place, start, end) for place in range(len(plan.layers))]
    stand_ins = [
        Shift(max(one.start, start), min(one.end, end), one.user_id, None, one.id)
        for one in plan.overrides
        if max(one.start, start) < min(one.end, end)
    ]
    final = [Shift(start, end, None)] if start < end else []
    for shift in [each for layer in layers for each in layer] + stand_ins:
        final = _laid_over(final, shift)
    return Rota(_merged(final), [_merged(layer) for layer in layers])


def _laid_over(below: list[Shift], shift: Shift) -> list[Shift]:
    """`below` with one shift on top of it. Both ends are found by halving, so a year of shifts is laid quickly."""
    first = bisect_right(below, shift.start, key=lambda each: each.start) - 1
    last = bisect_right(below, shift.end, key=lambda each: each.start) - 1
    left, right = below[first], below[last]
    between = [shift]
    if left.start < shift.start:
        between.insert(0, Shift(left.start, shift.start, left.user_id, left.layer, left.override_id))
    if shift.end < right.end:
        between.append(Shift(shift.end, right.end, right.user_id, right.layer, right.override_id))
    below[first : last + 1] = between
    return below


def _merged(shifts: Sequence[Shift]) -> list[Shift]:
    """Neighbours that say the same are one."""
    made: list[Shift] = []
    for shift in shifts:
        before = made[-1] if made else None
        if (
            before is not None
            and before.end == shift.start
            and (before.user_id, before.layer, before.override_id) == (shift.user_id, shift.layer, shift.override_id)
        ):
            made[-1] = Shift(before.start, shift.end, shift.user_id, shift.layer, shift.override_id)
        else:
            made.append(shift)
    return made


def in_order_at(plan: Plan, at: datetime) -> list[UUID]:
    """Who answers at an instant, and then whoever would be next if nobody could reach them: those whose turns follow in the layer that
    counts, then in the layers on duty below it. Empty in a gap."""
    found = rota(plan, at, at + timedelta(microseconds=1))
    first = found.final[0].user_id
    if first is None:
        return []
    following = [first]
    for place in reversed(range(len(plan.layers))):
        layer, shifts = plan.layers[place], found.layers[place]
        if any(one.user_id is not None for one in shifts):
            turn = _number_at(layer, plan.zone, at) % len(layer.members)
            following += [*layer.members[turn:], *layer.members[:turn]]
    return list(dict.fromkeys(following))


@dataclass(frozen=True)
class Handover:
    """At an instant one person takes over from another; None on either side is nobody."""

    at: datetime
    giver: UUID | None
    taker: UUID | None


def handovers(final: Sequence[Shift]) -> list[Handover]:
    """Every change of person."""
    return [
        Handover(after.start, before.user_id, after.user_id)
        for before, after in pairwise(final)
        if before.user_id != after.user_id
    ]
