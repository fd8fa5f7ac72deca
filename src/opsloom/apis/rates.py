"""Token buckets: how many calls a minute one caller, or one tenant, may make. Pure: the time is passed in.

A bucket holds the calls of ten seconds (at least one) and fills evenly, so a burst passes and the minute's mean holds.
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

BURST_S = 10.0
_KEPT = 50_000


@dataclass(frozen=True, slots=True)
class Quota:
    """What is left after a call; `reset_s` until the bucket is full, `retry_s` until the next call passes (0: now)."""

    limit: int
    remaining: int
    reset_s: float
    retry_s: float = 0.0

    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(max(1, round(self.reset_s))) if self.reset_s > 0 else "0",
        }


class Buckets:
    """Buckets by key; the least recently used are forgotten, which can only be generous."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def take(self, key: Hashable, per_minute: int, now: float) -> Quota:
        """Take one call if there is one; `retry_s` > 0 says that there was none."""
        per_second = per_minute / 60
        size = max(1.0, per_second * BURST_S)
        left, at = self._buckets.get(key, (size, now))
        left = min(size, left + max(0.0, now - at) * per_second)
        passes = left >= 1
        if passes:
            left -= 1
        self._buckets[key] = (left, now)
        self._buckets.move_to_end(key)
        if len(self._buckets) > _KEPT:
            self._buckets.popitem(last=False)
        retry_s = 0.0 if passes else (1 - left) / per_second
        return Quota(per_minute, int(left), (size - left) / per_second, retry_s)
