"""Durations in buckets that grow by a quarter each: any two can be added, and a quantile is off by at most an eighth.

Invariant: bucket n holds durations up to FIRST_S * GROWTH**n (the first everything below, the last everything above), so sums of
counts are the counts of sums, over rules, hours and nodes.
"""

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

FIRST_S: Final = 1e-6
GROWTH: Final = 1.25
BUCKETS: Final = 96
"""Up to about half an hour."""
_EDGES: Final = [FIRST_S * GROWTH**n for n in range(BUCKETS - 1)]


@dataclass(slots=True)
class Times:
    """A histogram; only buckets that hold something are kept."""

    counts: dict[int, int] = field(default_factory=dict)

    def add(self, seconds: float) -> None:
        """Take a duration in; a negative one (clocks differ) counts as none."""
        place = bisect_left(_EDGES, seconds)
        self.counts[place] = self.counts.get(place, 0) + 1

    def __len__(self) -> int:
        return sum(self.counts.values())

    def stored(self) -> list[int]:
        """Every bucket, as it is stored."""
        return [self.counts.get(place, 0) for place in range(BUCKETS)]

    def quantile(self, share: float) -> float | None:
        """In seconds: the middle of the bucket the quantile falls into; None without any."""
        total = len(self)
        if not total:
            return None
        wanted, seen = max(1, math.ceil(share * total)), 0
        for place, count in sorted(self.counts.items()):
            seen += count
            if seen >= wanted:
                return FIRST_S * GROWTH**place / math.sqrt(GROWTH)
        raise AssertionError("the counts reach their sum")


def together(parts: Iterable[Sequence[int]]) -> Times:
    """The sum of stored counts."""
    times = Times()
    for part in parts:
        for place, count in enumerate(part):
            if count:
                times.counts[place] = times.counts.get(place, 0) + count
    return times
