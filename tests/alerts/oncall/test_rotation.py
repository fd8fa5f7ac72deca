"""Rotations over random layers in zones with every kind of leap."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from opsloom.alerts.oncall.rotation import (
    Hours,
    Layer,
    Override,
    Plan,
    TurnUnit,
    handovers,
    in_order_at,
    instant,
    rota,
    shifts_of,
)

ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Seoul", "Pacific/Apia", "America/St_Johns"]
PEOPLE = [UUID(int=n) for n in range(1, 5)]
zones = st.sampled_from(ZONES).map(ZoneInfo)
quarters = st.integers(0, 95).map(lambda n: time(n // 4, n % 4 * 15))
hours = st.builds(Hours, st.frozensets(st.integers(0, 6), min_size=1), quarters, quarters)
layers = st.builds(
    Layer,
    st.just("layer"),
    st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=4).map(tuple),
    st.dates(date(2025, 1, 1), date(2026, 12, 1)),
    quarters,
    st.integers(1, 14),
    st.sampled_from(TurnUnit),
    st.lists(hours, max_size=2).map(tuple),
    st.none() | st.dates(date(2026, 1, 1), date(2026, 12, 1)),
)
# Around the days on which Berlin, New York, Lord Howe and St. John's leap, and in between.
starts = st.sampled_from(
    [datetime(2026, *day, tzinfo=UTC) for day in ((3, 6), (3, 27), (4, 3), (10, 2), (10, 23), (10, 30), (7, 1))]
)
offsets = st.integers(0, 4 * 24 * 60 - 1).map(lambda n: timedelta(minutes=n))
WINDOW = timedelta(days=4)


def on_call_at(plan: Plan, at: datetime) -> UUID | None:
    """Who answers."""
    return next(iter(in_order_at(plan, at)), None)


def first_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """By its definition: the first quarter of an hour at which the clock shows this or more."""
    at = wall.replace(tzinfo=UTC) - timedelta(hours=30)
    while at.astimezone(zone).replace(tzinfo=None) < wall:
        at += timedelta(minutes=15)
    return at


@given(st.sampled_from(ZONES[:4]).map(ZoneInfo), starts, st.integers(0, 4 * 96))
@settings(max_examples=60)
def test_an_instant_is_the_first_at_which_the_clock_shows_the_time_or_has_leapt_over_it(zone, start, n) -> None:
    wall = start.replace(tzinfo=None) + n * timedelta(minutes=15)
    assert instant(wall, zone) == first_instant(wall, zone)


@given(layers, zones, starts)
def test_turns_tile_time(layer, zone, start) -> None:
    """From its start to its end, exactly one member at each instant: no gap, no overlap, no empty turn."""
    layer = Layer(layer.name, layer.members, layer.first_day, layer.handover, layer.every, layer.unit, (), layer.until)
    end = start + WINDOW
    shifts = shifts_of(Plan(zone, (layer,)), 0, start, end)
    begins = max(start, instant(datetime.combine(layer.first_day, layer.handover), zone))
    if layer.until is not None:
        end = min(end, instant(datetime.combine(layer.until, time(0)), zone))
    if begins >= end:
        assert shifts == []
        return
    assert (shifts[0].start, shifts[-1].end) == (begins, end)
    assert all(one.start < one.end for one in shifts)
    assert all(one.end == after.start for one, after in pairwise(shifts))


@given(layers, zones, starts, offsets)
@settings(max_examples=60)
def test_a_turn_goes_to_the_member_whose_number_it_has(layer, zone, start, offset) -> None:
    layer = Layer(
        layer.name, layer.members, (start - timedelta(days=9)).date(), layer.handover, layer.every, layer.unit
    )
    at = start + offset
    count, wall = 0, datetime.combine(layer.first_day, layer.handover) + layer.turn
    while instant(wall, zone) <= at:
        count, wall = count + 1, wall + layer.turn
    assert on_call_at(Plan(zone, (layer,)), at) == layer.members[count % len(layer.members)]


@st.composite
def plans(draw):
    start = draw(starts)
    overrides = []
    for n in range(draw(st.integers(0, 3))):
        begin = start + draw(offsets)
        end = begin + timedelta(minutes=draw(st.integers(1, 3000)))
        overrides.append(Override(UUID(int=100 + n), draw(st.sampled_from(PEOPLE)), begin, end))
    return start, Plan(draw(zones), tuple(draw(st.lists(layers, max_size=3))), tuple(overrides))


@given(plans(), offsets)
def test_the_final_schedule_tiles_time_and_the_topmost_counts(drawn, offset) -> None:
    start, plan = drawn
    end, at = start + WINDOW, start + offset
    whole = rota(plan, start, end)
    assert (whole.final[0].start, whole.final[-1].end) == (start, end)
    assert all(one.end == after.start for one, after in pairwise(whole.final))
    over = [one.user_id for one in plan.overrides if one.start <= at < one.end]
    below = [one.user_id for layer in whole.layers for one in layer if one.start <= at < one.end]
    expected = over[-1] if over else below[-1] if below else None
    (now,) = [one for one in whole.final if one.start <= at < one.end]
    assert now.user_id == expected == on_call_at(plan, at)
    assert all(sum(one.start <= at < one.end for one in layer) <= 1 for layer in whole.layers)


@given(layers, zones, starts, offsets)
def test_hours_of_duty_are_wall_clock_times(layer, zone, start, offset) -> None:
    at = start + offset
    layer = Layer(layer.name, layer.members, date(2025, 1, 1), layer.handover, layer.every, layer.unit, layer.hours)
    day = at.astimezone(zone).date()
    spans = [
        (one, day - timedelta(days=back))
        for one in layer.hours
        for back in (0, 1, 2)
        if (day - timedelta(days=back)).weekday() in one.weekdays
    ]
    on_duty = not layer.hours or any(
        instant(datetime.combine(first, one.start), zone)
        <= at
        < instant(datetime.combine(first + timedelta(days=one.end <= one.start), one.end), zone)
        for one, first in spans
    )
    assert (on_call_at(Plan(zone, (layer,)), at) is not None) == on_duty


def test_a_day_of_23_hours_is_one_turn_and_the_handover_keeps_its_hour() -> None:
    layer = Layer("week", (PEOPLE[0], PEOPLE[1]), date(2026, 3, 27), time(9), 1, TurnUnit.DAYS)
    plan = Plan(ZoneInfo("Europe/Berlin"), (layer,))
    shifts = rota(plan, datetime(2026, 3, 28, 8, tzinfo=UTC), datetime(2026, 3, 30, 7, tzinfo=UTC)).final
    assert [(one.end - one.start, one.user_id) for one in shifts] == [
        (timedelta(hours=23), PEOPLE[1]),
        (timedelta(hours=24), PEOPLE[0]),
    ]
    assert [(one.at, one.giver, one.taker) for one in handovers(shifts)] == [
        (datetime(2026, 3, 29, 7, tzinfo=UTC), PEOPLE[1], PEOPLE[0])
    ]


def test_a_handover_that_the_clock_leaves_out_happens_when_it_leaps() -> None:
    zone = ZoneInfo("Europe/Berlin")
    assert instant(datetime.combine(date(2026, 3, 29), time(2, 30)), zone) == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert instant(datetime.combine(date(2026, 10, 25), time(2, 30)), zone) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@given(layers, zones, starts, offsets, st.sampled_from(PEOPLE))
@settings(max_examples=60)
def test_after_whoever_is_on_call_come_all_others_in_the_order_of_their_turns(
    layer, zone, start, offset, other
) -> None:
    at = start + offset
    override = Override(UUID(int=9), other, at, at + timedelta(hours=1))
    order = in_order_at(Plan(zone, (layer,)), at)
    if not order:
        return
    assert set(order) == set(layer.members)
    following = [each.user_id for each in shifts_of(Plan(zone, (layer,)), 0, at, at + 60 * layer.turn)]
    turns = [one for one in dict.fromkeys(following) if one is not None]
    if not layer.hours and layer.until is None and len(turns) == len(set(layer.members)):
        assert order == turns
    assert in_order_at(Plan(zone, (layer,), (override,)), at) == list(dict.fromkeys([other, *order]))
