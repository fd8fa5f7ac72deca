"""Detectors over many series against the plain ones; what they keep comes back; what a call holds makes no difference."""

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsloom.rules.baselines.making import bank_of, limit_of
from opsloom.rules.baselines.scored import Bank, score_all, waves
from opsloom.rules.baselines.table import BaselineUnreadable
from opsloom.rules.document import AnomalyRule
from opsloom.rules.facts import Floats, Ints
from rules.baselines.naive import (
    Naive,
    NaiveCalibrated,
    NaiveFlat,
    NaiveRate,
    NaiveSmoothed,
    NaiveWindow,
)

Pair = tuple[dict[str, object], Callable[[str, int], Naive]]
KINDS: dict[str, Pair] = {
    "calibrated": ({"type": "calibrated"}, lambda side, warm: NaiveCalibrated(side, warm, season=True)),
    "level": ({"type": "calibrated", "season": False}, lambda side, warm: NaiveCalibrated(side, warm, season=False)),
    "zscore": ({"type": "zscore", "points": 20}, lambda side, warm: NaiveWindow("zscore", side, 20, warm)),
    "mad": ({"type": "mad", "points": 15}, lambda side, warm: NaiveWindow("mad", side, 15, warm)),
    "iqr": ({"type": "iqr", "points": 12}, lambda side, warm: NaiveWindow("iqr", side, 12, warm)),
    "ema": ({"type": "ema", "weight": 0.2}, lambda side, warm: NaiveSmoothed(side, 0.2, warm)),
    "rate": ({"type": "rate", "limit": 1}, NaiveRate),
    "flat": ({"type": "flat", "points": 5, "tolerance": 0.5}, lambda side, warm: NaiveFlat(0.5, 5, warm)),
}


class Points(NamedTuple):
    """Points of several series in order of arrival."""

    series: Ints
    times: Ints
    values: Floats

    def cut(self, at: slice) -> "Points":
        return Points(self.series[at], self.times[at], self.values[at])


def rule(detector: dict[str, object], side: str = "both", warm_up: int = 20) -> AnomalyRule:
    document = {"kind": "anomaly", "source": {"type": "metric", "metric": "cpu.usage"}, "detector": detector}
    return AnomalyRule.model_validate(document | {"direction": side, "warm_up": warm_up})


def points(seed: int, count: int, series: int) -> Points:
    """Days with a rhythm, wiggles, flat stretches and now and then something wild."""
    rng = np.random.default_rng(seed)
    times = np.cumsum(rng.integers(0, 120_000_000, count)) + 1_700_000_000_000_000
    rhythm = 100 + 10 * np.sin(times / 86_400_000_000 * 2 * np.pi)
    wild = np.where(rng.random(count) < 0.02, rng.normal(0, 60, count), 0)
    flat = np.repeat(rng.random(count // 40 + 1) < 0.2, 40)[:count]
    values = np.where(flat, 100.0, rhythm + rng.normal(0, 1, count) + wild)
    return Points(rng.integers(0, series, count), times, np.round(values, 3).astype(np.float64))


def judged(bank: Bank, slots: list[int], given: Points) -> Floats:
    return score_all(bank, np.array(slots)[given.series], given.times, given.values).scores


@pytest.mark.parametrize("side", ["both", "up", "down"])
@pytest.mark.parametrize("kind", KINDS)
def test_they_judge_as_the_plain_ones_do(kind: str, side: str) -> None:
    detector, plainly = KINDS[kind]
    given, bank = points(7, 800, 3), bank_of(rule(detector, side))
    found = judged(bank, [bank.add() for _ in range(3)], given)
    plain = [plainly(side, 20) for _ in range(3)]
    for place, (of, time, value) in enumerate(zip(*(column.tolist() for column in given), strict=True)):
        expected = plain[of].judge(time / 1e6, value)
        if expected is None:
            assert np.isnan(found[place])
        else:
            assert found[place] == pytest.approx(expected, rel=1e-6, abs=2e-6)
    assert np.nanmax(found) >= 1


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10_000), cuts=st.lists(st.integers(0, 400), max_size=5), stop=st.integers(0, 400))
def test_neither_cuts_nor_a_restart_make_a_difference(kind: str, seed: int, cuts: list[int], stop: int) -> None:
    of, given = rule(KINDS[kind][0]), points(seed, 400, 4)
    whole = bank_of(of)
    expected = judged(whole, [whole.add() for _ in range(4)], given)
    bank = bank_of(of)
    slots = [bank.add() for _ in range(4)]
    found: list[Floats] = []
    edges = sorted({0, *cuts, stop, 400})
    for begin, end in pairwise(edges):
        if begin == stop:
            stored = [bank.dump(slot) for slot in slots]
            bank = bank_of(of)
            slots = [bank.add() for _ in range(4)][::-1]
            for slot, numbers in zip(slots, stored, strict=True):
                bank.load(slot, numbers)
        found.append(judged(bank, slots, given.cut(slice(begin, end))))
    assert np.array_equal(np.concatenate(found), expected, equal_nan=True)


def test_a_wild_point_stands_out_and_its_usual_is_told() -> None:
    bank = bank_of(rule({"type": "calibrated"}, warm_up=300))
    slot, rng = np.array([bank.add()]), np.random.default_rng(3)
    quiet = [
        bank.score(slot, np.array([minute * 60_000_000]), np.array([50 + rng.normal()])).scores[0]
        for minute in range(2_000)
    ]
    usual = bank.usual(int(slot[0]))
    assert (usual.points, usual.needed) == (2_000, 300)
    assert usual.level == pytest.approx(50, abs=1)
    assert usual.spread is not None
    assert 2 < usual.spread < 10
    assert len([one for one in usual.profile if one is not None]) == 48
    wild = bank.score(slot, np.array([2_000 * 60_000_000]), np.array([90.0]))
    assert wild.scores[0] > 2 * limit_of(rule({"type": "calibrated"})) > 2 * np.nanmax(quiet)
    assert wild.parts["level_usual"][0] == pytest.approx(50, abs=1)


def test_stored_numbers_of_another_detector_are_refused() -> None:
    one, other = bank_of(rule({"type": "zscore", "points": 20})), bank_of(rule({"type": "zscore", "points": 21}))
    with pytest.raises(BaselineUnreadable):
        other.load(other.add(), one.dump(one.add()))


def test_a_slot_that_was_dropped_begins_anew() -> None:
    bank = bank_of(rule({"type": "zscore", "points": 10}))
    first = bank.add()
    blank = bank.dump(first)
    bank.score(np.array([first]), np.array([1]), np.array([5.0]))
    bank.drop(first)
    assert bank.add() == first
    assert bank.dump(first) == blank


@given(st.lists(st.integers(0, 5), max_size=60))
def test_waves_hold_every_row_once_in_order_of_each_slot(slots: list[int]) -> None:
    found = [rows.tolist() for rows in waves(np.array(slots, dtype=np.int64))]
    assert sorted(row for wave in found for row in wave) == list(range(len(slots)))
    for wave in found:
        assert len({slots[row] for row in wave}) == len(wave)
    for slot in set(slots):
        mine = [row for wave in found for row in wave if slots[row] == slot]
        assert mine == sorted(mine)
