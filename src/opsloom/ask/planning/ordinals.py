"""Which one of a row is wanted: "the second most recent", "두 번째로 높은", "마지막". Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORDS = {
    "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
    "두": 2, "둘": 2, "세": 3, "셋": 3, "네": 4, "넷": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9, "열": 10, "첫": 1, "한": 1,
}  # fmt: skip
_SUPERLATIVES = (
    r"to[\s-]last|last|latest|newest|most|oldest|earliest|highest|lowest|largest|smallest|busiest|longest|shortest|biggest|worst"
    r"|fewest|least|slowest|fastest"
)
# An English ordinal counts only before what it counts by: "second quarter" and "third week" are times.
_ENGLISH = re.compile(
    rf"(?<![A-Za-z0-9])(?:the\s)?(?P<word>second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|\d{{1,3}}(?:st|nd|rd|th))"
    rf"(?=[\s-](?:{_SUPERLATIVES}))",
    re.IGNORECASE,
)
_TO_LAST = re.compile(r"[\s-]to[\s-]last", re.IGNORECASE)
_KOREAN = re.compile(
    r"(?:(?P<back>(?:끝|뒤)에서)\s?)?(?<![가-힣])(?P<word>첫|한|두|둘|세|셋|네|넷|다섯|여섯|일곱|여덟|아홉|열|\d{1,3})\s?번째(?:로|의|는|가)?"
)
_BEFORE_LAST = re.compile(
    r"(?<![A-Za-z])(?:penultimate|last but one|one before (?:the )?last)(?![A-Za-z])", re.IGNORECASE
)


@dataclass(frozen=True)
class Nth:
    """Place `number`, counted from 1; `from_end` when the words themselves count back from the last."""

    number: int
    from_end: bool
    start: int
    end: int


def find_nth(text: str) -> Nth | None:
    """The first ordinal that asks for one of a row."""
    found = _BEFORE_LAST.search(text)
    if found is not None:
        return Nth(2, True, found.start(), found.end())
    found = _ENGLISH.search(text) or _KOREAN.search(text)
    if found is None:
        return None
    word = found["word"].lower()
    number = _WORDS[word] if word in _WORDS else int(re.sub(r"\D", "", word))
    if not number:
        return None
    tail = _TO_LAST.match(text, found.end())
    back = tail is not None or bool(found.groupdict().get("back"))
    return Nth(number, back, found.start(), tail.end() if tail else found.end())
