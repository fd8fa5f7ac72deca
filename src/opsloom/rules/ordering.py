"""Facts put in order of time before they count: each waits until its key's clock has come `late_us` past it.

Kinds that look at the order of facts, or at windows of them, need every fact in its place. A fact that comes when one later than it
was already handed on, or that is older than its key's newest fact by more than the group allows, is late: it is counted and has no
effect. Facts of the same time keep the order in which they came. What is handed on depends on the newest fact of each key, and on
the clock where nothing newer comes, not on how facts were cut into batches.
"""

from bisect import insort
from typing import NamedTuple

from opsloom.rules.facts import Fact


class Held(NamedTuple):
    """A fact that waits. `place` keeps facts of the same time in order of arrival."""

    time: int
    place: int
    fact: Fact


class Ordering:
    """The facts of a group that wait, by key."""

    def __init__(self, late_us: int) -> None:
        self._late = late_us
        self._held: dict[int, list[Held]] = {}
        self._released: dict[int, int] = {}
        self._place = 0
        self._count = 0

    def __len__(self) -> int:
        """How many facts wait."""
        return self._count

    def released(self, code: int) -> int | None:
        """The time of the newest fact of a key that was handed on."""
        return self._released.get(code)

    def all_released(self) -> list[tuple[int, int]]:
        """The same for every key that has one."""
        return list(self._released.items())

    def held(self, code: int) -> list[Fact]:
        """The facts of a key that wait, in order."""
        return [one.fact for one in self._held.get(code, ())]

    @property
    def waiting(self) -> list[int]:
        """Keys with facts that wait."""
        return list(self._held)

    def restore(self, code: int, released: int | None, held: list[Fact]) -> None:
        """Bring back what was stored."""
        if released is not None:
            self._released[code] = released
        for fact in held:
            self._keep(code, fact)

    def take(self, code: int, fact: Fact, newest: int | None) -> bool:
        """Let a fact wait; `newest` is that of its key before it. Tells whether it came in time."""
        released = self._released.get(code)
        if newest is not None and newest - fact.time > self._late:
            return False
        if released is not None and fact.time < released:
            return False
        self._keep(code, fact)
        return True

    def release(self, code: int, clock: int) -> list[Fact]:
        """The facts that have waited long enough, once the key's clock shows `clock`."""
        held, limit = self._held.get(code), clock - self._late
        if not held or held[0].time > limit:
            return []
        count = next((place for place, one in enumerate(held) if one.time > limit), len(held))
        out = [one.fact for one in held[:count]]
        del held[:count]
        self._count -= count
        if not held:
            del self._held[code]
        self._released[code] = out[-1].time
        return out

    def _keep(self, code: int, fact: Fact) -> None:
        self._place += 1
        self._count += 1
        insort(self._held.setdefault(code, []), Held(fact.time, self._place, fact))
