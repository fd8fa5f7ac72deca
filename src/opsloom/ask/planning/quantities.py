"""Numbers that mean something: thresholds ("80% 넘은", "above 80 %") and ranks ("상위 5개", "top 5")."""

from __future__ import annotations

import re
from dataclasses import dataclass

from opsloom.inventory.schemas import Comparison

_NUMBER = r"(?P<number>\d{1,15}(?:\.\d{1,6})?)"
_UNIT = (
    r"(?P<unit>%|퍼센트|프로|percent|ms|밀리초|milliseconds?|초|seconds?|s\b|kb|mb|gb|tb"
    r"|기가바이트|기가|메가바이트|메가|bytes?|바이트|개|건|회)?"
)
_KO_OPS = (
    (Comparison.AT_LEAST, "이상"),
    (Comparison.AT_MOST, "이하"),
    (Comparison.ABOVE, r"초과|넘(?:은|는|었던|었|긴|기는|게)?|보다\s?(?:높은|높았|높|큰|컸|크|많은|많)"),
    (Comparison.BELOW, r"미만|보다\s?(?:낮은|낮았|낮|작은|작|적은|적)|아래"),
)
_EN_OPS = (
    (Comparison.AT_LEAST, r"at least|no less than|>=|≥"),
    (Comparison.AT_MOST, r"at most|no more than|<=|≤|up to"),
    (Comparison.ABOVE, r"above|over|more than|greater than|higher than|exceed(?:ed|s|ing)?|>"),
    (Comparison.BELOW, r"below|under|less than|lower than|fewer than|<"),
)
_RULES = tuple(
    [(op, re.compile(rf"{_NUMBER}\s?{_UNIT}\s?(?:을|를|이|가)?\s?(?:{words})", re.IGNORECASE)) for op, words in _KO_OPS]
    + [
        (op, re.compile(rf"(?:(?<=[^A-Za-z])|^)(?:{words})\s?{_NUMBER}\s?{_UNIT}", re.IGNORECASE))
        for op, words in _EN_OPS
    ]
)
_SCALE = {
    "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "메가": 1e6, "메가바이트": 1e6, "기가": 1e9, "기가바이트": 1e9,
}  # fmt: skip
_SECOND_UNITS = frozenset({"초", "second", "seconds", "s"})
_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "ten": 10, "twenty": 20}
_RANK_NUMBER = rf"(?P<count>\d{{1,3}}|{'|'.join(_WORDS)})"
_RANKS = (
    (
        False,
        re.compile(
            rf"(?<![A-Za-z])(?:top|first|highest|busiest|worst)\s{_RANK_NUMBER}(?![\d.%:A-Za-z])", re.IGNORECASE
        ),
    ),
    (True, re.compile(rf"(?<![A-Za-z])(?:bottom|lowest)\s{_RANK_NUMBER}(?![\d.%:A-Za-z])", re.IGNORECASE)),
    (False, re.compile(r"(?:상위|톱|탑)\s?(?P<count>\d{1,3})\s?(?:개|대|곳|건|위)?(?!\d|\s?%)")),
    (True, re.compile(r"하위\s?(?P<count>\d{1,3})\s?(?:개|대|곳|건|위)?(?!\d|\s?%)")),
)
_RANKED = (
    "most|least|highest|lowest|largest|smallest|busiest|slowest|fastest|fewest|latest|newest|oldest|longest|shortest|worst"
    "|servers|services|databases|items|hosts|machines|teams|rules|sites|racks|queues|types|kinds|virtual machines|vms|jobs|containers"
)
_COUNTED = re.compile(
    r"(?P<count>\d{1,3})\s?(?:개(?!월)|대|곳|건)"
    r"|(?:last|latest|newest|recent)\s(?P<last>\d{1,3})(?=\s(?:alerts?|alarms?|events?|deployments?|changes?|incidents?|works?|outages?))"
    rf"|(?<![A-Za-z0-9.:-])(?P<lead>\d{{1,3}}|{'|'.join(_WORDS)})(?=\s(?:{_RANKED})(?![A-Za-z]))",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class ThresholdText:
    comparison: Comparison
    number: float
    unit: str
    start: int
    end: int

    def value_for(self, metric_unit: str) -> float:
        """The number in the metric's unit."""
        if self.unit in _SECOND_UNITS and metric_unit == "ms":
            return self.number * 1000
        return self.number * _SCALE.get(self.unit, 1.0)


@dataclass(frozen=True)
class Rank:
    count: int
    ascending: bool
    start: int
    end: int


def find_threshold(text: str) -> ThresholdText | None:
    """The first comparison with a number."""
    found = [(match.start(), op, match) for op, rule in _RULES for match in rule.finditer(text)]
    if not found:
        return None
    _start, op, match = min(found, key=lambda one: one[0])
    return ThresholdText(op, float(match["number"]), (match["unit"] or "").lower(), match.start(), match.end())


def find_rank(text: str) -> Rank | None:
    """How many of the highest (or lowest) are wanted."""
    for ascending, rule in _RANKS:
        match = rule.search(text)
        if match is not None:
            word = match["count"].lower()
            count = _WORDS[word] if word in _WORDS else int(word)
            return Rank(count, ascending, match.start(), match.end()) if count else None
    return None


def find_count(text: str) -> tuple[int, int, int] | None:
    """A bare number of things ("5개", "last 5 alerts"): the number and its place."""
    match = _COUNTED.search(text)
    if match is None:
        return None
    group = next(name for name in ("count", "last", "lead") if match[name])
    word = match[group].lower()
    number = _WORDS[word] if word in _WORDS else int(word)
    return (number, match.start(group), match.end() if group == "count" else match.end(group)) if number else None
