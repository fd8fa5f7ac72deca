"""The name of a set of labels, as Prometheus gives it. Pure.

FNV-1a over the labels in the order of their names, each name and each value followed by the byte 255, which no UTF-8 text holds.
Source: `LabelSet.Fingerprint` of prometheus/common `model/fingerprinting.go` and `model/signature.go`.
"""

from collections.abc import Mapping
from typing import Final

_OFFSET: Final = 14695981039346656037
_PRIME: Final = 1099511628211
_MASK: Final = 2**64 - 1


def fingerprint(labels: Mapping[str, str]) -> str:
    """Sixteen hexadecimal digits."""
    state = _OFFSET
    for name in sorted(labels):
        for byte in (*name.encode(), 255, *labels[name].encode(), 255):
            state = ((state ^ byte) * _PRIME) & _MASK
    return f"{state:016x}"
