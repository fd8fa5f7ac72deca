"""How rules part facts: rules with an equal `GroupKey` look at the same facts, in the same keys, with the same lateness."""

import hashlib
import json
from dataclasses import dataclass

from opsloom.rules.model import FactSource, MetricSource, SourceType
from opsloom.rules.predicate import Column
from opsloom.rules.printing import show_operand

EVENT_GRACE_US = 300_000_000
"""Events are facts about moments: one that comes up to five minutes late still counts. A late sample tells only of the past."""

EVENT_PATIENCE_US = 5_000_000
"""How long kinds that need facts in order wait for an event that is on its way."""


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
        """The group of a rule; without a lateness of its own that of its kind."""
        if isinstance(source, MetricSource):
            late = late_us or 0
            return cls(SourceType.METRIC, source.metric, None, None, keys, late, ordered and late > 0)
        usual = EVENT_PATIENCE_US if ordered else EVENT_GRACE_US
        late = usual if late_us is None else late_us
        return cls(SourceType.EVENT, None, source.event_type, source.source, keys, late, ordered and late > 0)

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
