"""Values kept in memory for a while, bounded by bytes. Pure: the time is passed in.

A key holds whose value it is and of which version, so that none can be given to another tenant or outlive a change.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from opsloom.apis.engines.protocol import EngineResult

V = TypeVar("V")
_OVERHEAD_BYTES = 400


class ByteCache(Generic[V]):
    """The least recently used leave first."""

    def __init__(self, most_bytes: int, size_of: Callable[[V], int]) -> None:
        self._most_bytes = most_bytes
        self._size_of = size_of
        self._bytes = 0
        self._kept: OrderedDict[Hashable, tuple[float, V]] = OrderedDict()

    @property
    def size_bytes(self) -> int:
        return self._bytes

    def get(self, key: Hashable, now: float) -> V | None:
        found = self._kept.get(key)
        if found is None:
            return None
        if found[0] <= now:
            self.drop(key)
            return None
        self._kept.move_to_end(key)
        return found[1]

    def put(self, key: Hashable, value: V, until: float) -> None:
        """What is larger than a quarter of the cache is not kept."""
        size = self._size_of(value)
        if size > self._most_bytes // 4:
            return
        self.drop(key)
        self._kept[key] = (until, value)
        self._bytes += size + _OVERHEAD_BYTES
        while self._bytes > self._most_bytes:
            self.drop(next(iter(self._kept)))

    def drop(self, key: Hashable) -> None:
        found = self._kept.pop(key, None)
        if found is not None:
            self._bytes -= self._size_of(found[1]) + _OVERHEAD_BYTES


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer and how long it is fresh; the cache may give it longer."""

    answer: EngineResult
    fresh_until: float


class AnswerCache(ByteCache[Kept]):
    """Answers of APIs, by the version's hash, the tenant and the values."""

    def __init__(self, most_bytes: int = 64 * 1024 * 1024) -> None:
        super().__init__(most_bytes, lambda kept: len(kept.answer.body))
