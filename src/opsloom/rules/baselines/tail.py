"""How rare a distance is for its series: a streaming model of the upper tail, many series at a time.

A forgetful SPOT (Siffer et al., KDD 2017): the (1 - RARE)-quantile q by stochastic gradient, mean e and variance v of the excess over
it, from which a generalised Pareto follows by moments, its shape held within [0, 0.25]. The score is -log10 of the tail probability,
0 below q, at most CAP. `mu` is the clipped mean of everything; a scale below a share of it would make every wiggle of a flat
stretch infinite.

Invariant: a series' numbers depend on its own points in their order, not on what else came in the same call.
"""

from typing import Final, NamedTuple

import numpy as np

from opsloom.rules.facts import Floats, Ints

RARE: Final = 0.01
CAP: Final = 40.0
MIN_LEARNING: Final = 60
MAX_LEARNING: Final = 300
_SCORE_AT_Q: Final = 2.0
_SHAPE_MAX: Final = 0.25
_SHAPE_NONE: Final = 1e-3
_LOG10_E: Final = 0.4342944819032518
_TINY: Final = 1e-9
_ROUNDING: Final = 1e6
"""Scores are rounded, so that they do not differ by how a machine's vector units take logarithms."""


class Tails(NamedTuple):
    """Columns of the model. All are of one shape."""

    q: Floats
    e: Floats
    v: Floats
    mu: Floats
    n: Floats


def learnt(first: Floats) -> tuple[float, float, float, float, float]:
    """q, e, v, mu and n from the first distances of a series."""
    ordered = np.sort(first)
    n = len(ordered)
    place = min(int(n * (1 - RARE)), n - 4)
    q, mu = float(ordered[place]), float(ordered.sum() / n)
    excess = ordered[place + 1 :] - q
    mean = float(excess.sum() / len(excess))
    e = max(mean, 0.05 * mu, _TINY)
    v = max(e * e, float(((excess - mean) ** 2).sum() / len(excess)))
    return q, e, v, mu, float(n)


def score(tails: Tails, slots: Ints, distance: Floats) -> Floats:
    """The scores of one distance for each slot, which are taken in after they are judged. No slot may be named twice."""
    q, e, mu = tails.q[slots], tails.e[slots], tails.mu[slots]
    n = tails.n[slots] + 1.0
    over = distance - q
    tails.n[slots] = n
    tails.mu[slots] = mu + (np.minimum(distance, q + 3.0 * e) - mu) * np.where(n > 500, 0.002, 1.0 / n)
    step = np.where(n > 250, 0.02, 5.0 / n) * e
    above = over > 0.0
    tails.q[slots] = q + step * np.where(above, 1.0 - RARE, -RARE)
    scores = np.zeros(len(slots))
    few = np.flatnonzero(above)
    if len(few):
        scores[few] = _exceeded(tails, slots[few], over[few], e[few])
    return scores


def _exceeded(tails: Tails, slots: Ints, over: Floats, e: Floats) -> Floats:
    v = tails.v[slots]
    shape = np.minimum(0.5 * (1.0 - e * e / v), _SHAPE_MAX)
    curved = shape > _SHAPE_NONE
    g = np.where(curved, shape, 1.0)
    with np.errstate(divide="ignore"):  # g is 1 only where the other branch is taken
        pareto = np.log10(1.0 + g * over / (e * (1.0 - np.where(curved, g, 0.0)))) / g
    scores = _SCORE_AT_Q + np.where(curved, pareto, _LOG10_E * over / e)
    change = np.where(over < 10.0 * e, over - e, 9.0 * e)
    tails.v[slots] = v + (change * change - v) * 0.03
    tails.e[slots] = np.maximum(np.maximum(e + change * 0.03, 0.02 * tails.mu[slots]), _TINY)
    capped: Floats = np.minimum(np.rint(scores * _ROUNDING) / _ROUNDING, CAP)
    return capped


def distance_at(wanted: float, q: float, e: float, v: float) -> float:
    """The distance that would score so much: where the band that a page draws around the usual ends."""
    if wanted <= _SCORE_AT_Q:
        return q
    shape = min(0.5 * (1.0 - e * e / v), _SHAPE_MAX)
    if shape <= _SHAPE_NONE:
        return q + (wanted - _SCORE_AT_Q) * e / _LOG10_E
    return float(q + (10.0 ** ((wanted - _SCORE_AT_Q) * shape) - 1.0) * e * (1.0 - shape) / shape)
