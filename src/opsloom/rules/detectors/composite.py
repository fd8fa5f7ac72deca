"""Composite: other rules joined by AND, OR, NOT.

- Its facts are the decisions of its members, as they are made in the same engine, in order of the times they are about.
- A name is true while some alert of its rule fires, and for `within` after one began to; with `on`, only alerts whose labels agree
  are seen together, each combination a key of its own.
- A key is there from the first decision on: a NOT says something only of what has been heard of.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from opsloom.rules.detectors.detector import Claim, Seen, Watch
from opsloom.rules.facts import Fact, Json
from opsloom.rules.failing import Failing, first_failing, reader
from opsloom.rules.keys import Admission, KeyTable
from opsloom.rules.lifecycle import Decision, Evidence, Observation, Reason, Sign
from opsloom.rules.parting import digest
from opsloom.rules.predicate import Not, Predicate
from opsloom.rules.printing import show, show_moment
from opsloom.rules.reference import truth

_KEY_BYTES: Final = 120


class CompositeLogic:
    """The expression over the names of members."""

    shape = None

    def __init__(self, names: Sequence[str], expression: Predicate, within_us: int) -> None:
        self.names, self.expression, self.within_us = tuple(names), expression, within_us

    @property
    def meaning(self) -> str:
        """What states depend on."""
        return digest(f"{show(self.expression)}\n{self.names}\n{self.within_us}")

    def claim(self, decision: Decision) -> Claim:
        """The expression, or that it is no longer true."""
        cleared = decision.reason is Reason.CONDITION_CLEARED
        return Claim(show(Not(self.expression) if cleared else self.expression), self.names)

    def values(self, fact: Fact) -> dict[str, Json]:
        """A decision by itself says nothing of the others."""
        del fact
        return {}

    def detector(self, table: KeyTable, started_us: int) -> "CompositeDetector":
        """One for the keys of a table."""
        del started_us  # members have decided long before; what they say now counts
        return CompositeDetector(self, table)


@dataclass(slots=True)
class _Standing:
    """What a member says of a key: the alerts that fire, and until when the latest that began still counts."""

    firing: set[str] = field(default_factory=set)
    until: int = 0

    def holds(self, moment: int) -> bool:
        """Whether its name is true."""
        return bool(self.firing) or moment < self.until


class CompositeDetector:
    """Keeps what members say, for each key."""

    def __init__(self, logic: CompositeLogic, table: KeyTable) -> None:
        self.matched = self.late = 0
        self._logic, self._table = logic, table
        self._keys: dict[int, dict[str, _Standing]] = {}
        self._waiting: set[int] = set()
        self._dirty: set[int] = set()

    @property
    def waits(self) -> bool:
        """Whether a name will stop being true by itself."""
        return bool(self._waiting)

    def observe(self, admitted: Admission, candidates: Sequence[int] | None, watch: Watch) -> Iterable[Seen]:
        """Each decision changes what a name says; the expression is looked at anew."""
        for row in range(len(admitted)):
            code, moment, fact = int(admitted.codes[row]), int(admitted.times[row]), admitted.fact(row)
            yield from self._expired(code, moment, watch)
            if not self._take(code, moment, fact.data):
                continue
            seen = self._judged(code, moment, (fact.ref, Sign.FACT), watch)
            if seen is not None:
                yield seen

    def pass_time(self, now: int, watch: Watch) -> Iterable[Seen]:
        """Names that have ceased to be true."""
        for code in sorted(self._waiting):
            yield from self._expired(code, self._table.clock(code, now), watch)

    def keep_only(self, name: str, firing: Collection[str]) -> Collection[str]:
        """Forget a member's alerts that no longer fire although nobody said so: its rule was withdrawn or changed. The keys of
        those that fire and were never heard of are given back."""
        heard: set[str] = set()
        for code, standings in self._keys.items():
            standing = standings.get(name)
            if standing is None:
                continue
            gone = standing.firing.difference(firing)
            standing.firing -= gone
            heard |= standing.firing
            if gone:
                standing.until = max(standing.until, (self._table.seen(code) or 0) + 1)
                self._waiting.add(code)
                self._dirty.add(code)
        return sorted(set(firing) - heard)

    def changed(self) -> Collection[int]:
        """Keys of which a member said something."""
        return self._dirty

    def settled(self) -> None:
        """All memories are stored."""
        self._dirty.clear()

    def memory(self, code: int) -> bytes | None:
        """What members say."""
        standings = self._keys.get(code)
        if standings is None:
            return None
        return orjson.dumps({name: [sorted(one.firing), one.until] for name, one in sorted(standings.items())})

    def restore(self, code: int, memory: bytes) -> None:
        """Bring it back."""
        stored: dict[str, tuple[list[str], int]] = orjson.loads(memory)
        self._keys[code] = {name: _Standing(set(keys), until) for name, (keys, until) in stored.items()}
        if any(not one.firing and one.until > (self._table.seen(code) or 0) for one in self._keys[code].values()):
            self._waiting.add(code)

    def size(self) -> int:
        """About so many bytes."""
        return sum(
            _KEY_BYTES * (1 + len(standings) + sum(len(one.firing) for one in standings.values()))
            for standings in self._keys.values()
        )

    def failing(self, code: int, last: Fact) -> Failing | None:
        """The first name that keeps the expression from being true."""
        return first_failing(self._logic.expression, reader(self._values(code, last.time)))

    def _take(self, code: int, moment: int, data: Json) -> bool:
        if not isinstance(data, dict) or data.get("member") not in self._logic.names:
            return False
        told: dict[str, Any] = data
        standing = self._keys.setdefault(code, {}).setdefault(told["member"], _Standing())
        if told["firing"]:
            standing.firing.add(told["key"])
            standing.until = max(standing.until, moment + self._logic.within_us)
        else:
            standing.firing.discard(told["key"])
            if standing.until > moment:
                self._waiting.add(code)
        self._dirty.add(code)
        return True

    def _expired(self, code: int, clock: int, watch: Watch) -> Iterator[Seen]:
        """What the passing of `until`s says, up to a time."""
        if code not in self._waiting:
            return
        waiting = sorted({one.until for one in self._keys[code].values() if not one.firing and one.until})
        for moment in waiting:
            if moment > clock:
                return
            for standing in self._keys[code].values():
                if not standing.firing and standing.until == moment:
                    standing.until = 0
                    self._dirty.add(code)
            seen = self._judged(code, moment, (f"time:{show_moment(moment)}", Sign.VERDICT), watch)
            if seen is not None:
                yield seen
        self._waiting.discard(code)

    def _judged(self, code: int, moment: int, of: tuple[str, Sign], watch: Watch) -> Seen | None:
        values = self._values(code, moment)
        holds = truth(self._logic.expression, reader(values)) is True
        self.matched += holds
        if not holds and watch.rests(code):
            return None
        ref, sign = of
        return Seen(code, None, Observation(moment, holds, not holds, (Evidence(moment, ref, values),), sign))

    def _values(self, code: int, moment: int) -> dict[str, Json]:
        standings = self._keys.get(code, {})
        return {name: int(name in standings and standings[name].holds(moment)) for name in self._logic.names}
