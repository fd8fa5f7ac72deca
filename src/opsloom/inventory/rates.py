"""Counters to rates. A counter that went back was reset (reboot, wrap, new device): that interval has no rate, never a negative one."""

from __future__ import annotations

from collections.abc import Mapping

SHORTEST_S = 1e-3  # below that, what grew says nothing about a second


def rate(before: float | None, after: float | None, elapsed_s: float) -> float | None:
    """Per-second growth; None when unknown: first reading, reset, or no time passed."""
    if before is None or after is None or elapsed_s < SHORTEST_S or after < before:
        return None
    return (after - before) / elapsed_s


def share(before: Mapping[str, float], after: Mapping[str, float], part: frozenset[str]) -> float | None:
    """Percent (0 to 100) of the growth of all counters together that belongs to `part`; None after a reset or without growth."""
    grown = {name: after[name] - before.get(name, 0.0) for name in after}
    # Idle and iowait may step back by a tick on Linux; a real reset moves far more than that.
    if any(growth < -1.0 for growth in grown.values()):
        return None
    clipped = {name: max(growth, 0.0) for name, growth in grown.items()}
    total = sum(clipped.values())
    if total <= 0:
        return None
    return 100.0 * sum(value for name, value in clipped.items() if name in part) / total
