"""Answers kept in memory, bounded by bytes. Pure: the time is passed in.

The key holds the version's hash, the tenant and the values, so an answer can never be given to another tenant or outlive
a change of the API.
"""

from collections import OrderedDict
from collections.abc import Hashable

from opsloom.apis.engines.protocol import EngineResult

_OVERHEAD_BYTES = 400


class AnswerCache:
    """The least recently used answers leave first."""

    def __init__(self, most_bytes: int = 64 * 1024 * 1024) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._answers: OrderedDict[Hashable, tuple[float, EngineResult]] = OrderedDict()

    @property
    def size_bytes(self) -> int:
        return self._bytes

    def get(self, key: Hashable, now: float) -> EngineResult | None:
        found = self._answers.get(key)
        if found is None:
            return None
        if found[0] <= now:
            self._drop(key)
            return None
        self._answers.move_to_end(key)
        return found[1]

    def put(self, key: Hashable, answer: EngineResult, until: float) -> None:
        """An answer larger than a quarter of the cache is not kept."""
        if len(answer.body) > self._most_bytes // 4:
            return
        self._drop(key)
        self._answers[key] = (until, answer)
        self._bytes += len(answer.body) + _OVERHEAD_BYTES
        while self._bytes > self._most_bytes:
            self._drop(next(iter(self._answers)))

    def _drop(self, key: Hashable) -> None:
        found = self._answers.pop(key, None)
        if found is not None:
            self._bytes -= len(found[1].body) + _OVERHEAD_BYTES
