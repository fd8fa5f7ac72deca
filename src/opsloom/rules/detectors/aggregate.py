"""Aggregate: numbers over windows of facts.

- Windows begin at multiples of their size (or slide) since 1970 and include their beginning, not their end. A window is judged at its
  end, before a fact of that very time; a sliding one at each fact that counts, and reaches back `size` without the fact that long ago.
  A session ends when `gap` has passed without a fact that counts.
- A window that has run empty is judged once: zero facts may clear an alert, or raise one. So a key without facts costs nothing.
- A fact that comes after its window was judged is late; it has no effect.

Fixed windows are kept in panes for all keys at a time (`panes`), the others key by key (`spans`).
"""

from functools import partial
from typing import Final

from opsloom.rules.detectors.detector import Claim, Detector
from opsloom.rules.detectors.measures import FACTS
from opsloom.rules.detectors.panes import PaneDetector
from opsloom.rules.detectors.spans import SessionSpan, SlidingSpan, SpanDetector
from opsloom.rules.detectors.windows import Asking
from opsloom.rules.document import Hopping, Session, Sliding, Tumbling, Window
from opsloom.rules.evidence import Reading
from opsloom.rules.facts import Fact, Json
from opsloom.rules.keys import KeyTable
from opsloom.rules.lifecycle import Decision
from opsloom.rules.parting import digest
from opsloom.rules.predicate import columns
from opsloom.rules.printing import show

_MICROS: Final = 1_000_000


class AggregateLogic:
    """Which facts count, over which windows, and what their numbers must satisfy."""

    shape = None

    def __init__(self, asking: Asking, window: Window) -> None:
        self.asking, self.window = asking, window
        read = columns(asking.condition) if asking.condition is not None else ()
        self._reading = Reading(read + tuple(lane.column for lane in asking.measures.lanes))

    @property
    def meaning(self) -> str:
        """Everything that numbers and verdicts depend on."""
        asking = self.asking
        conditions = [asking.condition, asking.having, asking.resolve]
        parts = ["" if one is None else show(one) for one in conditions]
        return digest(
            "\n".join([*parts, self.window.model_dump_json(), repr(asking.measures.asked), repr(asking.measures.lanes)])
        )

    def claim(self, decision: Decision) -> Claim:
        """The condition over the measures, or what cleared it."""
        return Claim(show(self.asking.claimed(decision)), (*self.asking.measures.names, FACTS))

    def values(self, fact: Fact) -> dict[str, Json]:
        """What the condition and the measures read."""
        return self._reading.values(fact)

    def detector(self, table: KeyTable, started_us: int) -> Detector:
        """One for the keys of a table."""
        match self.window:
            case Tumbling(size_s=size):
                return PaneDetector(self.asking, table, started_us, (_micros(size), 1))
            case Hopping(size_s=size, slide_s=slide):
                return PaneDetector(self.asking, table, started_us, (_micros(slide), round(size / slide)))
            case Sliding(size_s=size):
                return SpanDetector(
                    self.asking, table, started_us, partial(SlidingSpan, self.asking.measures, _micros(size))
                )
            case Session(gap_s=gap):
                return SpanDetector(
                    self.asking, table, started_us, partial(SessionSpan, self.asking.measures, _micros(gap))
                )


def _micros(seconds: float) -> int:
    return max(1, round(seconds * _MICROS))
