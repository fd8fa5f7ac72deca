"""Holds text to its evidence: every number in it must come from a result.

Invariant: a number that is neither in the evidence (at the precision it is written with) nor part of something stated (a name, a time, the
question's own figures) is reported. Used on our own sentences and, unchanged, on whatever a model may write.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_MARKER = re.compile(r"\[r\d+\]")
_NUMBER = re.compile(r"(?<![\w.])[+\-±−]?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?")
_SCALES = (1.0, 1e3, 1e6, 1e9, 1e12)


def check_numbers(text: str, evidence: Iterable[float], stated: Iterable[str]) -> list[str]:
    """The numbers of `text` that nothing supports, in reading order. Empty: the text may be shown."""
    rest = _MARKER.sub(" ", text)
    for known in sorted({one for one in stated if one}, key=len, reverse=True):
        rest = _whole(known).sub(" ", rest)
    values = [abs(value) for value in evidence]
    return [token for token in _NUMBER.findall(rest) if not _supported(token, values)]


def _whole(known: str) -> re.Pattern[str]:
    """What is stated, but never a piece of a longer number."""
    before = r"(?<![\d.,])" if known[0].isdigit() else ""
    after = r"(?![.,]?\d)" if known[-1].isdigit() else ""
    return re.compile(f"{before}{re.escape(known)}{after}")


def _supported(token: str, values: list[float]) -> bool:
    plain = token.lstrip("+-±−").replace(",", "")
    number = float(plain)
    mantissa, _, exponent = plain.partition("e")
    decimals = len(mantissa.partition(".")[2]) - (int(exponent) if exponent else 0)
    tolerance = 0.5 * 10.0**-decimals * 1.000001
    return any(
        abs(value / scale - number) <= tolerance
        for value in values
        for scale in _SCALES
        if scale == 1.0 or value >= scale
    )
