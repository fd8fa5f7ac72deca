"""Percentiles of a stream within a stated relative error, from counts in buckets of geometric size that can be added together.

After Masson, Rim and Lee, "DDSketch: A Fast and Fully-Mergeable Quantile Sketch with Relative-Error Guarantees" (2019). A value is
counted in the bucket with γ^(k−1) < |value| ≤ γ^k; each bucket stands for the value in its middle, which is within ERROR of all
values in it. Buckets are numbered so that their order is that of the values.
"""

import math
from collections.abc import Mapping
from typing import Final

import numpy as np

from opsloom.rules.facts import Floats, Ints

ERROR: Final = 0.01
_GAMMA: Final = (1 + ERROR) / (1 - ERROR)
_LOG_GAMMA: Final = math.log(_GAMMA)
_MIDDLE: Final = 1 << 20
"""Beyond every exponent of a float64 on either side, so that small and large values keep apart from zero."""


def buckets_of(values: Floats) -> Ints:
    """The bucket of each value; values must be finite."""
    size = np.abs(values)
    exponents = np.ceil(np.log(np.where(size > 0, size, 1.0)) / _LOG_GAMMA).astype(np.int64)
    found: Ints = np.where(size > 0, np.sign(values).astype(np.int64) * (exponents + _MIDDLE), 0)
    return found


def value_of(bucket: int) -> float:
    """The value a bucket stands for."""
    if bucket == 0:
        return 0.0
    size = 2 * math.exp((abs(bucket) - _MIDDLE) * _LOG_GAMMA) / (_GAMMA + 1)
    return size if bucket > 0 else -size


def percentile(counts: Mapping[int, int], at: float) -> float | None:
    """The value at a share of the way (0 to 1) from the least to the greatest; None of nothing."""
    rank = at * (sum(counts.values()) - 1)
    passed = 0
    for bucket in sorted(counts):
        passed += counts[bucket]
        if passed > rank:
            return value_of(bucket)
    return None
