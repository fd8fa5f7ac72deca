"""How much the engine takes at a time: one fact when idle, thousands when behind, without a setting."""

from typing import Final

LEAST: Final = 2_000
MOST: Final = 16_000
JUDGED_S: Final = 0.2
"""About so long a full batch may take to judge. A rule's own limit for a batch lies far above it, so that no rule is taken out only
because batches grew."""
BEHIND_COMMIT_S: Final = 0.1
"""While there is more to read, decisions are gathered for so long: a commit costs as much for one as for many."""
LAZY_COMMIT_S: Final = 2.0
"""A place in the feeds alone may wait so long for its commit."""


class Pace:
    """The size of the next batch of one feed."""

    def __init__(self, least: int = LEAST, most: int = MOST) -> None:
        self._least, self._most = least, max(least, most)
        self.limit = least

    def judged(self, facts: int, spent_s: float) -> None:
        """A full batch was judged."""
        fitting = round(facts * JUDGED_S / max(spent_s, 1e-6))
        self.limit = max(self._least, min(fitting, 2 * self.limit, self._most))


def is_due(waited_s: float, *, decided: bool, moved: bool, more: bool) -> bool:
    """Whether what is in memory must be committed, the last commit being so long ago."""
    if decided:
        return not more or waited_s >= BEHIND_COMMIT_S
    return moved and waited_s >= LAZY_COMMIT_S
