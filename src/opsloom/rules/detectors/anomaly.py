"""Anomaly: a number that is unlike its own past.

- Facts that count (they meet the condition, if there is one, and hold a number) are scored by the detector of their key's baseline,
  in order of arrival. A score from the limit on is true, below it false, while the baseline is being learnt unknown.
- The calibrated detector rests: for `rest` after the strongest score seen since a key last came to rest, a key at rest is only
  roused by one as strong. A rule with `for` does not rest: what must hold for a while is no flash.
- A key's memory is its baseline, whole: what was learnt survives restarts and judges as if there had been none.
"""

import struct
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

import numpy as np

from opsloom.rules.baselines.making import bank_of, limit_of
from opsloom.rules.baselines.scored import Scored, Usual, score_all
from opsloom.rules.baselines.table import BaselineUnreadable
from opsloom.rules.detectors.detector import Claim, Seen, Watch
from opsloom.rules.document import AnomalyRule, CalibratedDetector
from opsloom.rules.evidence import Reading
from opsloom.rules.facts import Fact, Floats, Ints, Json
from opsloom.rules.failing import Failing, first_failing
from opsloom.rules.kernels import column_numbers, evaluate
from opsloom.rules.keys import Admission, KeyTable
from opsloom.rules.lifecycle import Decision, Evidence, Observation, Reason, Sign
from opsloom.rules.parting import digest
from opsloom.rules.predicate import Column, Predicate, columns
from opsloom.rules.printing import show, show_operand

SCORE: Final = "score"
_REST: Final = struct.Struct("<dq")
_NO_SLOT: Final = -1
_CERTAIN: Final = 15
"""Beyond so many decades a chance is called less than one in a quadrillion."""
_WORDS: Final = {"level": "for its level", "season": "for this time of day"}


class AnomalyLogic:
    """Which number is watched, which facts count, and from which score on it is an anomaly."""

    shape = None

    def __init__(self, rule: AnomalyRule, of: Column, condition: Predicate | None) -> None:
        self.rule, self.of, self.condition = rule, of, condition
        self.limit = limit_of(rule)
        self.reading = Reading((of, *(columns(condition) if condition is not None else ())))
        detector = rule.detector
        rests = isinstance(detector, CalibratedDetector) and rule.for_s == 0
        self.rest_us = round(detector.rest_s * 1e6) if rests and isinstance(detector, CalibratedDetector) else 0

    @property
    def meaning(self) -> str:
        """What baselines and verdicts depend on."""
        rule, condition = self.rule, "" if self.condition is None else show(self.condition)
        return digest(f"{show_operand(self.of)}\n{condition}\n{rule.detector!r} {rule.direction} {rule.warm_up}")

    @property
    def claimed(self) -> str:
        """What an anomaly's score satisfies."""
        return f"{SCORE} >= {self.limit:g}"

    def claim(self, decision: Decision) -> Claim:
        """The score, or that it is ordinary again."""
        cleared = decision.reason is Reason.CONDITION_CLEARED
        return Claim(f"NOT {self.claimed}" if cleared else self.claimed, (SCORE,))

    def values(self, fact: Fact) -> dict[str, Json]:
        """The number, and what the condition reads."""
        return self.reading.values(fact)

    def detector(self, table: KeyTable, started_us: int) -> "AnomalyDetector":
        """One for the keys of a table."""
        del table
        return AnomalyDetector(self, started_us)


class AnomalyDetector:
    """The baselines of a rule's keys."""

    waits = False

    def __init__(self, logic: AnomalyLogic, started_us: int) -> None:
        self.matched = self.late = 0
        self._logic, self._started = logic, started_us
        self._bank = bank_of(logic.rule)
        self._slots: Ints = np.full(64, _NO_SLOT, dtype=np.int64)
        self._strongest: dict[int, tuple[float, int]] = {}
        self._last: dict[int, float] = {}
        self._dirty: set[int] = set()

    def observe(self, admitted: Admission, candidates: Sequence[int] | None, watch: Watch) -> Iterable[Seen]:
        """One for each fact that matters, in order of arrival."""
        rows = self._counting(admitted)
        codes, times = admitted.codes[rows], admitted.times[rows]
        numbers = column_numbers(self._logic.of, admitted.batch)[rows]
        scored = score_all(self._bank, self._slots_of(codes), times, numbers)
        self._dirty.update(codes.tolist())
        self._last.update(zip(codes.tolist(), scored.scores.tolist(), strict=True))
        with np.errstate(invalid="ignore"):
            over = scored.scores >= self._logic.limit
        self.matched += int(over.sum())
        places = {row: place for place, row in enumerate(rows.tolist())}
        roused = {int(code) for code in codes[over]}
        for row in self._rows_that_matter(admitted, roused, watch):
            place = places.get(row)
            if place is None:
                if watch.hears:
                    yield self._seen(admitted, row, Observation(int(admitted.times[row]), None, None, (), Sign.LIFE))
                continue
            seen = self._judged(admitted, row, (scored, place), watch)
            if seen is not None:
                yield seen

    def pass_time(self, now: int, watch: Watch) -> Iterator[Seen]:
        """Time alone brings nothing."""
        return iter(())

    def changed(self) -> Collection[int]:
        """Keys whose baseline took in a point."""
        return self._dirty

    def settled(self) -> None:
        """All baselines are stored."""
        self._dirty.clear()

    def memory(self, code: int) -> bytes | None:
        """The baseline, behind the strongest score."""
        slot = self._slot(code)
        if slot is None:
            return None
        return _REST.pack(*self._strongest.get(code, (0.0, 0))) + self._bank.dump(slot)

    def restore(self, code: int, memory: bytes) -> None:
        """Bring a baseline back; one that cannot be read is learnt anew."""
        slot = int(self._slots_of(np.array([code]))[0])
        try:
            self._bank.load(slot, memory[_REST.size :])
        except BaselineUnreadable:
            return
        strongest, at = _REST.unpack_from(memory)
        if strongest:
            self._strongest[code] = (strongest, at)

    def size(self) -> int:
        """All baselines."""
        return self._bank.size_bytes + self._slots.nbytes + 100 * (len(self._strongest) + len(self._last))

    def usual(self, code: int) -> Usual | None:
        """What is known of a key; None when nothing is."""
        slot = self._slot(code)
        return None if slot is None else self._bank.usual(slot)

    def failing(self, code: int, last: Fact) -> Failing | None:
        """That the fact does not count, that its baseline is being learnt, that its score is ordinary, or that it rests."""
        logic, usual = self._logic, self.usual(code)
        if logic.condition is not None and (failing := first_failing(logic.condition, last.read)) is not None:
            return failing
        values = logic.values(last)
        score = self._last.get(code, np.nan)
        if usual is None or usual.points <= usual.needed or np.isnan(score):
            points = 0 if usual is None else usual.points
            needed = self._logic.rule.warm_up if usual is None else usual.needed
            return _gap(f"points > {needed}", values | {"points": points}, needed, points)
        if score < logic.limit:
            return _gap(logic.claimed, values | {SCORE: score, "usual": usual.level}, logic.limit, score)
        strongest = self._strongest.get(code, (0.0, 0))[0]
        return _gap(f"{SCORE} >= {strongest:g}", values | {SCORE: score}, strongest, score)

    def _counting(self, admitted: Admission) -> Ints:
        numbers = column_numbers(self._logic.of, admitted.batch)
        counts = np.isfinite(numbers) & (admitted.times >= self._started)
        if self._logic.condition is not None:
            counts &= evaluate(self._logic.condition, admitted.batch).true
        return np.flatnonzero(counts)

    def _rows_that_matter(self, admitted: Admission, roused: set[int], watch: Watch) -> Iterable[int]:
        lively = watch.lively(admitted)
        rows = range(len(admitted)) if lively is None else admitted.rows_of_all(roused.union(lively))
        return (row for row in rows if admitted.times[row] >= self._started)

    def _judged(self, admitted: Admission, row: int, of: tuple[Scored, int], watch: Watch) -> Seen | None:
        scored, place = of
        code, moment, score = int(admitted.codes[row]), int(admitted.times[row]), float(scored.scores[place])
        holds = None if np.isnan(score) else score >= self._logic.limit
        rests = watch.rests(code)
        if rests and (holds is not True or self._is_quiet(code, moment, score)):
            return None
        if holds:
            self._note(code, moment, score, fresh=rests)
        values = self._logic.values(admitted.fact(row)) | said(scored, place)
        evidence = (Evidence(moment, admitted.fact(row).ref, values),)
        clears = None if holds is None else not holds
        return self._seen(admitted, row, Observation(moment, holds, clears, evidence))

    def _is_quiet(self, code: int, moment: int, score: float) -> bool:
        strongest = self._strongest.get(code)
        return strongest is not None and moment - strongest[1] < self._logic.rest_us and score < strongest[0]

    def _note(self, code: int, moment: int, score: float, *, fresh: bool) -> None:
        if self._logic.rest_us and (fresh or score > self._strongest.get(code, (0.0, 0))[0]):
            self._strongest[code] = (score, moment)

    def _seen(self, admitted: Admission, row: int, observation: Observation) -> Seen:
        before = admitted.before(row)
        known = before if before is not None and before >= self._started else None
        if not observation.evidence:
            evidence = Evidence(observation.time, admitted.fact(row).ref, {})
            observation = observation._replace(evidence=(evidence,))
        return Seen(int(admitted.codes[row]), known, observation)

    def _slot(self, code: int) -> int | None:
        slot = int(self._slots[code]) if code < len(self._slots) else _NO_SLOT
        return None if slot == _NO_SLOT else slot

    def _slots_of(self, codes: Ints) -> Ints:
        if not len(codes):
            return codes
        most = int(codes.max())
        if most >= len(self._slots):
            more = np.full(max(most + 1, 2 * len(self._slots)) - len(self._slots), _NO_SLOT, dtype=np.int64)
            self._slots = np.concatenate([self._slots, more])
        slots: Ints = self._slots[codes]
        if (slots == _NO_SLOT).any():
            for code in dict.fromkeys(codes[slots == _NO_SLOT].tolist()):
                self._slots[code] = self._bank.add()
            slots = self._slots[codes]
        return slots


def said(scored: Scored, place: int) -> dict[str, Json]:
    """A score with what it was made of, in numbers and in words."""
    numbers: dict[str, Floats] = {SCORE: scored.scores, **scored.parts}
    values: dict[str, Json] = {
        name: None if np.isnan(column[place]) else round(float(column[place]), 6) for name, column in numbers.items()
    }
    chances = [
        f"{chance(float(scored.parts[name][place]))} {words}" for name, words in _WORDS.items() if name in scored.parts
    ]
    return values | ({"why": ", ".join(chances)} if chances else {})


def chance(decades: float) -> str:
    """A probability as people say it: 3 decades are one in a thousand."""
    if decades <= 0:
        return "nothing unusual"
    if decades > _CERTAIN:
        return "less than 1 in 10^15"
    return f"1 in {10**decades:,.0f}" if decades < 6 else f"1 in 10^{decades:.0f}"


def _gap(part: str, values: dict[str, Json], threshold: float, value: float) -> Failing:
    return Failing(part=part, truth=False, values=values, threshold=float(threshold), distance=abs(threshold - value))
