"""Which parts are worth keeping. Pure.

Questions, workflows, tools, deliveries and reports of pages are always kept, and so is what ended in an error, up to a number a
second. Of the rest the first few of each second are kept (a quiet installation sees all of it) and a share of what follows.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from opsloom.infra.parts import Part, TraceKind, TraceStatus

ALWAYS: Final = frozenset(
    {TraceKind.QUESTION, TraceKind.WORKFLOW, TraceKind.TOOL, TraceKind.DELIVERY, TraceKind.RULE, TraceKind.PAGE}
)
SLOW_MS: Final = 1_000.0
_FIRST: Final = {TraceKind.API: 5, TraceKind.REQUEST: 0, TraceKind.JOB: 1}
MOST_ERRORS_A_SECOND: Final = 50


@dataclass
class _Second:
    second: int = -1
    seen: int = 0

    def count(self, now_s: float) -> int:
        """How many there were in this second, with this one."""
        if int(now_s) != self.second:
            self.second, self.seen = int(now_s), 0
        self.seen += 1
        return self.seen


@dataclass
class Sampler:
    """`share` is that of API runs, jobs and plain requests; `draw` gives numbers from 0 to 1."""

    share: float
    draw: Callable[[], float]
    _errors: _Second = field(default_factory=_Second)
    _of_kind: dict[TraceKind, _Second] = field(default_factory=dict)

    def keeps(self, part: Part, now_s: float) -> bool:
        """Whether a part that has ended is kept."""
        is_error = part.failure is not None and part.failure.status is TraceStatus.ERROR
        if part.is_quiet and not is_error:
            return False
        is_slow = part.duration_ms >= SLOW_MS and part.kind is not TraceKind.REQUEST
        return self.wants(part.kind, now_s, is_error=is_error, is_slow=is_slow)

    def wants(self, kind: TraceKind, now_s: float, *, is_error: bool, is_slow: bool) -> bool:
        """The same, before there is a part."""
        if is_error:
            return self._errors.count(now_s) <= MOST_ERRORS_A_SECOND or self.draw() < self.share
        if kind in ALWAYS or is_slow:
            return True
        seen = self._of_kind.setdefault(kind, _Second())
        return seen.count(now_s) <= _FIRST.get(kind, 0) or self.draw() < self.share
