"""How rules part facts: rules with an equal `GroupKey` look at the same facts, in the same keys, with the same lateness."""

import hashlib
import json
from dataclasses import dataclass

from opsloom.rules.model import FactSource, MetricSource, SourceType
from opsloom.rules.predicate import Column
from opsloom.rules.printing import show_operand

EVENT_GRACE_US = 300_000_000
"""Events are facts about moments: one that comes up to five minutes late still counts. A late sample tells only of the past."""


@dataclass(frozen=True, slots=True)
class GroupKey:
    """Which facts, parted how.

    `late_us`: how much later than its key's newest fact one may come. With `ordered` such a fact is put in its place, and every
    fact of the key waits that long; otherwise it counts as having come at the newest time.
    """

    source_type: SourceType
    metric: str | None
    event_type: str | None
    event_source: str | None
    keys: tuple[Column | None, ...]
    late_us: int = 0
    ordered: bool = False

    @classmethod
    def of(
        cls, source: FactSource, keys: tuple[Column | None, ...], *, late_us: int | None = None, ordered: bool = False
    ) -> "GroupKey":
        """The group of a rule. Facts are put in order only where a lateness was asked for: every fact then waits that long, in
        memory and in each commit, which a rule should not cost unless somebody wants it.
        """
        waits = ordered and bool(late_us)
        if isinstance(source, MetricSource):
            return cls(SourceType.METRIC, source.metric, None, None, keys, late_us or 0, waits)
        late = EVENT_GRACE_US if late_us is None else late_us
        return cls(SourceType.EVENT, None, source.event_type, source.source, keys, late, waits)

    def id(self) -> str:
        """A short, stable name for storage."""
        names = ["series" if key is None else show_operand(key) for key in self.keys]
        parts = [self.source_type, self.metric or "", self.event_type or "", self.event_source or "", *names]
        usual = EVENT_GRACE_US if self.source_type is SourceType.EVENT else 0
        if self.ordered or self.late_us != usual:
            parts += [str(self.late_us), str(self.ordered)]
        return digest(json.dumps(parts))


def digest(text: str) -> str:
    """A short name for a long text."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]
